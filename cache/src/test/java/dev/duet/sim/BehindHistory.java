package dev.duet.sim;

import dev.duet.CacheWrite;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Enqueue;
import dev.duet.store.PendingOperation.Failed;
import dev.duet.store.PendingOperation.Flushed;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.Requeue;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoredRecord.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was written behind and read, and whether the promises were kept. A write is known by the version that the store gave it
 * when it took it; whether its node was told or not.
 *
 * <ul>
 *   <li>A: a write that was acknowledged was taken by the store, above all that had been acknowledged before it began; and in
 *       the end the database has the newest that was taken of each key. What the database failed by alone parks nothing.
 *   <li>B: the writer is given writes that were taken, as they were.
 *   <li>P1: what a read returns was not superseded in the store longer than B before it began.
 *   <li>P2: it is not older than what its node had acknowledged when it began.
 * </ul>
 *
 * <p>A database that compares no versions may be overwritten with older ones by a node that is late; what is read of the key
 * from then on is not judged. In the end that must be mended, unless the node died, or the store had nothing newer any more
 * when it heard of it.
 */
final class BehindHistory implements Witness {

    /** The statement that left a row older than it was. */
    private static final class Regress {
        final SimulatedNode node;
        boolean unknown;

        Regress(SimulatedNode node) {
            this.node = node;
        }
    }

    /** A write that the store took. */
    private record Taken(SimulatedNode node, @Nullable Long value, long at) {}

    /** A call that writes. */
    static final class Attempt {
        final SimulatedNode node;
        final Map<Integer, @Nullable Long> values;
        final long[] before;
        final Map<Integer, Long> versions = new HashMap<>();
        final long began;
        long overAt = Long.MAX_VALUE;

        Attempt(SimulatedNode node, Map<Integer, @Nullable Long> values, long[] before, long began) {
            this.began = began;
            this.node = node;
            this.values = values;
            this.before = before;
        }
    }

    /** By how much the clock may go back at a restart; a node that has not asked the server since does not know. */
    private static final long CLOCK_ERROR = 700 * World.MILLIS;

    private final World world;
    private final BehindPlan plan;
    private final Tally tally;
    private final Consumer<String> onViolation;
    private final List<TreeMap<Long, Taken>> taken = new ArrayList<>();
    private final List<Map<Long, Long>> versions = new ArrayList<>();
    private final IdentityHashMap<Operation<?>, Attempt> sent = new IdentityHashMap<>();
    private final Map<Strand, Attempt> calls = new HashMap<>();
    private final Map<SimulatedNode, long[]> own = new HashMap<>();
    private final Map<Integer, Regress> regresses = new HashMap<>();
    private final long[] acknowledged;
    /** When the store's clock was set back last, by which what was under way may be taken late. */
    private long setBackAt = -1;

    private final long[] parkedAt;
    private final long[] unparkedAt;
    private final boolean[] parked;
    private final boolean[] blamed;
    private final boolean[] doubtful;
    private Function<RecordKey, Reading> store = record -> new Reading.Missing(0, false, null);

    BehindHistory(World world, BehindPlan plan, Tally tally, Consumer<String> onViolation) {
        this.world = world;
        this.plan = plan;
        this.tally = tally;
        this.onViolation = onViolation;
        this.acknowledged = new long[plan.keys];
        this.parkedAt = new long[plan.keys];
        this.unparkedAt = new long[plan.keys];
        this.parked = new boolean[plan.keys];
        this.blamed = new boolean[plan.keys];
        this.doubtful = new boolean[plan.keys];
        for (int key = 0; key < plan.keys; key++) {
            taken.add(new TreeMap<>());
            versions.add(new HashMap<>());
            versions.get(key).put(first(key), 0L);
        }
    }

    /** Where to look at what the store has. */
    void store(Function<RecordKey, Reading> reader) {
        store = reader;
    }

    /** What the row of a key has at first. */
    long first(int key) {
        return key + 1L;
    }

