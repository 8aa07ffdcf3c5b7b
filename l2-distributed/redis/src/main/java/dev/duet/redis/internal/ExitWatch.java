package dev.duet.redis.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Closes a client when the application's threads have ended, so that a {@code main} that returns ends the JVM. The client has
 * one thread of its own that keeps a JVM alive and that no setting makes a daemon: its timer. Thread-safe.
 *
 * <p>Implementation note. It waits on a thread of the application until that has ended, and then on another one, so it does
 * nothing as long as there is one. The JVM waits in the thread {@code DestroyJavaVM} once {@code main} has returned.
 */
final class ExitWatch {

    private static final String TIMER = "redisson-timer";
    private static final String WAITING_JVM = "DestroyJavaVM";
    private static final long PAUSE_MILLIS = 500;

    private final Runnable onExit;
    private final Thread thread;

    private ExitWatch(Runnable onExit) {
        this.onExit = onExit;
        this.thread = new Thread(this::watch, "duet-redis-exit");
        thread.setDaemon(true);
    }

    /** Starts to watch. */
    static ExitWatch start(Runnable onExit) {
        ExitWatch watch = new ExitWatch(onExit);
        watch.thread.start();
        return watch;
    }

    /** Watches no more. */
    void stop() {
        thread.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                Thread[] alive = threads();
                Thread application = application(alive);
                if (application != null) {
                    application.join();
                } else if (Arrays.stream(alive).anyMatch(one -> one.getName().equals(WAITING_JVM))) {
                    onExit.run();
                    return;
                } else {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the client was closed
        }
    }

    /** A thread that keeps the JVM alive and is neither a client's timer nor the JVM's own; null if there is none. */
    private static @Nullable Thread application(Thread[] alive) {
        for (Thread thread : alive) {
            if (!thread.isDaemon()
                    && !thread.getName().equals(WAITING_JVM)
                    && !thread.getName().startsWith(TIMER)) {
                return thread;
            }
        }
        return null;
    }

    private static Thread[] threads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] found = new Thread[2 * root.activeCount() + 16];
        return Arrays.copyOf(found, root.enumerate(found));
    }
}
