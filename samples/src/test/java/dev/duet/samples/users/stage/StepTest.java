package dev.duet.samples.users.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.samples.users.stage.Step.Finding;
import dev.duet.samples.users.stage.Step.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StepTest {

    @Test
    void run_ofAStepThatThrows_isAFailureThatWasSeen() {
        Outcome outcome = new Step("name", "bliss", () -> {
                    throw new IllegalStateException("trouble");
                })
                .run();

        assertThat(outcome.ok()).isFalse();
        assertThat(outcome.seen()).isEqualTo("java.lang.IllegalStateException: trouble");
    }

    @Test
    void write_ofAReportWithAFailure_tellsOfEachStep(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("story.json");
        Outcome good = new Step("good", "1 query", () -> new Finding("1 query", true)).run();
        Outcome bad = new Step("bad", "1 query", () -> new Finding("2 queries", false)).run();

        Report.of(List.of(good, bad), 12, Map.of("Java", "17")).write(file);

        JsonNode report = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(report.path("ok").asBoolean()).isFalse();
        assertThat(report.path("total").asInt()).isEqualTo(2);
        assertThat(report.path("held").asInt()).isEqualTo(1);
        assertThat(report.path("versions").path("Java").asString()).isEqualTo("17");
        assertThat(report.path("steps").path(1).path("name").asString()).isEqualTo("bad");
        assertThat(report.path("steps").path(1).path("expected").asString()).isEqualTo("1 query");
        assertThat(report.path("steps").path(1).path("seen").asString()).isEqualTo("2 queries");
        assertThat(report.path("steps").path(1).path("ok").asBoolean()).isFalse();
        assertThat(directory).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining("glob:**.part");
    }
}
