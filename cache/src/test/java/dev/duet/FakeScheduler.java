package dev.duet;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Runs tasks when a test says that their time has come, on the test's thread. Thread-safe. */
final class FakeScheduler extends AbstractExecutorService implements ScheduledExecutorService {

    private final LongSupplier nanos;
    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.due).thenComparingLong(task -> task.number));
    private long numbers;
    private boolean shutdown;

    FakeScheduler(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** When the next task is due, or {@link Long#MAX_VALUE}. */
    synchronized long nextDue() {
        tasks.removeIf(Task::isDone);
        return tasks.isEmpty() ? Long.MAX_VALUE : tasks.peek().due;
    }

    /** How many tasks are still to be run. */
    synchronized int size() {
        tasks.removeIf(Task::isDone);
        return tasks.size();
    }

    /** Runs what is due by now, and what falls due meanwhile. */
    void runDue() {
        Task<?> task = poll();
        while (task != null) {
            task.runOnce();
            task = poll();
        }
    }

    private synchronized Task<?> poll() {
        return nextDue() <= nanos.getAsLong() ? tasks.poll() : null;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return add(new Task<>(Executors.callable(command), unit.toNanos(delay), 0));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return add(new Task<>(callable, unit.toNanos(delay), 0));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        return add(new Task<>(Executors.callable(command), unit.toNanos(delay), unit.toNanos(period)));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        return scheduleAtFixedRate(command, delay, period, unit);
    }

    private synchronized <V> Task<V> add(Task<V> task) {
        if (!shutdown) {
            tasks.add(task);
        }
        return task;
    }

    @Override
    public void execute(Runnable command) {
        ScheduledFuture<?> unused = schedule(command, 0, TimeUnit.NANOSECONDS);
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

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long period;
        private final long number;
        private long due;

        Task(Callable<V> command, long delay, long period) {
            super(command);
            this.due = nanos.getAsLong() + delay;
            this.period = period;
            synchronized (FakeScheduler.this) {
                this.number = numbers++;
            }
        }

        void runOnce() {
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                synchronized (FakeScheduler.this) {
                    due = nanos.getAsLong() + period;
                    ScheduledFuture<?> unused = add(this);
                }
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - nanos.getAsLong(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
