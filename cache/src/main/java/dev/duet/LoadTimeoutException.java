package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Level;
import org.jspecify.annotations.Nullable;

/**
 * A load took longer than {@link CacheBuilder#hardTimeout} allows, and there was no stale value to serve in its place. The
 * load itself goes on; what it returns is still cached if it may be.
 */
public final class LoadTimeoutException extends CacheException {

    private static final long serialVersionUID = 1L;

    /**
     * As {@link CacheException#CacheException(String, Throwable, String, String, Level)}, at the level of the source.
     *
     * @param message what was waited for, for how long, and the remedy
     * @param cause the cause, or null
     * @param cache the cache
     * @param key the key as text, or null if it is about several
     */
    public LoadTimeoutException(String message, @Nullable Throwable cause, String cache, @Nullable String key) {
        super(message, cause, cache, key, Level.SOURCE);
    }
}
