package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.results.CoherenceResult;
import dev.duet.testkit.history.Percentiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One system in one schedule, with processes of its own. */
final class Trial {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Contestant contestant;
    private final Schedule schedule;
    private final Pace pace;
    private final boolean explain;

    /**
     * Prepares it.
     *
     * @param explain to print what each stale read missed, in milliseconds since the schedule began
     */
    Trial(Contestant contestant, Schedule schedule, Pace pace, boolean explain) {
        this.contestant = contestant;
        this.schedule = schedule;
        this.pace = pace;
        this.explain = explain;
    }

    /** Runs it. */
    CoherenceResult run() throws Exception {
        String unfit = schedule.unfit(contestant);
        if (unfit != null) {
            return CoherenceResult.unfit(schedule.label(), contestant.title(), unfit);
        }
        SecondLevel level = SecondLevel.start(contestant.backend());
        Path directory = Files.createTempDirectory("duet-coherence-");
        try (Cluster cluster = new Cluster(contestant, level, pace, directory)) {
            Propagation propagation = new Propagation();
            cluster.work();
            long begin = System.nanoTime();
            schedule.play(cluster, propagation);
            long healed = System.nanoTime();
            cluster.quiet();
            cluster.sweep();
            BiConsumer<Read, Write> eachStale = explain
                    ? (read, write) -> System.out.printf(
                            Locale.ROOT,
                            "  %s read version %d of key %d at %.0f to %.0f; %s wrote version %d at %.0f to %.0f; healed at %.0f%n",
                            read.node(),
                            read.version(),
                            read.key(),
                            (read.begin() - begin) / NANOS_PER_MILLI,
                            (read.end() - begin) / NANOS_PER_MILLI,
                            write.node(),
                            write.version(),
                            (write.begin() - begin) / NANOS_PER_MILLI,
                            (write.end() - begin) / NANOS_PER_MILLI,
                            (healed - begin) / NANOS_PER_MILLI)
                    : (read, write) -> {};
            Findings findings =
                    new Checker(Duration.ofMillis(Schedule.GRACE_MILLIS), eachStale).check(cluster.histories());
            return result(contestant, schedule, findings, propagation);
        } finally {
            delete(directory);
        }
    }

    /** The result of a trial. */
    static CoherenceResult result(
            Contestant contestant, Schedule schedule, Findings findings, Propagation propagation) {
        boolean checked = contestant.isCache();
        Percentiles seen = propagation.sinceCommit();
        Percentiles afterReturn = propagation.sinceAcknowledged();
        return new CoherenceResult(
                schedule.label(),
                contestant.title(),
                schedule.how(contestant.backend()),
                of(checked, findings.reads()),
                of(checked, findings.writes()),
                of(checked, findings.readsBehind()),
                of(checked, findings.staleReads()),
                of(checked, Schedule.GRACE_MILLIS),
                checked ? (Double) (findings.worstStalenessNanos() / NANOS_PER_MILLI) : null,
                of(propagation.probes() > 0, propagation.probes()),
                micros(seen, 50),
                micros(seen, 99),
                micros(seen, 99.9),
                micros(seen, 100),
                micros(afterReturn, 50),
                micros(afterReturn, 99),
                of(checked, findings.residue()),
                of(checked, findings.residueSecondRead()),
                of(checked, findings.ownWritesUnseen()),
                of(checked, findings.failedReads()),
                of(checked, findings.failedWrites()),
                null);
    }

    private static @Nullable Long of(boolean has, long value) {
        return has ? (Long) value : null;
    }

    private static @Nullable Double micros(Percentiles nanos, double percent) {
        return nanos.count() == 0 ? null : (Double) (nanos.at(percent) / NANOS_PER_MICRO);
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
