package dev.duet.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's one thread for {@link CompletableFuture#orTimeout} and its kind. It lives as long as the JVM, and keeps the
 * context class loader and the access control context of whoever needs it first: the class loader of an application that was
 * redeployed since.
 */
public final class DelayThread {

    private static final Logger LOG = LoggerFactory.getLogger(DelayThread.class);
    private static final long LONGEST_WAIT = 1_000;

    private DelayThread() {}

    /**
     * Has the JDK start the thread if it has not yet, on a stack that holds no class of an application. That is one of the
     * common pool, where a stage that is completed hands its next stage to the delayed executor by itself.
     */
    public static void start() {
        if (ForkJoinPool.getCommonPoolParallelism() == 0) {
            return; // the application has turned the pool off
        }
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        CompletableFuture<Void> next =
                started.thenRunAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.NANOSECONDS));
        CompletableFuture<Boolean> unused = started.completeAsync(() -> true, ForkJoinPool.commonPool());
        try {
            next.get(LONGEST_WAIT, TimeUnit.MILLISECONDS); // otherwise the caller might be the first after all
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The JDK's delay thread has not been seen to start", e);
        }
    }
}
