package dev.duet.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the simulated application uses of a cache; so that one that is made naively can be put in the place of Duet. */
interface CacheUnderTest {

    /** A write to the database, which may fail, before or after it has committed. */
    interface Write {
        void run() throws LoadOrWriteFailed;
    }

    /** As {@link Write}; returns what was written. */
    interface Returning {
        long run() throws LoadOrWriteFailed;
    }

    /** The application's own failure. */
    final class LoadOrWriteFailed extends Exception {
        private static final long serialVersionUID = 1L;

        LoadOrWriteFailed(String message) {
            super(message, null, false, false);
        }
    }

    /** Loads versions from the database. */
    interface Loader {
        @Nullable
        Long load(int key) throws LoadOrWriteFailed;

        Map<Integer, Long> loadAll(Set<? extends Integer> keys) throws LoadOrWriteFailed;

        /** Writes what the cache is given to write; null removes. */
        default void write(Map<Integer, @Nullable Long> values) throws LoadOrWriteFailed {
            throw new UnsupportedOperationException();
        }
    }

    /** A write to the database, and what it has written; done when the future is. */
    interface AsyncWrite {
        CompletableFuture<Long> run();
    }

    /** The announcement of a write. */
    interface Intent {
        void close();
    }

    /** What a read found. */
    record Found(long version, How how) {

        /** What is known of an answer. */
        enum How {
            /** Nothing: it may be stale, from wherever. */
            SOMEHOW,
            /** It was near, and in its life. */
            NEAR,
            /** It was not near, and in its life or loaded. */
            FAR,
            /** It was near, and its life over. */
            STALE_NEAR,
            /** It was not near, and its life over. */
            STALE_FAR;

            boolean isNear() {
                return this == NEAR || this == STALE_NEAR;
            }

            boolean isStale() {
                return this == STALE_NEAR || this == STALE_FAR;
            }

            /** For a sentence. */
            String told() {
                return switch (this) {
                    case SOMEHOW, FAR -> "";
                    case NEAR -> " near";
                    case STALE_NEAR -> " stale and near";
                    case STALE_FAR -> " stale";
                };
            }
        }

        static Found somehow(long version) {
            return new Found(version, How.SOMEHOW);
        }
    }

    /** Reads, and loads if need be. */
    @Nullable
    Long get(int key) throws LoadOrWriteFailed;

    /** As {@link #get}, saying more. */
    default @Nullable Found entry(int key) throws LoadOrWriteFailed {
        Long version = get(key);
        return version == null ? null : Found.somehow(version);
    }

    /** Reads several keys. */
    default Map<Integer, Long> getAll(List<Integer> keys) throws LoadOrWriteFailed {
        Map<Integer, Long> found = new LinkedHashMap<>();
        for (Integer key : keys) {
            Long version = get(key);
            if (version != null) {
                found.put(key, version);
            }
        }
        return found;
    }

    /** As {@link #entry} for one key, or {@link #getAll} for several, for an application that does something else meanwhile. */
    default CompletableFuture<Map<Integer, Found>> readAsync(List<Integer> keys) {
        try {
            Map<Integer, Found> found = new LinkedHashMap<>();
            getAll(keys).forEach((key, version) -> found.put(key, Found.somehow(version)));
            return CompletableFuture.completedFuture(found);
        } catch (LoadOrWriteFailed e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Reads without loading. */
    @Nullable
    Long getIfPresent(int key);

    /** As {@link #getIfPresent}, saying more. */
    default @Nullable Found entryIfPresent(int key) {
        Long version = getIfPresent(key);
        return version == null ? null : Found.somehow(version);
    }

    /** Writes within an intent. */
    void update(int key, Write write) throws LoadOrWriteFailed;

    /** Writes to several keys within an intent. */
    void updateAll(List<Integer> keys, Write write) throws LoadOrWriteFailed;

    /** Announces a write. */
    default Intent beginWrite(List<Integer> keys) {
        throw new UnsupportedOperationException();
    }

    /** Writes within an intent, and keeps what was written. */
    default void updateAndPut(int key, Returning write) throws LoadOrWriteFailed {
        throw new UnsupportedOperationException();
    }

    /** As {@link #updateAndPut} for one key if it {@code keeps}, or {@link #updateAll}; done when the future is. */
    default CompletableFuture<?> updateAsync(List<Integer> keys, boolean keeps, AsyncWrite write) {
        throw new UnsupportedOperationException();
    }

    /** Stores what the database is known to have; or through the writer, what it is to have. */
    void put(int key, long version);

    /** Stores several values. */
    default void putAll(Map<Integer, Long> versions) {
        versions.forEach(this::put);
    }

    /** As {@link #putAll}; done when the future is. */
    default CompletableFuture<@Nullable Void> putAsync(Map<Integer, Long> versions) {
        putAll(versions);
        return CompletableFuture.completedFuture(null);
    }

    /** Drops what is cached; or removes through the writer. */
    void invalidate(int key);

    /** Drops what is cached, also if there is a writer. */
    default void drop(int key) throws LoadOrWriteFailed {
        invalidate(key);
    }

    /** Invalidates several keys. */
    default void invalidateAll(List<Integer> keys) {
        keys.forEach(this::invalidate);
    }

    /** As {@link #invalidateAll(List)}; done when the future is. */
    default CompletableFuture<@Nullable Void> invalidateAsync(List<Integer> keys) {
        invalidateAll(keys);
        return CompletableFuture.completedFuture(null);
    }

    void invalidateAll();

    /** Whether the store has been told of every write. */
    boolean owesNothing();

    /** Whether there is nothing left to make up for. */
    boolean isSettled();

    /** Why it is not settled, for the trace. */
    String state();

    /** Adds what the cache has counted itself. */
    default void count(Tally tally) {}
}
