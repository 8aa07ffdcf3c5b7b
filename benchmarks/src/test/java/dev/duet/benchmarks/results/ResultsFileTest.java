package dev.duet.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {

    private static final Origin ORIGIN = Origin.here("a command");

    @TempDir
    private Path directory;

    record Row(String schedule, String system, double figure) {}

    @Test
    void replace_onTwoColumns_leavesRowsThatDifferInOne() throws IOException {
        ResultsFile file = new ResultsFile(directory.resolve("results").resolve("file.json"));
        List<String> columns = List.of("schedule", "system");
        file.replace(columns, List.of(new Row("calm", "A", 1), new Row("calm", "B", 2)), ORIGIN);
        file.replace(columns, List.of(new Row("storm", "A", 3), new Row("calm", "B", Double.NaN)), ORIGIN);

        assertThat(file.read())
                .extracting(row -> row.get("schedule"), row -> row.get("system"), row -> row.get("figure"))
                .containsExactlyInAnyOrder(tuple("calm", "A", 1.0), tuple("storm", "A", 3.0), tuple("calm", "B", null));
        assertThat(file.read()).allSatisfy(row -> assertThat(row).containsEntry("command", "a command"));
    }

    @Test
    void replace_onOneColumn_replacesAllOfIt() throws IOException {
        ResultsFile file = new ResultsFile(directory.resolve("file.json"));
        file.replace("schedule", List.of(new Row("calm", "A", 1), new Row("storm", "A", 2)), ORIGIN);
        file.replace("schedule", List.of(new Row("calm", "B", 3)), ORIGIN);

        assertThat(file.read()).extracting(row -> row.get("system")).containsExactly("A", "B");
    }
}
