package dev.duet.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be used as it is configured; the message names the setting, the address and the remedy. */
public final class StoreConfigurationException extends CacheException {

    private static final long serialVersionUID = 1L;

    /** As {@link CacheException#CacheException(String, Throwable)}. */
    public StoreConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause, null, null, Level.STORE);
    }
}
