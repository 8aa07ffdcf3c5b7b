package dev.duet.store;

import org.jspecify.annotations.Nullable;

/**
 * The root of all that Duet throws by itself. An exception of the application's own loader or write reaches its caller
 * as itself, and is not one of these.
 */
public class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String cache;
    private final @Nullable String key;
    private final @Nullable Level level;

    /**
     * Creates one that is about no cache in particular.
     *
     * @param message what went wrong, and the remedy
     * @param cause the cause, or null
     */
    public CacheException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null, null);
    }

    /**
     * Creates one that is about a key.
     *
     * @param message what went wrong, and the remedy
     * @param cause the cause, or null
     * @param cache the cache, if it is about one
     * @param key the key as text, if it is about one
     * @param level the level at which it happened, if it was one
     */
    public CacheException(
            String message,
            @Nullable Throwable cause,
            @Nullable String cache,
            @Nullable String key,
            @Nullable Level level) {
        super(message, cause);
        this.cache = cache;
        this.key = key;
        this.level = level;
    }

    /** The name of the cache it is about, or null. */
    public @Nullable String cache() {
        return cache;
    }

    /** The key it is about, as text, or null. */
    public @Nullable String key() {
        return key;
    }

    /** The level at which it happened, or null. */
    public @Nullable Level level() {
        return level;
    }
}
