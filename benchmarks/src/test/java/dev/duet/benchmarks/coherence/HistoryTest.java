package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final Read READ = new Read("n", 1, 2, 3, 4, Read.Kind.SECOND_SWEEP);
    private static final Write WRITE = new Write("n", 5, 6, 7, 8, 9, true);

    @TempDir
    private Path directory;

    private final List<Read> reads = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();

    @Test
    void read_whatWasAdded_isTheSame() throws IOException {
        Path file = directory.resolve("history");
        try (History history = new History(file)) {
            history.add(READ);
            history.add(WRITE);
        }
        History.read(file, "n", reads::add, writes::add);

        assertThat(reads).containsExactly(READ);
        assertThat(writes).containsExactly(WRITE);
    }

    @Test
    void read_aProcessThatWasKilled_leavesOutWhatIsCutOff() throws IOException {
        Path file = directory.resolve("history");
        History history = new History(file);
        history.add(READ);
        history.add(WRITE); // brings the read with it
        history.add(READ);
        byte[] written = Files.readAllBytes(file);
        history.close();
        byte[] all = Files.readAllBytes(file);
        assertThat(written).as("on its way before the last read").isNotEmpty().hasSizeLessThan(all.length);
        Files.write(file, Arrays.copyOf(all, all.length - 1));
        History.read(file, "n", reads::add, writes::add);

        assertThat(reads).containsExactly(READ);
        assertThat(writes).containsExactly(WRITE);
    }

    @Test
    void read_aProcessThatNeverBegan_isNothing() throws IOException {
        History.read(directory.resolve("none"), "n", reads::add, writes::add);

        assertThat(reads).isEmpty();
    }
}
