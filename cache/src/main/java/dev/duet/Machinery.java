package dev.duet;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import java.security.SecureRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * What a node takes from the machine it runs on: its name, time and threads. Tests put their own in its place.
 *
 * @param name the node's name, unique in the namespace
 * @param clock the node's clock
 * @param scheduler runs what is due later
 * @param waiting how callers' threads wait
 * @param owned whether clock and scheduler are closed with the node
 */
record Machinery(String name, CoarseClock clock, ScheduledExecutorService scheduler, Waiting waiting, boolean owned) {

    /** A random name, the time of the machine, and a thread. */
    static Machinery real() {
        String name = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "duet-scheduler");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        return new Machinery(name, CoarseClock.start(), scheduler, Waiting.blocking(), true);
    }

    /** Ends what was started for the node. */
    void close() {
        if (owned) {
            scheduler.shutdownNow();
            clock.close();
        }
    }
}
