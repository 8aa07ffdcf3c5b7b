package dev.duet.store;

import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.StoredRecord.Pending;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A partition of an {@link InMemoryStore}. Guarded by its own lock, which the store takes. */
final class InMemoryPartition {

    /** By how many versions a partition that is started over leaves behind what is known to have been given out. */
    private static final long LEAP = 1L << 20;

    final Map<String, Long> floors = new HashMap<>();
    final Deque<Change> log = new ArrayDeque<>();
    long head;
    /** The floor under the floors of all caches. */
    long base;

    private final Map<RecordKey, StoredRecord> records;
    /** Pending writes, which are not evicted, by cache. */
    private final Map<String, Map<RecordKey, Pending>> pending = new HashMap<>();

    private final Map<String, Flusher> flushers = new HashMap<>();

    /** Who writes what is pending of a cache, and until when. */
    private record Flusher(String token, long until) {}

    /** What a partition held at one time. */
    record Image(
            Map<RecordKey, StoredRecord> records,
            Map<String, Long> floors,
            List<Change> log,
            Map<String, Flusher> flushers,
            long head,
            long base) {

        static Image empty(long head) {
            return new Image(Map.of(), Map.of(), List.of(), Map.of(), head, head);
        }
    }

    InMemoryPartition(int maximumRecords, long head) {
        this.head = head;
        this.base = head;
        this.records = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<RecordKey, StoredRecord> eldest) {
                return size() > maximumRecords;
            }
        };
    }

    long floor(String cache) {
        return Math.max(base, floors.getOrDefault(cache, 0L));
    }

    StoredRecord get(RecordKey key) {
        Pending write = pending.getOrDefault(key.cache(), Map.of()).get(key);
        return write != null ? write : records.getOrDefault(key, StoredRecord.ABSENT);
    }

    void set(RecordKey key, StoredRecord record) {
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
        if (ofCache != null) {
            ofCache.remove(key);
        }
        if (record instanceof StoredRecord.Absent) {
            records.remove(key);
        } else {
            records.put(key, record);
        }
    }

    boolean evict(RecordKey key) {
        return records.remove(key) != null;
    }

    Claim claim(String cache, String flusher, long term, int most, long now) {
        Map<RecordKey, Pending> writes = pending.getOrDefault(cache, Map.of());
        long parked = writes.values().stream().filter(Pending::isParked).count();
        long queued = writes.size() - parked;
        Flusher at = flushers.get(cache);
        boolean foreign = at != null && now < at.until() && !at.token().equals(flusher);
        if (foreign || queued == 0 || term == 0) {
            if (!foreign) {
                flushers.remove(cache);
            }
            return new Claim(false, queued, parked, 0, List.of());
        }
        flushers.put(cache, new Flusher(flusher, now + term));
        List<PendingWrite> due = listed(writes, write -> write.getValue().dueAt() <= now, most);
        return new Claim(true, queued, parked, 0, due);
    }

    List<PendingWrite> parked(String cache, int most) {
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

    /** Makes everything absent that is stored and not pending, at a head that nobody can have seen before. */
    void startOver(long above, long now) {
        // By the clock, so that two that are started over from the same data do not number alike.
        head = Math.max(Math.max(head, above) + LEAP + now % LEAP, now);
        base = head;
        log.clear();
    }

    Image image() {
        Map<RecordKey, StoredRecord> all = new LinkedHashMap<>(records);
        pending.values().forEach(all::putAll);
        return new Image(all, Map.copyOf(floors), List.copyOf(log), Map.copyOf(flushers), head, base);
    }

    void restore(Image image) {
        records.clear();
        pending.clear();
        flushers.clear();
        flushers.putAll(image.flushers);
        image.records.forEach(this::set);
        floors.clear();
        floors.putAll(image.floors);
        log.clear();
        log.addAll(image.log);
        head = image.head;
        base = image.base;
    }
}
