package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.results.ResultsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * All results that there are. A file that is not there has no rows.
 *
 * @param speed rows of {@code speed.json}
 * @param coherence rows of {@code coherence.json}
 * @param scale rows of {@code scale.json}
 * @param hitRatio rows of {@code hit-ratio.json}
 */
record Results(List<Row> speed, List<Row> coherence, List<Row> scale, List<Row> hitRatio) {

    /** Reads a directory of results. */
    static Results read(Path directory) {
        return new Results(
                rows(directory.resolve("speed.json")),
                rows(directory.resolve("coherence.json")),
                rows(directory.resolve("scale.json")),
                rows(directory.resolve("hit-ratio.json")));
    }

    private static List<Row> rows(Path file) {
        return new ResultsFile(file).read().stream().map(Row::new).toList();
    }

    /** The rows whose column has a value. */
    static List<Row> with(List<Row> rows, String column, String value) {
        return rows.stream().filter(row -> row.has(column, value)).toList();
    }

    /** What there is in a column, each once, in the order in which it comes first. */
    static List<String> distinct(List<Row> rows, String column) {
        return distinct(rows, row -> row.text(column));
    }

    /** What there is of something in rows, each once, in the order in which it comes first. */
    static <T> List<T> distinct(List<Row> rows, Function<Row, T> what) {
        return rows.stream().map(what).distinct().toList();
    }
}
