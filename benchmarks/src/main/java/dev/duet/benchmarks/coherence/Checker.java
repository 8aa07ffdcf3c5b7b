package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.coherence.Read.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what reads did not see. A version is superseded when a later one of its key has been acknowledged, which is when
 * {@code update} returned to its caller. A read that returns it is behind by the time from then until the read began, and stale
 * if that is more than the grace. A write that threw is of unknown outcome: it may be read, and supersedes nothing. Times of
 * all processes are of one clock.
 */
final class Checker {

    private final long graceNanos;

    /** A checker with a grace that is the same for all systems. */
    Checker(Duration grace) {
        graceNanos = grace.toNanos();
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
        long[] looks = new long[Kind.values().length];
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
                looks[read.kind().ordinal()] +=
                        read.version() == histories.truth().applyAsLong(read.key()) ? 0 : 1;
                continue;
            }
            reads++;
            Acknowledged acknowledged = all.get(read.key());
            if (acknowledged == null) {
                continue;
            }
            long staleness = read.begin() - acknowledged.supersededAt(read.version());
            if (acknowledged.supersedes(read.version()) && staleness > 0) {
                behind++;
                stale += staleness > graceNanos ? 1 : 0;
                worst = Math.max(worst, staleness);
            }
            Acknowledged mine = own.getOrDefault(read.node(), Map.of()).get(read.key());
            if (mine != null && mine.supersedes(read.version()) && mine.supersededAt(read.version()) < read.begin()) {
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
                looks[Kind.FIRST_SWEEP.ordinal()],
                looks[Kind.SECOND_SWEEP.ordinal()],
                failed,
                histories.writes().size() - writes);
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

        private final List<Write> writes = new ArrayList<>();
        private TreeMap<Long, Long> firstAtOrAbove = new TreeMap<>();

        void add(Write write) {
            writes.add(write);
        }

        boolean supersedes(long version) {
            return index().higherKey(version) != null;
        }

        /** When the first newer version was acknowledged, which need not be the next; the end of time if none was. */
        long supersededAt(long version) {
            Map.Entry<Long, Long> newer = index().higherEntry(version);
            return newer == null ? Long.MAX_VALUE : newer.getValue();
        }

        /** By version, when the first write of it or a newer one was acknowledged. */
        private TreeMap<Long, Long> index() {
            if (firstAtOrAbove.size() != writes.size()) {
                firstAtOrAbove = new TreeMap<>();
                writes.forEach(write -> firstAtOrAbove.put(write.version(), write.end()));
                long first = Long.MAX_VALUE;
                for (Map.Entry<Long, Long> entry :
                        firstAtOrAbove.descendingMap().entrySet()) {
                    first = Math.min(first, entry.getValue());
                    entry.setValue(first);
                }
            }
            return firstAtOrAbove;
        }
    }
}
