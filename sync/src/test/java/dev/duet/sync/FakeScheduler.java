package dev.duet.sync;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A clock, and what is to be done by it: on the test's thread, when the test lets time pass. Thread-safe. */
final class FakeScheduler extends AbstractExecutorService implements ScheduledExecutorService {

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.<Task>comparingLong(task -> task.due).thenComparingLong(task -> task.number));
    private long now;
    private long numbers;
    private boolean shutdown;

    /** The time, in nanoseconds. */
    synchronized long now() {
        return now;
    }

    /** How many tasks are still to be run. */
    synchronized int waiting() {
        tasks.removeIf(FutureTask::isDone);
        return tasks.size();
    }

    /** Lets time pass, and does what falls due, each at its time. */
    void advance(long nanos) {
        long end = now() + nanos;
        Task task = next(end);
        while (task != null) {
            task.runOnce();
            task = next(end);
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized Task next(long end) {
        if (waiting() == 0 || tasks.peek().due > end) {
            return null;
        }
        now = Math.max(now, tasks.peek().due);
        return tasks.poll();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return add(new Task(command, unit.toNanos(delay), 0));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        return add(new Task(command, unit.toNanos(delay), unit.toNanos(period)));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable command) {
        Future<?> unused = schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    private synchronized Task add(Task task) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        tasks.add(task);
        return task;
    }

    @Override
    public void shutdown() {
        shutdownNow();
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutdown = true;
        tasks.clear();
        return List.of();
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }

    /** A task that is due at a time, and again a period after each run unless that is zero. */
    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long period;
        private final long number;
        private long due;

        Task(Runnable command, long delay, long period) {
            super(command, null);
            this.period = period;
            synchronized (FakeScheduler.this) {
                this.due = now + delay;
                this.number = numbers++;
            }
        }

        /** As a real one does, it ends a periodic task that throws. */
        void runOnce() {
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                synchronized (FakeScheduler.this) {
                    due = now + period;
                    if (!shutdown) {
                        tasks.add(this);
                    }
                }
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
