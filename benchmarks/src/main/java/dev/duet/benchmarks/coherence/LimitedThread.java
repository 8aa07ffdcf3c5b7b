package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.coherence.RecordedNode.Call;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that makes one call after the other at a fixed pace, and is given up and replaced if a call takes longer than a
 * limit: such a call counts as failed, whatever comes of it later. What is late is left out, not made up for.
 */
final class LimitedThread {

    private final String name;
    private final Supplier<@Nullable Call> calls;
    private final long pauseNanos;
    private final long limitNanos;
    private volatile Attempt attempt;

    /**
     * Starts it.
     *
     * @param calls what to do next; null for nothing this time
     * @param pause between the begins of two calls
     * @param limit of a call
     */
    LimitedThread(String name, Supplier<@Nullable Call> calls, Duration pause, Duration limit) {
        this.name = name;
        this.calls = calls;
        pauseNanos = pause.toNanos();
        limitNanos = limit.toNanos();
        attempt = begin();
        Thread watch = new Thread(this::watch, name + "-watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** One thread, as long as it is not given up. */
    private static final class Attempt {
        private final AtomicReference<@Nullable Call> current = new AtomicReference<>();
        private volatile long since;
        private volatile boolean givenUp;
    }

    /** Waits until it is between two calls, for as long as the limit at most. */
    void awaitIdle() {
        long end = System.nanoTime() + limitNanos;
        while (attempt.current.get() != null && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private Attempt begin() {
        Attempt begun = new Attempt();
        Thread thread = new Thread(() -> run(begun), name);
        thread.setDaemon(true);
        thread.start();
        return begun;
    }

    private void run(Attempt mine) {
        long next = System.nanoTime();
        while (!mine.givenUp) {
            Call call = calls.get();
            if (call != null) {
                mine.since = System.nanoTime();
                mine.current.set(call);
                call.make(mine.current);
            }
            next = Math.max(next + pauseNanos, System.nanoTime() - pauseNanos);
            long left = next - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private void watch() {
        while (true) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            Attempt watched = attempt;
            Call call = watched.current.get();
            long now = System.nanoTime();
            if (call != null && now - watched.since > limitNanos && watched.current.compareAndSet(call, null)) {
                watched.givenUp = true;
                call.recordFailure(watched.since, now);
                attempt = begin();
            }
        }
    }
}
