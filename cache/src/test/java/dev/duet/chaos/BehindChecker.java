package dev.duet.chaos;

import dev.duet.chaos.BehindEvent.Got;
import dev.duet.chaos.BehindEvent.Outcome;
import dev.duet.chaos.BehindEvent.Wrote;
import dev.duet.chaos.Ledger.Item;
import dev.duet.chaos.Ledger.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what nodes that write behind have recorded to what is in the database. It assumes nothing of what happened in between:
 * a write comes before another of its key if it was acknowledged before that one was asked for; of others nothing is known, and
 * one whose outcome is unknown may take effect at any time after it was asked for, or never. Used once.
 *
 * <ul>
 *   <li>Lost: an acknowledged write is in the database, or one that does not come before it is.
 *   <li>Order: versions of writes that were made agree with what comes before what; a version is one write.
 *   <li>Stale: a read finds nothing that came before a write acknowledged a bound before the read, or before it on the same node.
 * </ul>
 *
 * <p>A put is known by its value. Removals have none: of those one is looked for that would be right.
 */
final class BehindChecker {

    private static final int EXAMPLES = 5;

    private final Map<Long, Key> keys = new HashMap<>();
    private final Map<String, List<String>> examples = new LinkedHashMap<>();
    private final long bound;
    private long lost;
    private long orderViolations;
    private long staleReads;
    private long flushed;
    private long duplicates;
    private long refused;

    /**
     * A checker.
     *
     * @param bound how stale a read may be, with what the real world adds
     */
    BehindChecker(Duration bound) {
        this.bound = bound.toNanos();
    }

    /** All that is known of a key. */
    private static final class Key {
        private final Map<String, Wrote> puts = new HashMap<>();
        private final List<Wrote> removals = new ArrayList<>();
        private final List<Wrote> acked = new ArrayList<>();
        private final List<Made> made = new ArrayList<>();
        private final Map<String, Long> versions = new HashMap<>();
        private final Map<String, AckedWrites> ackedByNode = new HashMap<>();
        private AckedWrites allAcked = new AckedWrites(List.of(), write -> 0);

        void index() {
            made.forEach(write -> {
                if (write.value() != null) {
                    versions.merge(write.value(), write.version(), Math::max);
                }
            });
            allAcked = index(acked);
            Map<String, List<Wrote>> byNode = new HashMap<>();
            acked.forEach(write -> byNode.computeIfAbsent(write.node(), node -> new ArrayList<>())
                    .add(write));
            byNode.forEach((node, writes) -> ackedByNode.put(node, index(writes)));
        }

        private AckedWrites index(List<Wrote> writes) {
            return new AckedWrites(writes, write -> versions.getOrDefault(write.call(), 0L));
        }
    }

    /** Checks. */
    BehindVerdict check(List<BehindEvent> events, List<Made> made, Map<Long, Item> items) {
        List<Got> reads = new ArrayList<>();
        for (BehindEvent event : events) {
            if (event instanceof Wrote write) {
                write.keys().forEach(key -> add(key(key), write));
            } else if (event instanceof Got read) {
                reads.add(read);
            }
        }
        made.forEach(write -> key(write.key()).made.add(write));
        keys.forEach((id, key) -> {
            key.index();
            checkMade(id, key);
            checkOrder(id, key);
            checkEnd(id, key, items.get(id));
        });
        reads.forEach(read -> checkRead(read, key(read.key()), items.get(read.key())));
        List<String> all = new ArrayList<>();
        examples.values().forEach(all::addAll);
        return new BehindVerdict(lost, orderViolations, staleReads, flushed, duplicates, refused, all);
    }

    private Key key(long id) {
        return keys.computeIfAbsent(id, unknown -> new Key());
    }

    private static void add(Key key, Wrote write) {
        if (write.removal()) {
            key.removals.add(write);
        } else {
            key.puts.put(write.call(), write);
        }
        if (write.outcome() == Outcome.ACKNOWLEDGED) {
            key.acked.add(write);
        }
    }

    /** What was made is what was asked for, each version is one write, and the database takes them in order. */
    private void checkMade(long id, Key key) {
        Map<Long, String> values = new HashMap<>();
        long newest = 0;
        for (Made write : key.made) {
            String name = write.value() == null ? "removal" : write.value();
            String before = values.putIfAbsent(write.version(), name);
            if (before == null) {
                flushed++;
            } else {
                duplicates++;
            }
            if (before != null && !before.equals(name)) {
                disordered(id, "version " + write.version() + " is " + before + " and " + name);
            }
            if (write.value() != null && !mayBe(key.puts.get(write.value()))) {
                disordered(id, "nobody put " + name);
            }
            if (write.accepted() && write.version() <= newest) {
                disordered(id, "version " + write.version() + " came after " + newest);
            }
            if (!write.accepted() && write.version() < newest) {
                refused++;
            }
            newest = Math.max(newest, write.version());
        }
    }

