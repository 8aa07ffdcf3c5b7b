package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Level;

/**
 * A write was not made, since there are {@link WriteBehind#maximumPending} pending writes, and there were for as long as a
 * write {@linkplain WriteBehind#maximumWait waits}. What was acknowledged before is not concerned.
 */
public class WriteBehindFullException extends CacheException {

    private static final long serialVersionUID = 1L;

    WriteBehindFullException(String message, String cache, String key) {
        super(message, null, cache, key, Level.SOURCE);
    }
}
