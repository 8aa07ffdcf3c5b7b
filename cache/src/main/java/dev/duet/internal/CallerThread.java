package dev.duet.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps towards a result on the thread of the caller who waits for it: its loader sees that thread's transaction,
 * context and interrupts, and a read that blocks anyway takes no other thread. When the caller leaves, with the result or
 * without, the steps that are left go on elsewhere. One for each call; thread-safe.
 */
public final class CallerThread implements Executor {

    private final Waiting waiting;
    private final Executor elsewhere;
    /** Guarded by this, which is held for a few instructions only. */
    private final Deque<Runnable> steps = new ArrayDeque<>();
    /** Completes when there is something to do; guarded by this. */
    private CompletableFuture<@Nullable Void> bell = new CompletableFuture<>();
    /** Guarded by this. */
    private boolean left;

    /**
     * For the calling thread, which is to {@link #await} a result.
     *
     * @param waiting how it waits
     * @param elsewhere runs what is left to do once it is gone
     */
    public CallerThread(Waiting waiting, Executor elsewhere) {
        this.waiting = waiting;
        this.elsewhere = elsewhere;
    }

    @Override
    public void execute(Runnable step) {
        CompletableFuture<@Nullable Void> ring;
        synchronized (this) {
            ring = left ? null : bell;
            if (ring != null) {
                steps.addLast(step);
            }
        }
        if (ring == null) {
            elsewhere.execute(step);
        } else {
            ring.complete(null);
        }
    }

    /**
     * Runs steps until the result is there.
     *
     * @throws ExecutionException if it failed
     * @throws InterruptedException if this thread was interrupted while it waited; the result may still come
     */
    public <T extends @Nullable Object> T await(CompletableFuture<T> result)
            throws InterruptedException, ExecutionException {
        CompletableFuture<T> unused = result.whenComplete((value, failure) -> ring());
        try {
            while (true) {
                Runnable step = next();
                if (step != null) {
                    step.run();
                } else if (result.isDone()) { // asked after the bell was replaced, or its ring might be missed
                    break;
                } else {
                    waiting.await(currentBell(), Waiting.FOREVER);
                }
            }
            return result.get();
        } catch (TimeoutException e) {
            throw new IllegalStateException("the end of time", e);
        } finally {
            leave();
        }
    }

    private synchronized void ring() {
        bell.complete(null);
    }

    private synchronized @Nullable Runnable next() {
        Runnable step = steps.pollFirst();
        if (step == null && bell.isDone()) {
            bell = new CompletableFuture<>();
        }
        return step;
    }

    private synchronized CompletableFuture<@Nullable Void> currentBell() {
        return bell;
    }

    /** Whether the caller waits no longer. */
    public synchronized boolean hasLeft() {
        return left;
    }

    private void leave() {
        List<Runnable> rest;
        synchronized (this) {
            left = true;
            rest = new ArrayList<>(steps);
            steps.clear();
        }
        rest.forEach(elsewhere::execute);
    }
}
