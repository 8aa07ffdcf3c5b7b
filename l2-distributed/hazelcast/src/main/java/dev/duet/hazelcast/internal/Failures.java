package dev.duet.hazelcast.internal;

import com.hazelcast.nio.serialization.HazelcastSerializationException;
import dev.duet.store.CacheException;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What a failure of Hazelcast's is to the callers of a store. */
final class Failures {

    private Failures() {}

    static CacheException translate(Throwable failure, String address) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CacheException known) {
            return known;
        }
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof HazelcastSerializationException
                    || at instanceof ClassNotFoundException
                    || at instanceof UncheckedIOException) {
                return new StoreConfigurationException(
                        "a member of " + address + " does not understand what is asked of it (" + at.getMessage()
                                + "); put the same version of duet-hazelcast on the class path of all members and clients",
                        failure);
            }
        }
        String why = cause instanceof TimeoutException
                ? "it did not answer in time"
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        return new StoreUnavailableException("Hazelcast at " + address + " cannot be used: " + why, failure);
    }
}
