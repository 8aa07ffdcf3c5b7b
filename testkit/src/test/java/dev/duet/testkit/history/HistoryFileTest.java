package dev.duet.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.testkit.history.HistoryEvent.Effect;
import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Read;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

    @TempDir
    private Path directory;

    @Test
    void read_everyKindOfEvent_isWhatWasRecorded() {
        List<HistoryEvent> events = new Story()
                .read("n1", HistoryEvent.NOT_CACHED, 1)
                .failedRead("n1", 2)
                .write("n1", 2, 30)
                .failedWrite("n1", 3, 60)
                .fault("blip", HistoryEvent.EVERY_NODE, Effect.DISTURBED, 70, 80)
                .truth(3, 90)
                .events();
        try (HistoryFile file = HistoryFile.create(directory.resolve("n1"))) {
            events.forEach(file::record);
        }

        assertThat(HistoryFile.read(directory.resolve("n1"))).isEqualTo(events);
    }

    @Test
    void read_moreThanTheBufferHolds_isComplete() {
        Path path = directory.resolve("n1");
        try (HistoryFile file = HistoryFile.create(path)) {
            for (int i = 0; i < 10_000; i++) {
                file.record(new Read("n1", i, 1, i, i + 1));
            }
        }

        assertThat(HistoryFile.read(path)).hasSize(10_000);
    }

    @Test
    void recordNow_withoutClosing_isInTheFileWithAllBefore() {
        Path path = directory.resolve("n1");
        try (HistoryFile file = HistoryFile.create(path)) {
            Read first = new Read("n1", 1, 1, 1, 2);
            Read second = new Read("n1", 2, 1, 1, 2);
            file.record(first);
            assertThat(HistoryFile.read(path)).isEmpty();
            file.recordNow(second);
            assertThat(HistoryFile.read(path)).containsExactly(first, second);
        }
    }

    @Test
    void read_lineCutOffByDeath_isLeftOut() throws Exception {
        Path path = directory.resolve("n1");
        Read read = new Read("n1", 1, 1, 1, 2);
        try (HistoryFile file = HistoryFile.create(path)) {
            file.record(read);
        }
        Files.writeString(path, "read\tn1\t4", StandardOpenOption.APPEND);

        assertThat(HistoryFile.read(path)).containsExactly(read);
    }

    @Test
    void record_textWithTabsAndLineBreaks_staysOneLine() {
        Path path = directory.resolve("n1");
        try (HistoryFile file = HistoryFile.create(path)) {
            file.record(new FailedRead("n1", 1, 2, 3, "a\tb\nc"));
        }

        assertThat(HistoryFile.read(path)).containsExactly(new FailedRead("n1", 1, 2, 3, "a b c"));
    }

    @Test
    void read_noEvent_saysSo() throws Exception {
        Path path = Files.writeString(directory.resolve("n1"), "nonsense\n");

        assertThatThrownBy(() -> HistoryFile.read(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }
}
