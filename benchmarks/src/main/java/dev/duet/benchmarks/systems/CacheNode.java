package dev.duet.benchmarks.systems;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node of a system under comparison, as an application would hold it: a cache of strings by number. Thread-safe. What a
 * system throws reaches the caller as it is.
 */
public interface CacheNode extends AutoCloseable {

    /** Reads a key; with the loader of the {@link NodeConfig} if there is one, else null if it is not cached. */
    @Nullable
    String get(Long key);

    /** Stores a value in both levels, and tells the other nodes. */
    void put(Long key, String value);

    /** Drops a key from both levels, and tells the other nodes. */
    void invalidate(Long key);

    /** Reads many keys in the system's own bulk call; those without a value are left out. */
    Map<Long, String> getAll(Collection<Long> keys);

    /** Writes to the database in the way that the system's documentation recommends: by default, and then invalidates. */
    default void update(Long key, Runnable write) {
        write.run();
        invalidate(key);
    }

    /** Whether a key that is near is no longer than this node's own heap away; for tests of a set-up. */
    boolean isNear(Long key);

    /** The object that holds what is near, for measuring its size; null if it cannot be had. */
    default @Nullable Object nearCache() {
        return null;
    }

    @Override
    void close();
}
