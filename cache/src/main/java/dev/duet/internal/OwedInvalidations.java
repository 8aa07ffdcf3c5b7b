package dev.duet.internal;

import dev.duet.store.RecordKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What this node has written while the store could not be told, so that the store may hold an older value: to be invalidated
 * as soon as it answers, and not to be read from it before (anomaly A15). Bounded: beyond that, the whole cache of a key is
 * owed in its place. Thread-safe.
 *
 * <p>Implementation note. A key may be owed anew while its invalidation is on the way, by a write that came later; so each
 * debt has a number, and only the debt that was paid is taken off.
 */
public final class OwedInvalidations {

    private final int maximum;
    private final Map<RecordKey, Long> keys = new LinkedHashMap<>();
    private final Map<String, Long> caches = new LinkedHashMap<>();
    private long last;
    private long overflows;
    private volatile boolean any;

    /**
     * Nothing owed.
     *
     * @param maximum how many keys are remembered one by one
     */
    public OwedInvalidations(int maximum) {
        this.maximum = maximum;
    }

    /** A part of what is owed, as it was when it was asked for. */
    public record Debts(Map<RecordKey, Long> keys, Map<String, Long> caches) {}

    /** Owes a key, and if there are too many, its whole cache. */
    public synchronized void add(RecordKey key) {
        any = true;
        if (caches.containsKey(key.cache())) {
            caches.put(key.cache(), ++last);
            return;
        }
        if (keys.size() >= maximum && !keys.containsKey(key)) {
            overflows++;
            addCache(key.cache());
            return;
        }
        keys.put(key, ++last);
    }

    /** Owes a whole cache. */
    public synchronized void addCache(String cache) {
        any = true;
        keys.keySet().removeIf(key -> key.cache().equals(cache));
        caches.put(cache, ++last);
    }

    /** Whether what the store holds for a key may be older than what this node wrote. */
    public boolean covers(RecordKey key) {
        return any && coversNow(key);
    }

    private synchronized boolean coversNow(RecordKey key) {
        return keys.containsKey(key) || caches.containsKey(key.cache());
    }

    /** Whether nothing is owed. */
    public boolean isEmpty() {
        return !any;
    }

    /** How many keys and whole caches are owed. */
    public synchronized int size() {
        return keys.size() + caches.size();
    }

    /** How often there were too many keys. */
    public synchronized long overflows() {
        return overflows;
    }

    /** All whole caches, and the first so many keys. */
    public synchronized Debts first(int most) {
        Map<RecordKey, Long> some = new LinkedHashMap<>();
        for (Map.Entry<RecordKey, Long> entry : keys.entrySet()) {
            if (some.size() == most) {
                break;
            }
            some.put(entry.getKey(), entry.getValue());
        }
        return new Debts(some, new LinkedHashMap<>(caches));
    }

    /** Takes a key off, unless it has been owed anew. */
    public synchronized void paid(RecordKey key, long debt) {
        keys.remove(key, debt);
        any = size() > 0;
    }

    /** Takes a whole cache off, unless it has been owed anew. */
    public synchronized void paid(String cache, long debt) {
        caches.remove(cache, debt);
        any = size() > 0;
    }

    /** What is owed, for a message: the names of the caches. */
    public synchronized Set<String> names() {
        Set<String> names = new LinkedHashSet<>(caches.keySet());
        keys.keySet().forEach(key -> names.add(key.cache()));
        return names;
    }
}
