package dev.duet.store.codec;

import dev.duet.store.CacheException;
import dev.duet.store.Level;
import org.jspecify.annotations.Nullable;

/** A value or a key cannot be encoded or decoded; the message says which, and the remedy. */
public final class CodecException extends CacheException {

    private static final long serialVersionUID = 1L;

    /** As {@link CacheException#CacheException(String, Throwable)}. */
    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As {@link CacheException#CacheException(String, Throwable, String, String, Level)}, at the level of the store. */
    public CodecException(String message, @Nullable Throwable cause, String cache, String key) {
        super(message, cause, cache, key, Level.STORE);
    }
}