    private static boolean mayBe(@Nullable Wrote write) {
        return write != null && write.outcome() != Outcome.REJECTED;
    }

    /** From the newest version down: no put was acknowledged before one of a lower version began. */
    private void checkOrder(long id, Key key) {
        List<Made> inOrder = distinct(key.made);
        long[] lastBegun = new long[inOrder.size()]; // of the puts below each
        long last = Long.MIN_VALUE;
        for (int i = 0; i < lastBegun.length; i++) {
            lastBegun[i] = last;
            Wrote put = put(key, inOrder.get(i));
            last = put == null ? last : Math.max(last, put.begin());
        }
        long firstEnded = BehindEvent.NEVER; // of the puts above
        for (int i = lastBegun.length - 1; i >= 0; i--) {
            Made made = inOrder.get(i);
            Wrote put = put(key, made);
            if (put != null) {
                if (put.begin() > firstEnded) {
                    disordered(
                            id, put.call() + " has version " + made.version() + ", and an earlier write a higher one");
                }
                firstEnded = Math.min(firstEnded, put.end());
            } else if (made.value() == null) {
                long from = lastBegun[i];
                long to = firstEnded;
                if (key.removals.stream().noneMatch(removal -> removal.end() >= from && removal.begin() <= to)) {
                    disordered(id, "no removal could have version " + made.version());
                }
            }
        }
    }

    private static List<Made> distinct(List<Made> made) {
        Set<Long> versions = new HashSet<>();
        List<Made> distinct = new ArrayList<>();
        made.forEach(write -> {
            if (versions.add(write.version())) {
                distinct.add(write);
            }
        });
        distinct.sort((one, other) -> Long.compare(one.version(), other.version()));
        return distinct;
    }

    private static @Nullable Wrote put(Key key, Made made) {
        return made.value() == null ? null : key.puts.get(made.value());
    }

    /** What is in the database at the end comes before no acknowledged write. */
    private void checkEnd(long id, Key key, @Nullable Item item) {
        long end = Long.MIN_VALUE;
        if (item != null) {
            end = endOf(key, item.value(), BehindEvent.NEVER);
        }
        long until = end;
        List<Wrote> gone =
                key.acked.stream().filter(write -> write.begin() > until).toList();
        if (!gone.isEmpty()) {
            lost += gone.size();
            example("lost", "key " + id + " has " + item + ", and lost " + gone.size() + " writes, " + gone.get(0));
        }
    }

    /** Until when what was found may have been written: by that put, or by any removal that began in time. */
    private static long endOf(Key key, @Nullable String value, long begunBy) {
        if (value != null) {
            Wrote put = key.puts.get(value);
            return put == null || put.begin() > begunBy ? Long.MIN_VALUE : put.end();
        }
        return key.removals.stream()
                .filter(removal -> removal.begin() <= begunBy)
                .mapToLong(Wrote::end)
                .max()
                .orElse(Long.MIN_VALUE);
    }

    private void checkRead(Got read, Key key, @Nullable Item item) {
        String value = read.value();
        long end = endOf(key, value, read.end());
        AckedWrites own = key.ackedByNode.getOrDefault(read.node(), new AckedWrites(List.of(), write -> 0));
        long ago = read.begin() - bound;
        long lastBegun = Math.max(key.allAcked.lastBegun(ago), own.lastBegun(read.begin()));
        long highest = Math.max(key.allAcked.highest(ago), own.highest(read.begin()));
        long version = value == null ? 0 : key.versions.getOrDefault(value, 0L);
        boolean unheardOf = value != null && end == Long.MIN_VALUE;
        boolean notTheLast =
                read.last() && item != null && !(value == null ? item.value() == null : value.equals(item.value()));
        if (unheardOf || end < lastBegun || (version > 0 && version < highest) || notTheLast) {
            staleReads++;
            example(
                    "stale",
                    read + " found what had ended by " + end + " with version " + version + ", when one begun at "
                            + lastBegun + " counted, and version " + highest + "; at the end there is " + item);
        }
    }

    private void disordered(long id, String what) {
        orderViolations++;
        example("order", "key " + id + ": " + what);
    }

    private void example(String kind, String text) {
        List<String> known = examples.computeIfAbsent(kind, unknown -> new ArrayList<>());
        if (known.size() < EXAMPLES) {
            known.add(kind + ": " + text);
        }
    }
}