    /** A call that writes begins, on the current strand. */
    Attempt begins(SimulatedNode node, Map<Integer, @Nullable Long> values) {
        tally.writes += values.size();
        Attempt attempt = new Attempt(node, values, acknowledged.clone(), world.now());
        calls.put(Objects.requireNonNull(world.current()), attempt);
        return attempt;
    }

    /** It has returned; or failed, so that nothing is known of it. */
    void ended(Attempt attempt, boolean well) {
        calls.remove(Objects.requireNonNull(world.current()));
        attempt.overAt = world.now();
        if (!well) {
            return;
        }
        long[] mine = own(attempt.node);
        for (int key : attempt.values.keySet()) {
            Long version = attempt.versions.get(key);
            if (version == null) {
                violated("A: " + attempt.node + " was told that key " + key
                        + " is written, and the store did not take it");
                return;
            }
            mine[key] = Math.max(mine[key], version);
            acknowledged[key] = Math.max(acknowledged[key], version);
        }
    }

    private long[] own(SimulatedNode node) {
        return own.computeIfAbsent(node, some -> new long[plan.keys]);
    }

    /** The newest versions that a node has acknowledged. */
    long[] ownNow(SimulatedNode node) {
        return own(node).clone();
    }

    /** The newest versions that any node has acknowledged. */
    long[] acknowledgedNow() {
        return acknowledged.clone();
    }

    /** The newest version that the store has taken. */
    long newest(int key) {
        return taken.get(key).isEmpty() ? 0 : taken.get(key).lastKey();
    }

    @Override
    public void clockSet(long nanos) {
        setBackAt = nanos < 0 ? world.now() : setBackAt;
    }

    @Override
    public void sent(int key, Operation<?> operation, @Nullable Strand strand) {
        Attempt attempt = strand == null ? null : calls.get(strand);
        if (attempt == null || !attempt.values.containsKey(key)) {
            throw new IllegalStateException(operation + " of key " + key + " by " + strand);
        }
        sent.put(operation, attempt);
    }

    @Override
    public void applies(RecordKey record, Operation<?> operation) {
        int key = Server.keyOf(record);
        Regress regress = regresses.get(key);
        if (regress != null && operation instanceof Flushed flushed && flushed.late()) {
            Reading reading = store.apply(record);
            regress.unknown |=
                    !(reading instanceof Reading.Hit hit && hit.version() > flushed.version() && hit.cost() == 0);
        }
    }

    @Override
    public void applied(int key, Operation<?> operation, Object reply) {
        if (operation instanceof Enqueue && ((PendingReply) reply).accepted()) {
            taken(key, Objects.requireNonNull(sent.get(operation)), ((PendingReply) reply).version());
        } else if (operation instanceof Failed failed && failed.pause() >= Value.NEVER && Boolean.TRUE.equals(reply)) {
            tally.parked++;
            parked[key] = true;
            parkedAt[key] = world.now();
            if (!blamed[key]) {
                violated("A: key " + key + " is parked, though nothing went wrong but that the database was down");
            }
        } else if (operation instanceof Requeue) {
            unparkedAt[key] = parked[key] ? world.now() : unparkedAt[key];
            parked[key] = false;
            parkedAt[key] = world.now();
        }
    }

    private void taken(int key, Attempt attempt, long version) {
        if (world.now() > attempt.overAt
                && world.now() - attempt.overAt > CLOCK_ERROR
                && !attempt.node.isDead()
                && attempt.began > setBackAt) {
            violated("A: version " + version + " of key " + key + " was taken after its call had failed");
        }
        Long value = attempt.values.get(key);
        if (attempt.versions.put(key, version) != null || taken.get(key).containsKey(version)) {
            violated("A: key " + key + " was taken twice");
        }
        if (version <= attempt.before[key]) {
            violated("A: version " + version + " of key " + key + " began after version " + attempt.before[key]
                    + " was acknowledged");
        }
        if (version <= newest(key)) {
            violated("A: version " + version + " of key " + key + " was taken after version " + newest(key));
        }
        unparkedAt[key] = parked[key] ? world.now() : unparkedAt[key];
        parked[key] = false;
        taken.get(key).put(version, new Taken(attempt.node, value, world.now()));
        if (value != null) {
            versions.get(key).put(value, version);
        }
    }

