package dev.duet.store;

import org.jspecify.annotations.Nullable;

/**
 * The store is full and did not take a value, a lease or a pending write. It answers reads, and takes everything that needs no
 * room: invalidations, and the announcement and the completion of a write.
 */
public final class StoreFullException extends StoreUnavailableException {

    private static final long serialVersionUID = 1L;

    /** As {@link CacheException#CacheException(String, Throwable, String, String, Level)}, at the level of the store. */
    public StoreFullException(String message, @Nullable Throwable cause, @Nullable String cache, @Nullable String key) {
        super(message, cause, cache, key);
    }
}
