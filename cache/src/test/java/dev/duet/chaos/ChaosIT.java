package dev.duet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.testkit.history.Promise;
import dev.duet.testkit.history.Violation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The promises, held by real processes against real servers while everything goes wrong. A summary of each run is printed,
 * and added to {@code target/chaos/summaries.jsonl}; the histories of the last are beside it.
 *
 * <ul>
 *   <li>{@code -Dduet.chaos.minutes=60} runs for an hour instead of once: one cluster after the other, each with a seed of its
 *       own.
 *   <li>{@code -Dduet.chaos.seed=42} repeats the order and the targets of the faults, though not the races of a real machine.
 *   <li>{@code -Dduet.chaos.faults=latency,node-stopped} injects these alone, as far as the store has them.
 * </ul>
 */
class ChaosIT {

    private static final Path DIRECTORY = Path.of("target", "chaos").toAbsolutePath();

    /** A run in which little happens proves little. */
    private static final long LEAST_READS = 10_000;

    private static final long LEAST_WRITES = 500;

    @Test
    void duet_throughEveryFault_keepsItsPromises() throws Throwable {
        keepsItsPromises(Subject.Kind.DUET, Injection.ON_REDIS);
    }

    @Test
    void duetOnHazelcast_throughEveryFault_keepsItsPromises() throws Throwable {
        keepsItsPromises(Subject.Kind.DUET_ON_HAZELCAST, Injection.ON_HAZELCAST);
    }

    private static void keepsItsPromises(Subject.Kind subject, Set<Injection> injections) throws Throwable {
        long seed = Long.getLong("duet.chaos.seed", new Random().nextInt(1_000_000));
        Duration atLeast = Duration.ofMinutes(Long.getLong("duet.chaos.minutes", 0));
        long start = System.nanoTime();
        do {
            Summary summary = run(subject, chosen(injections), seed++);

            assertThat(violations(summary)).isEmpty();
            assertThat(summary.verdict().reads()).isGreaterThan(LEAST_READS);
            assertThat(summary.verdict().writes()).isGreaterThan(LEAST_WRITES);
        } while (System.nanoTime() - start < atLeast.toNanos());
    }

    /** What finds nothing proves nothing, unless it is known to find. */
    @Test
    void naiveCacheAside_throughTwoFaults_isFoundOut() throws Throwable {
        Summary summary =
                run(Subject.Kind.NAIVE, List.of(Injection.SUBSCRIBERS_KILLED, Injection.SUBSCRIPTION_HALF_OPEN), 1);

        assertThat(summary.verdict().violationsOf(Promise.P1)).isPositive();
        assertThat(summary.verdict().violationsOf(Promise.P3)).isPositive();
    }

    private static Summary run(Subject.Kind subject, List<Injection> injections, long seed) throws Throwable {
        Path directory = DIRECTORY.resolve(subject.name().toLowerCase(Locale.ROOT));
        System.out.println("Chaos for " + subject + ", with -Dduet.chaos.seed=" + seed);
        Summary summary = new ChaosRun(subject, injections, seed, directory).run();
        System.out.println(summary.toJson());
        Files.writeString(
                DIRECTORY.resolve("summaries.jsonl"),
                summary.toJson() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        return summary;
    }

    private static List<Injection> chosen(Set<Injection> injections) {
        String labels = System.getProperty("duet.chaos.faults", "");
        return labels.isEmpty()
                ? List.copyOf(injections)
                : Arrays.stream(labels.split(",", -1))
                        .map(label -> Arrays.stream(Injection.values())
                                .filter(injection -> injection.label().equals(label))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException("no fault: " + label)))
                        .filter(injections::contains)
                        .toList();
    }

    /** The first violation of each kind. */
    private static List<String> violations(Summary summary) {
        return summary.verdict().firstOfEachKind().stream()
                .map(Violation::toString)
                .toList();
    }
}
