package dev.duet;

import dev.duet.store.StoreUnavailableException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of an operation.
 *
 * @param value the reply, or null if it failed
 * @param failure why it failed, or null if it did not
 */
record StoreReply<R>(@Nullable R value, @Nullable StoreUnavailableException failure) {

    static <R> StoreReply<R> of(R value) {
        return new StoreReply<>(value, null);
    }

    static <R> StoreReply<R> failed(StoreUnavailableException failure) {
        return new StoreReply<>(null, failure);
    }

    /** The reply of an operation that did not fail. */
    R get() {
        return Objects.requireNonNull(value);
    }
}
