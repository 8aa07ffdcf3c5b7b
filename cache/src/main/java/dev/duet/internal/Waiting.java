package dev.duet.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the threads of callers wait, and what they wait for; tests put virtual time in its place. Thread-safe. */
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

    /** Completes after so many nanoseconds; to be cancelled by whoever waits for it no longer. */
    CompletableFuture<@Nullable Void> pause(long nanos);

    /**
     * Waits as threads do.
     *
     * @param scheduler ends the pauses
     */
    static Waiting blocking(ScheduledExecutorService scheduler) {
        return new Waiting() {
            @Override
            public <T extends @Nullable Object> T await(CompletableFuture<T> result, long nanos)
                    throws InterruptedException, ExecutionException, TimeoutException {
                return nanos == FOREVER ? result.get() : result.get(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public CompletableFuture<@Nullable Void> pause(long nanos) {
                CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
                try {
                    ScheduledFuture<?> timer =
                            scheduler.schedule(() -> over.complete(null), nanos, TimeUnit.NANOSECONDS);
                    CompletableFuture<?> unused = over.whenComplete((end, cancelled) -> timer.cancel(false));
                } catch (RejectedExecutionException e) {
                    over.complete(null); // the node is being closed
                }
                return over;
            }
        };
    }
}
