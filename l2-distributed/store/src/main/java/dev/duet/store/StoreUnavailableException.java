package dev.duet.store;

import org.jspecify.annotations.Nullable;

/** The store did not answer: it is down, cannot be reached, or is too slow. Or it refused, as {@link StoreFullException} says. */
public class StoreUnavailableException extends CacheException {

    private static final long serialVersionUID = 1L;

    /** As {@link CacheException#CacheException(String, Throwable)}. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, null, null, Level.STORE);
    }

    /** As {@link CacheException#CacheException(String, Throwable, String, String, Level)}, at the level of the store. */
    public StoreUnavailableException(
            String message, @Nullable Throwable cause, @Nullable String cache, @Nullable String key) {
        super(message, cause, cache, key, Level.STORE);
    }
}
