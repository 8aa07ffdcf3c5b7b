package dev.duet.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How the threads of callers wait; tests put virtual time in its place. Thread-safe. */
public interface Waiting {

    /** Without end, for {@link #await}. */
    long FOREVER = Long.MAX_VALUE;

    /**
     * Waits for a result.
     *
     * @param nanos for how long at most
     * @throws ExecutionException if it failed
     * @throws TimeoutException if it is not there in time; it may still come
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> result, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException;

    /** Waits for so many nanoseconds; less if the thread is interrupted. */
    void pause(long nanos);

    /** Waits as threads do. */
    static Waiting blocking() {
        return new Waiting() {
            @Override
            public <T extends @Nullable Object> T await(CompletableFuture<T> result, long nanos)
                    throws InterruptedException, ExecutionException, TimeoutException {
                return result.get(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void pause(long nanos) {
                LockSupport.parkNanos(nanos);
            }
        };
    }
}
