package dev.duet.samples.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StoryIT {

    private static final int STEPS = 9;

    /** A JVM, a Redis and a PostgreSQL, the shells that watch over them, and three nodes. */
    private static final int FEWEST_PROCESSES = 8;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void story_playedToItsEnd_holdsInEveryStepAndLeavesNothing(StoreKind store) throws Exception {
        String option = "--store=" + store.name().toLowerCase(Locale.ROOT);
        try (StoryProcess story = StoryProcess.start(List.of(), Story.class, directory, directory.toString(), option)) {
            story.awaitOutput("\n9. ");
            List<ProcessHandle> processes = story.descendants();

            assertThat(story.process().waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(story.process().exitValue()).as(story.output()).isZero();
            assertThat(story.output().lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
            JsonNode report = JsonMapper.shared().readTree(Files.readString(directory.resolve("story.json")));
            assertThat(report.path("ok").asBoolean()).isTrue();
            assertThat(report.path("total").asInt()).isEqualTo(STEPS);
            assertThat(report.path("steps")).hasSize(STEPS).allSatisfy(step -> {
                assertThat(step.path("ok").asBoolean()).isTrue();
                assertThat(step.path("name").asString()).isNotEmpty();
                assertThat(step.path("expected").asString()).isNotEmpty();
                assertThat(step.path("seen").asString()).isNotEmpty();
            });
            assertThat(report.path("versions").propertyNames())
                    .containsExactlyInAnyOrder("Java", store.label(), "PostgreSQL");
            awaitEnd(processes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "INT"})
    void story_endedBySignal_leavesNothing(String signal) throws Exception {
        try (StoryProcess story = play()) {
            story.awaitOutput("\n4. ");
            List<ProcessHandle> processes = story.descendants();
            assertThat(processes).hasSizeGreaterThanOrEqualTo(FEWEST_PROCESSES);

            story.signal(signal.equals("INT") && ignoresInterrupt() ? "TERM" : signal);

            assertThat(story.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(story.output()).doesNotContain("FAILED").doesNotContain("Exception");
            assertThat(directory.resolve("story.json")).doesNotExist();
            awaitEnd(processes);
        }
    }

    @Test
    void story_thatCannotStart_saysWhyAndFails() throws Exception {
        try (StoryProcess story = play("-Dduet.redis=nowhere")) {
            assertThat(story.process().waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(story.process().exitValue()).isEqualTo(1);
            assertThat(story.output()).contains("FAILED").contains("0 of 1 steps hold");
            JsonNode report = JsonMapper.shared().readTree(Files.readString(directory.resolve("story.json")));
            assertThat(report.path("ok").asBoolean()).isFalse();
            assertThat(report.path("steps").path(0).path("seen").asString()).contains("duet.redis=nowhere");
        }
    }

    @Test
    void story_ofAnUnknownStore_namesThoseThatThereAre() throws Exception {
        try (StoryProcess story =
                StoryProcess.start(List.of(), Story.class, directory, directory.toString(), "--store=memcached")) {
            assertThat(story.process().waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(story.process().exitValue()).isEqualTo(2);
            assertThat(story.output()).contains("--store must be one of redis, hazelcast, but is memcached");
        }
    }

    private StoryProcess play(String... options) throws IOException {
        return StoryProcess.start(List.of(options), Story.class, directory, directory.toString());
    }

    private static void awaitEnd(List<ProcessHandle> processes) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(processes).noneMatch(StoryProcess::isRunning));
    }

    /** Whether this JVM was started in the background by a shell that has its jobs ignore SIGINT, as its children do. */
    private static boolean ignoresInterrupt() throws Exception {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.replaceFirst(".*\\s", ""), 16) & 2) != 0;
    }
}