    /** A call of the writer fails by something that need not be an outage. */
    void blamed(int key) {
        blamed[key] = true;
    }

    /** The database carries out a write, and has {@code row} so far. */
    void writes(SimulatedNode node, CacheWrite<Integer, Long> write, WrittenDatabase.Row row, boolean applies) {
        int key = write.key();
        Taken known = taken.get(key).get(write.version());
        if (known == null || !Objects.equals(known.value(), write.value())) {
            violated("B: " + node + " writes " + write + ", and the store had taken " + known);
        }
        if (applies && write.version() < row.version()) {
            tally.regresses++;
            doubtful[key] = true;
            regresses.put(key, new Regress(node));
            if (plan.fenced || plan.faults == 0) {
                violated("B: version " + write.version() + " of key " + key + " is written over version "
                        + row.version());
            }
        } else if (applies && write.version() >= newest(key)) {
            regresses.remove(key);
        }
    }

    /** A read returned; {@code value} is null if there was none. */
    void read(SimulatedNode node, int key, long began, long own, @Nullable Long value, String how) {
        tally.reads++;
        world.trace.say(node, " ", how, " key ", key, ": ", value, ", asked at ", began / 1e6);
        if (doubtful[key]) {
            return;
        }
        Long version = value == null ? lastRemoval(key) : versions.get(key).get(value);
        if (version == null) {
            violated("P1: " + node + " " + how + " " + value + " of key " + key + ", which was never written");
            return;
        }
        String what = value == null ? "nothing" : "version " + version;
        if (version < own) {
            violated("P2: " + node + " " + how + " " + what + " of key " + key + ", but had written version " + own);
        }
        Map.Entry<Long, Taken> next = taken.get(key).higherEntry(version);
        long age = next == null ? 0 : began - next.getValue().at();
        tally.worstStaleness = Math.max(tally.worstStaleness, age);
        if (age > Plan.BOUND + SimulatedNode.GRANULARITY) {
            violated("P1: " + node + " " + how + " " + what + " of key " + key + ", superseded " + age / 1e6
                    + " ms before by version " + next.getKey());
        }
    }

    private @Nullable Long lastRemoval(int key) {
        for (Map.Entry<Long, Taken> entry : taken.get(key).descendingMap().entrySet()) {
            if (entry.getValue().value() == null) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** A flush said that nothing is pending. */
    void flushed(SimulatedNode node, long began, long[] before, Function<Integer, WrittenDatabase.Row> rows) {
        for (int key = 0; key < before.length; key++) {
            boolean wasParked = parked[key] || parkedAt[key] >= began || unparkedAt[key] >= began;
            if (!wasParked && !doubtful[key] && rows.apply(key).version() < before[key]) {
                violated("F: " + node + " has flushed, and the database has version "
                        + rows.apply(key).version() + " of key " + key + ", but version " + before[key]
                        + " was acknowledged before");
            }
        }
    }

    /** Checks what the database has of a key in the end; whether nothing excuses it. */
    boolean checkRow(int key, WrittenDatabase.Row row) {
        Regress regress = regresses.get(key);
        if (regress != null && (regress.node.isDead() || regress.unknown)) {
            tally.unmended++;
            return false;
        }
        long newest = newest(key);
        if (row.version() != newest) {
            violated("A: the database has version " + row.version() + " of key " + key + " in the end, and version "
                    + newest + " was taken" + (acknowledged[key] > row.version() ? " and acknowledged" : ""));
        }
        return true;
    }

    void violated(String what) {
        world.trace.say("VIOLATION of ", what);
        onViolation.accept(what);
    }
}
