package dev.duet.store;

import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Holder;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.StoredRecord.Pending;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a namespace, in heap: records, head, floors, log and what is pending, and every step that a
 * {@link Namespace} takes on them. A store that can run Java where its data is needs no more than this, something that lets
 * one caller in at a time, and a broadcast.
 *
 * <p>Each step says what it did, one {@link Effect} after the other, when it has done it. The same partition with the same
 * step at the same time does the same everywhere; yet a copy is better kept by {@linkplain #apply applying} the effects, as
 * its clock is another one.
 *
 * <p>Records are evicted by recency beyond a number of them, whatever their state but pending, which is safe in any state and
 * hence no effect: copies evict by themselves.
 *
 * <p>Not thread-safe. Times are the store's clock, in microseconds since the epoch.
 */
public final class StorePartition {

    /** By how many versions a partition that is numbered anew leaves behind what is known to have been given out. */
    private static final long LEAP = 1L << 20;

    private final int number;
    private final int maximumRecords;
    private final int logSize;
    private final Map<String, Long> floors = new HashMap<>();
    private final Deque<Change> log = new ArrayDeque<>();
    private final Map<RecordKey, StoredRecord> records;
    /** Pending writes, which are not evicted, by cache. */
    private final Map<String, Map<RecordKey, Pending>> pending = new HashMap<>();

    private final Map<String, Flusher> flushers = new HashMap<>();
    private final Lineage lineage = new Lineage();
    private final Settled settled = new Settled();
    private long head;
    /** The floor under the floors of all caches. */
    private long base;

    /** Who writes what is pending of a cache, for how long from its last renewal, and which renewal that is. */
    private record Flusher(String token, long renewal, long term) {
        Holder holder() {
            return new Holder(token + ':' + renewal, term);
        }
    }

    /**
     * A partition that holds nothing.
     *
     * @param number which one it is, from zero
     * @param maximumRecords how many records it holds at most, but for those that are pending
     * @param logSize how many changes its log holds at most
     * @param head its head: the time, so that one that was lost and begins again is not numbered as before
     */
    public StorePartition(int number, int maximumRecords, int logSize, long head) {
        this.number = number;
        this.maximumRecords = maximumRecords;
        this.logSize = logSize;
        this.head = head;
        this.base = head;
        if (head > 0) {
            lineage.add(new Effect.Forked(0, head));
        }
        this.records = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<RecordKey, StoredRecord> eldest) {
                return size() > StorePartition.this.maximumRecords;
            }
        };
    }

    /** Which partition this is, from zero. */
    public int number() {
        return number;
    }

    /** How many records it holds at most, but for those that are pending. */
    public int maximumRecords() {
        return maximumRecords;
    }

    /** How many changes its log holds at most. */
    public int logSize() {
        return logSize;
    }

    /** The head: the version of the last change. */
    public long head() {
        return head;
    }

    /**
     * Carries out an operation: record, head and log in one step.
     *
     * @param key the record
     * @param operation what to do with it
     * @param origin the node that asks for it
     * @param now the time
     * @param effects is told what was done
     * @param <R> the type of the operation's reply
     */
    @SuppressWarnings("ReferenceEquality") // an operation that leaves a record alone returns that very one
    public <R> R execute(RecordKey key, Operation<R> operation, String origin, long now, Consumer<Effect> effects) {
        StoredRecord before = get(key);
        Moment moment = new Moment(now, head, floor(key.cache()));
        Outcome<R> outcome = operation.apply(before, moment);
        if (outcome.record() != before) {
            take(new Effect.Stored(key, outcome.record()), effects);
        }
        if (outcome.hint()) {
            take(new Effect.Hinted(key.cache(), key.key(), operation instanceof Operation.Release), effects);
        }
        if (outcome.change()) {
            take(new Effect.Changed(new Change(number, moment.next(), key.cache(), key.key(), origin)), effects);
        }
        return outcome.reply();
    }

    /** The reply to an operation that has nothing to change or to tell now; else nothing, and {@link #execute} is to be asked. */
    @SuppressWarnings("ReferenceEquality") // as above
    public <R> Optional<R> ask(RecordKey key, Operation<R> operation, long now) {
        StoredRecord record = get(key);
        Outcome<R> outcome = operation.apply(record, new Moment(now, head, floor(key.cache())));
        return outcome.record() == record && !outcome.hint() && !outcome.change()
                ? Optional.of(outcome.reply())
                : Optional.empty();
    }

    /** Invalidates a whole cache, as {@link Namespace#invalidateAll} does; the new floor. */
    public long invalidateAll(String cache, String origin, Consumer<Effect> effects) {
        long floor = head + 1;
        take(new Effect.Floored(cache, floor), effects);
        take(new Effect.Changed(new Change(number, floor, cache, null, origin)), effects);
        return floor;
    }

    /** Starts over, unless that was done meanwhile, as {@link Namespace#startOver} does; the head afterwards. */
    public long startOver(long seen, long above, long now, Consumer<Effect> effects) {
        if (base <= seen || head <= above) {
            startOver(above, now, effects);
        }
        return head;
    }

    /** Makes everything absent that is stored and not pending, at a head that nobody can have seen before. */
    public void startOver(long above, long now, Consumer<Effect> effects) {
        renumber(head, leapt(above, now), true, effects);
    }

    /** Starts over as one that may lack something that was acknowledged, what is pending among it. */
    public void recover(long now, Consumer<Effect> effects) {
        renumber(0, leapt(0, now), true, effects);
    }

    /**
     * Numbers on at a head that nobody can have seen before, and keeps what is stored: since changes may have been numbered,
     * and told of, that were lost before they were acknowledged.
     */
    public void leap(long now, Consumer<Effect> effects) {
        renumber(head, leapt(0, now), false, effects);
    }

    private void renumber(long from, long to, boolean over, Consumer<Effect> effects) {
        take(new Effect.Forked(from, to), effects);
        take(new Effect.Renumbered(to, over ? to : base), effects);
    }

    private long leapt(long above, long now) {
        // By the clock, so that two that go on from the same data do not number alike.
        return Math.max(Math.max(head, above) + LEAP + now % LEAP, now);
    }

    /**
     * Starts over with what is pending in {@code other} too: for two that went on apart from the same data. What one of them has
     * pending no more, since it was made there or superseded, does not come back; of two writes of a key the later one stays
     * (anomaly A50).
     *
     * @param related whether both have all that was acknowledged before they parted, as far as they know
     */
    public void absorb(StorePartition other, boolean related, long now, Consumer<Effect> effects) {
        long common = related ? lineage.commonWith(other.lineage, head, other.head) : 0;
        Reunion reunion = new Reunion(allPending(), other.allPending(), settled, other.settled, common);
        long to = leapt(other.head, now);
        reunion.gone().forEach(key -> take(new Effect.Stored(key, StoredRecord.ABSENT), effects));
        reunion.taken().forEach((key, write) -> take(new Effect.Stored(key, write), effects));
        for (Map.Entry<RecordKey, Pending> write : reunion.outnumbered().entrySet()) {
            take(new Effect.Stored(write.getKey(), write.getValue().numbered(++to)), effects);
        }
        other.settled.all().forEach(made -> {
            Effect.Settled here = settled.of(made.key());
            if (here == null || here.writtenAt() < made.writtenAt()) {
                take(made, effects);
            }
        });
        renumber(head, to, true, effects);
    }

    private Map<RecordKey, Pending> allPending() {
        Map<RecordKey, Pending> all = new HashMap<>();
        pending.values().forEach(all::putAll);
        return all;
    }

    /** The changes after {@code version} in order, as far as the log goes back. */
    public List<Change> changesAfter(long version) {
        return log.stream().filter(change -> change.version() > version).toList();
    }

    /** Claims what is pending of a cache, as {@link Namespace#claim} does. */
    public Claim claim(
            String cache,
            String flusher,
            long term,
            int most,
            @Nullable String over,
            long now,
            Consumer<Effect> effects) {
        Map<RecordKey, Pending> writes = pending.getOrDefault(cache, Map.of());
        long parked = writes.values().stream().filter(Pending::isParked).count();
        long queued = writes.size() - parked;
        Flusher at = flushers.get(cache);
        Flusher own = at != null && at.token().equals(flusher) ? at : null;
        if (at != null && own == null && !at.holder().holding().equals(over)) {
            return new Claim(false, queued, parked, 0, List.of(), at.holder());
        }
        if (queued == 0 || term == 0) {
            if (at != null) {
                take(new Effect.Flushing(cache, null, 0, 0), effects);
            }
            return new Claim(false, queued, parked, 0, List.of());
        }
        // From the clock on, so that a lease that was given back and is claimed again is another holding.
        take(new Effect.Flushing(cache, flusher, own == null ? now : own.renewal() + 1, term), effects);
        List<PendingWrite> due = listed(writes, write -> write.getValue().isDue(now), most);
        return new Claim(true, queued, parked, 0, due);
    }

    /** The writes of a cache that are parked, the longest parked first. */
    public List<PendingWrite> parked(String cache, int most) {
        return listed(
                pending.getOrDefault(cache, Map.of()), write -> write.getValue().isParked(), most);
    }

    private static List<PendingWrite> listed(
            Map<RecordKey, Pending> writes, Predicate<Map.Entry<RecordKey, Pending>> which, int most) {
        return writes.entrySet().stream()
                .filter(which)
                .sorted(Comparator.comparingLong(write -> write.getValue().dueAt()))
                .limit(most)
                .map(write -> PendingWrite.of(write.getKey(), write.getValue()))
                .toList();
    }

    /** Drops a record as for want of room, whatever its state but pending; whether there was one. */
    public boolean evict(RecordKey key) {
        return records.remove(key) != null;
    }

    /** The effects that make all of this of a partition that holds nothing. */
    public List<Effect> image() {
        List<Effect> image = new ArrayList<>();
        image.add(new Effect.Renumbered(log.isEmpty() ? head : log.getFirst().version() - 1, base));
        image.addAll(lineage.forks());
        log.forEach(change -> image.add(new Effect.Changed(change)));
        floors.forEach((cache, floor) -> image.add(new Effect.Floored(cache, floor)));
        records.forEach((key, record) -> image.add(new Effect.Stored(key, record)));
        pending.values().forEach(writes -> writes.forEach((key, write) -> image.add(new Effect.Stored(key, write))));
        image.addAll(settled.all());
        flushers.forEach((cache, at) -> image.add(new Effect.Flushing(cache, at.token(), at.renewal(), at.term())));
        return image;
    }

    /** Becomes what {@code image} is of, and forgets what it was. */
    public void restore(List<Effect> image) {
        records.clear();
        pending.clear();
        flushers.clear();
        floors.clear();
        lineage.clear();
        settled.clear();
        image.forEach(this::apply);
    }

    /** Does what was done to the partition that this is a copy of. */
    public void apply(Effect effect) {
        if (effect instanceof Effect.Stored stored) {
            set(stored.key(), stored.record());
        } else if (effect instanceof Effect.Changed changed) {
            head = changed.change().version();
            log.addLast(changed.change());
            if (log.size() > logSize) {
                log.removeFirst();
            }
        } else if (effect instanceof Effect.Floored floored) {
            floors.put(floored.cache(), floored.floor());
        } else if (effect instanceof Effect.Flushing flushing) {
            if (flushing.flusher() == null) {
                flushers.remove(flushing.cache());
            } else {
                flushers.put(flushing.cache(), new Flusher(flushing.flusher(), flushing.renewal(), flushing.term()));
            }
        } else if (effect instanceof Effect.Renumbered renumbered) {
            head = renumbered.head();
            base = renumbered.base();
            log.clear();
        } else if (effect instanceof Effect.Forked forked) {
            lineage.add(forked);
        } else if (effect instanceof Effect.Settled made) {
            settled.add(made);
        }
    }

    private void take(Effect effect, Consumer<Effect> effects) {
        apply(effect);
        effects.accept(effect);
    }

    private long floor(String cache) {
        return Math.max(base, floors.getOrDefault(cache, 0L));
    }

    private StoredRecord get(RecordKey key) {
        Pending write = pending.getOrDefault(key.cache(), Map.of()).get(key);
        return write != null ? write : records.getOrDefault(key, StoredRecord.ABSENT);
    }

    private void set(RecordKey key, StoredRecord record) {
        if (record instanceof Pending write) {
            Map<RecordKey, Pending> ofCache = pending.computeIfAbsent(key.cache(), cache -> new LinkedHashMap<>());
            Pending before = ofCache.get(key);
            if (write.isParked() && before != null && !before.isParked()) {
                ofCache.remove(key); // to the end: parked writes are in the order in which they were parked
            }
            ofCache.put(key, write);
            records.remove(key);
            return;
        }
        Map<RecordKey, Pending> ofCache = pending.get(key.cache());
        Pending made = ofCache == null ? null : ofCache.remove(key);
        if (made != null) {
            settled.add(
                    new Effect.Settled(key, made.value().version(), made.value().writtenAt()));
        }
        if (record instanceof StoredRecord.Absent) {
            records.remove(key);
        } else {
            records.put(key, record);
        }
    }
}
