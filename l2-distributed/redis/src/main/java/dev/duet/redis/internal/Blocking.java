package dev.duet.redis.internal;

import dev.duet.store.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for stages where the port blocks. */
final class Blocking {

    private Blocking() {}

    /**
     * Waits for {@code stage}, which ends by the client's own timeouts.
     *
     * @throws dev.duet.store.CacheException as the stage fails
     * @throws StoreUnavailableException also if the thread is interrupted, which stays marked
     */
    static <R> R await(CompletableFuture<R> stage, String address) {
        try {
            return stage.get();
        } catch (ExecutionException e) {
            throw Failures.translate(e, address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while waiting for Redis at " + address, e);
        }
    }
}
