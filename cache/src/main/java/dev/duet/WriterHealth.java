package dev.duet;

import dev.duet.store.RecordKey;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells writes that fail by themselves from a system of record that is down. A failure counts against its write if the system
 * of record has done another write since this one was first tried, or if it is the only one there is. Used by one thread at a
 * time, but {@link #isDown}.
 */
final class WriterHealth {

    private static final int MOST_REMEMBERED = 10_000;

    /** When a write that has not been made was first tried, by key. */
    private final Map<RecordKey, First> first = new HashMap<>();

    private long lastSuccess;
    private boolean anySuccess;
    private volatile int downs;

    private record First(long version, long at) {}

    void succeeded(RecordKey key, long now) {
        first.remove(key);
        lastSuccess = now;
        anySuccess = true;
        downs = 0;
    }

    /**
     * Whether a failure counts against its write.
     *
     * @param alone whether it is the only write that is pending
     */
    boolean counts(RecordKey key, long version, boolean alone, long now) {
        First known = first.get(key);
        if (known == null || known.version() != version) {
            if (first.size() >= MOST_REMEMBERED) {
                first.clear(); // they get a little more patience
            }
            known = new First(version, now);
            first.put(key, known);
        }
        return alone || (anySuccess && lastSuccess - known.at() >= 0);
    }

    /** Whether the last write of a key failed, so that it is better made apart from others. */
    boolean suspects(RecordKey key) {
        return first.containsKey(key);
    }

    /** It does not matter any more when this write was first tried. */
    void forget(RecordKey key) {
        first.remove(key);
    }

    /** The system of record is taken to be down; how often that was so in a row. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    int down() {
        return ++downs;
    }

    /** Whether it was taken to be down last. */
    boolean isDown() {
        return downs > 0;
    }
}
