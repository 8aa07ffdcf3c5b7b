package dev.duet;

import dev.duet.internal.DelayThread;
import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import dev.duet.local.Housekeeper;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * What a node takes from the machine it runs on: its name, time, threads and chance. Tests put their own in its place.
 *
 * @param name the node's name, unique in the namespace
 * @param clock the node's clock
 * @param housekeeper does the bookkeeping of near caches
 * @param scheduler runs what is due later
 * @param waiting how callers' threads wait
 * @param background runs what no caller's thread is to wait for
 * @param random from 0 to 1
 * @param owned whether clock, housekeeper, scheduler and background are closed with the node
 */
record Machinery(
        String name,
        CoarseClock clock,
        Executor housekeeper,
        ScheduledExecutorService scheduler,
        Waiting waiting,
        Executor background,
        DoubleSupplier random,
        boolean owned) {

    /** How many loads of a node run in the background at a time, besides those that wait for others. */
    private static final int LOADS = 64;

    private static final int MOST_THREADS = 1_024;

    /** A random name, the time of the machine, and threads. */
    static Machinery real() {
        DelayThread.start();
        String name = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "duet-scheduler");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        return new Machinery(
                name,
                CoarseClock.start(),
                Housekeeper.start(),
                scheduler,
                Waiting.blocking(scheduler),
                pool(),
                () -> ThreadLocalRandom.current().nextDouble(),
                true);
    }

    /**
     * Threads that come as they are needed and go when they are not. A loader that waits for another key's load does not
     * keep that one from a thread: the pool makes up for threads that wait for futures.
     */
    private static ExecutorService pool() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return new ForkJoinPool(
                LOADS,
                pool -> {
                    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName("duet-worker-" + thread.getPoolIndex());
                    thread.setContextClassLoader(loader); // as the application's own threads have it
                    return thread;
                },
                null,
                true,
                0,
                MOST_THREADS,
                1,
                null,
                60,
                TimeUnit.SECONDS);
    }

    /** The tokens of the node: by the clocks and the randomness of the machine, or by the clock that was injected alone. */
    Tokens tokens() {
        return owned
                ? new Tokens(name, System::nanoTime, System::currentTimeMillis, new SecureRandom()::nextLong)
                : new Tokens(name, clock::monotonic, () -> clock.monotonic() / 1_000_000, () -> 0);
    }

    /** Ends what was started for the node. */
    void close() {
        if (owned) {
            scheduler.shutdownNow();
            if (background instanceof ExecutorService pool) {
                pool.shutdown();
            }
            if (housekeeper instanceof Housekeeper thread) {
                thread.close();
            }
            clock.close();
        }
    }
}
