package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Level;
import org.jspecify.annotations.Nullable;

/**
 * A loader asked its cache for the key that it was loading, or several loaders wait for each other in a circle, so that
 * the load could never end.
 */
public final class RecursiveLoadException extends CacheException {

    private static final long serialVersionUID = 1L;

    /**
     * As {@link CacheException#CacheException(String, Throwable, String, String, Level)}, at the level of the source.
     *
     * @param message which load waits for which, and the remedy
     * @param cause the cause, or null
     * @param cache the cache
     * @param key the key as text, or null if it is about several
     */
    public RecursiveLoadException(String message, @Nullable Throwable cause, String cache, @Nullable String key) {
        super(message, cause, cache, key, Level.SOURCE);
    }
}
