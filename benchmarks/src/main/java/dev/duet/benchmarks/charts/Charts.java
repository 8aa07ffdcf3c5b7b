package dev.duet.benchmarks.charts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Makes charts and the tables of the results page from whatever results there are. From the root of the project:
 *
 * <pre>{@code mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@charts}</pre>
 *
 * <p>It writes SVG to {@code benchmarks/results/charts/}, and the generated part of {@code docs/benchmarks.md}. The same results
 * give the same bytes.
 */
public final class Charts {

    private Charts() {}

    /**
     * Makes all of it.
     *
     * @param args the directory of the results, {@code results} if left out; the page, {@code ../docs/benchmarks.md} if left out
     * @throws IOException if something cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of((args.length > 0) ? args[0] : "results");
        Path page = Path.of((args.length > 1) ? args[1] : "../docs/benchmarks.md");
        Results results = Results.read(directory);
        Path charts = Files.createDirectories(directory.resolve("charts"));
        Map<String, String> drawn = ChartSet.draw(results);
        deleteOthers(charts, drawn.keySet());
        for (Map.Entry<String, String> chart : drawn.entrySet()) {
            Path file = charts.resolve(chart.getKey() + ".svg");
            Files.writeString(file, chart.getValue(), UTF_8);
            System.out.println(file);
        }
        String text = Files.readString(page, UTF_8);
        Files.writeString(page, ResultsPage.replaceGenerated(text, new ResultsPage(results).generate()), UTF_8);
        System.out.println(page);
    }

    /** A chart of what is not in the results any more would be false. */
    private static void deleteOthers(Path charts, Set<String> drawn) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(charts, "*.svg")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!drawn.contains(name.substring(0, name.length() - ".svg".length()))) {
                    Files.delete(file);
                }
            }
        }
    }
}
