package dev.duet.sim;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A node's scheduler in virtual time. Late while the node is paused; what recurs at a fixed rate catches up then. */
final class SimulatedScheduler extends AbstractExecutorService implements ScheduledExecutorService {

    private final World world;
    private final SimulatedNode node;

    SimulatedScheduler(World world, SimulatedNode node) {
        this.world = world;
        this.node = node;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return new Task(command, unit.toNanos(delay), 0, false).enqueue();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        return new Task(command, unit.toNanos(delay), unit.toNanos(period), true).enqueue();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        return new Task(command, unit.toNanos(delay), unit.toNanos(period), false).enqueue();
    }

    @Override
    public void execute(Runnable command) {
        ScheduledFuture<?> unused = schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("a simulated node is killed, and not closed");
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("a simulated node is killed, and not closed");
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long period;
        private final boolean fixedRate;
        private long due;

        Task(Runnable command, long delay, long period, boolean fixedRate) {
            super(command, null);
            this.period = period;
            this.fixedRate = fixedRate;
            this.due = world.now() + delay;
        }

        Task enqueue() {
            world.after(Math.max(0, due - world.now()), node, this::runOnce);
            return this;
        }

        private void runOnce() {
            if (isCancelled()) {
                return;
            }
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                due = (fixedRate ? due : world.now()) + period;
                ScheduledFuture<?> unused = enqueue();
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - world.now(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
