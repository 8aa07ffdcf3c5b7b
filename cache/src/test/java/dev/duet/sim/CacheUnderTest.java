package dev.duet.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the simulated application uses of a cache; so that one that is made naively can be put in the place of Duet. */
interface CacheUnderTest {

    /** A write to the database, which may fail, before or after it has committed. */
    interface Write {
        void run() throws LoadOrWriteFailed;
    }

    /** The application's own failure. */
    final class LoadOrWriteFailed extends Exception {
        private static final long serialVersionUID = 1L;

        LoadOrWriteFailed(String message) {
            super(message, null, false, false);
        }
    }

    /** Loads a version from the database. */
    interface Loader {
        long load(int key) throws LoadOrWriteFailed;
    }

    /** Reads, and loads if need be. */
    @Nullable
    Long get(int key) throws LoadOrWriteFailed;

    /** Reads without loading. */
    @Nullable
    Long getIfPresent(int key);

    /** Writes within an intent. */
    void update(int key, Write write) throws LoadOrWriteFailed;

    /** Writes to several keys within an intent. */
    void updateAll(List<Integer> keys, Write write) throws LoadOrWriteFailed;

    /** Stores what the database is known to have. */
    void put(int key, long version);

    void invalidate(int key);

    void invalidateAll();

    /** Whether the store has been told of every write. */
    boolean owesNothing();

    /** Whether there is nothing left to make up for. */
    boolean isSettled();

    /** Why it is not settled, for the trace. */
    String state();
}
