package dev.duet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks at once on the calling thread; or when a test says so, if it holds them. Thread-safe. */
final class Background implements Executor {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean holding;

    /** Holds tasks from now on. */
    synchronized void hold() {
        holding = true;
    }

    /** Runs what was held, and what comes of it; holds on. */
    int run() {
        int ran = 0;
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
            ran++;
        }
        return ran;
    }

    private synchronized @Nullable Runnable next() {
        return tasks.pollFirst();
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (holding) {
                tasks.addLast(task);
                return;
            }
        }
        task.run();
    }
}
