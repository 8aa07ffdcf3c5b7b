package dev.duet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What writing behind promises, held by four real processes at full speed against real servers while all of them are killed,
 * stopped and cut off: every acknowledged write is in the database at the end, or one that came after it; the writes of a key are
 * made in order; and readers do not get what was overwritten. The figures are printed, and are in {@code
 * target/write-behind.json}; what the nodes recorded is in {@code target/write-behind}.
 *
 * <ul>
 *   <li>{@code -Dduet.behind.minutes=60} runs for an hour instead of once: one cluster after the other, each with a seed of its
 *       own.
 *   <li>{@code -Dduet.behind.seed=42} repeats the order of the faults, though not the races of a real machine.
 * </ul>
 */
class WriteBehindIT {

    private static final Path DIRECTORY = Path.of("target", "write-behind").toAbsolutePath();

    /** A run in which little happens proves little. */
    private static final long LEAST_WRITES = 1_000;

    @Test
    void nodesAndServersDie_acknowledgedWritesDoNot() throws Exception {
        long seed = Long.getLong("duet.behind.seed", new Random().nextInt(1_000_000));
        Duration atLeast = Duration.ofMinutes(Long.getLong("duet.behind.minutes", 0));
        long start = System.nanoTime();
        do {
            System.out.println("Writing behind, with -Dduet.behind.seed=" + seed);
            BehindReport report = new BehindRun(seed++, DIRECTORY).run();
            System.out.println(report.toJson());
            Files.writeString(DIRECTORY.resolveSibling("write-behind.json"), report.toJson() + "\n");

            assertThat(report.verdict().examples()).isEmpty();
            assertThat(report.verdict().lost()).isZero();
            assertThat(report.counts().lost())
                    .as("damaged or gone in the store")
                    .isZero();
            assertThat(report.acknowledged()).isGreaterThan(LEAST_WRITES);
            assertThat(report.verdict().flushed()).isGreaterThan(LEAST_WRITES);
            assertThat(report.reads()).isGreaterThan(LEAST_WRITES);
        } while (System.nanoTime() - start < atLeast.toNanos());
    }
}
