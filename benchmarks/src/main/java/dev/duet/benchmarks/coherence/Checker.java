package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.coherence.Read.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what reads did not see. A version is superseded when a later one of its key has been acknowledged, which is when
 * {@code update} returned to its caller. A read that returns it is behind by the time from then until the read began, and stale
 * if that is more than the grace. A write that threw is of unknown outcome: it may be read, and supersedes nothing. Times of
 * all processes are of one clock.
 */
final class Checker {

    private final long graceNanos;
    private final BiConsumer<Read, Write> eachStale;

    /** A checker with a grace that is the same for all systems. */
    Checker(Duration grace) {
        this(grace, (read, write) -> {});
    }

    /** A checker that tells of each stale read, and the write that superseded what it returned. */
    Checker(Duration grace, BiConsumer<Read, Write> eachStale) {
        graceNanos = grace.toNanos();
        this.eachStale = eachStale;
    }

    /**
     * Checks a trial.
     *
     * @throws IllegalStateException if a read returned a version before the database had committed it: then not the system
     *     is wrong, but what measures it
     */
    Findings check(Histories histories) {
        Map<Long, Acknowledged> all = new HashMap<>();
        Map<String, Map<Long, Acknowledged>> own = new HashMap<>();
        long writes = 0;
        for (Write write : histories.writes()) {
            if (write.acknowledged()) {
                writes++;
                all.computeIfAbsent(write.key(), any -> new Acknowledged()).add(write);
                own.computeIfAbsent(write.node(), any -> new HashMap<>())
                        .computeIfAbsent(write.key(), any -> new Acknowledged())
                        .add(write);
            }
        }
        Map<Long, Map<Long, Long>> commits = new HashMap<>();
        Map<Kind, Long> looks = new EnumMap<>(Kind.class);
        long reads = 0;
        long failed = 0;
        long behind = 0;
        long stale = 0;
        long worst = 0;
        long unseen = 0;
        for (Read read : histories.reads()) {
            if (read.failed()) {
                failed++;
                continue;
            }
            requireCommitted(read, commits.computeIfAbsent(read.key(), histories.commitTimes()::apply));
            if (read.kind() != Kind.WORKLOAD) {
                boolean current = read.version() == histories.truth().applyAsLong(read.key());
                looks.merge(read.kind(), current ? 0L : 1L, Long::sum);
                continue;
            }
            reads++;
            Write newer = missed(read, all);
            if (newer != null) {
                long staleness = read.begin() - newer.end();
                behind++;
                worst = Math.max(worst, staleness);
                if (staleness > graceNanos) {
                    stale++;
                    eachStale.accept(read, newer);
                }
            }
            if (missed(read, own.getOrDefault(read.node(), Map.of())) != null) {
                unseen++;
            }
        }
        return new Findings(
                reads,
                writes,
                behind,
                stale,
                worst,
                unseen,
                looks.getOrDefault(Kind.FIRST_SWEEP, 0L),
                looks.getOrDefault(Kind.SECOND_SWEEP, 0L),
                failed,
                histories.writes().size() - writes);
    }

    /** The write that superseded what a read returned, before it began; null if none did. */
    private static @Nullable Write missed(Read read, Map<Long, Acknowledged> writes) {
        Acknowledged acknowledged = writes.get(read.key());
        Write newer = acknowledged == null ? null : acknowledged.superseding(read.version());
        return newer != null && newer.end() < read.begin() ? newer : null;
    }

    /** Version 1 is what a key has without any write. */
    private static void requireCommitted(Read read, Map<Long, Long> commits) {
        Long time = commits.get(read.version());
        if (read.version() != 1 && (time == null || time > read.end())) {
            throw new IllegalStateException(read + " returned what the database committed at " + time);
        }
    }

    /** The acknowledged writes of a key. */
    private static final class Acknowledged {

        private final NavigableMap<Long, Write> byVersion = new TreeMap<>();
        private boolean indexed;

        void add(Write write) {
            byVersion.put(write.version(), write);
        }

        /** Of all writes of newer versions, the one that was acknowledged first, which need not be the next; null if none. */
        @Nullable
        Write superseding(long version) {
            if (!indexed) {
                index();
            }
            Map.Entry<Long, Write> newer = byVersion.higherEntry(version);
            return newer == null ? null : newer.getValue();
        }

        /** Has each version point to what was acknowledged first of it and all newer ones. */
        private void index() {
            Write first = null;
            for (Map.Entry<Long, Write> entry : byVersion.descendingMap().entrySet()) {
                if (first == null || entry.getValue().end() < first.end()) {
                    first = entry.getValue();
                }
                entry.setValue(first);
            }
            indexed = true;
        }
    }
}
