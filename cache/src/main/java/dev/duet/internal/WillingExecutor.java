package dev.duet.internal;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor that the application has given, with the node's own pool behind it. The pool runs what the executor refuses,
 * what it does not begin in time, and what it would run on a thread that must not block. Never refuses; thread-safe.
 *
 * <p>Implementation note. The threads of an executor may all wait for loads whose tasks are queued behind them: loaders that
 * ask for other keys, listeners and writers that read, tasks of the application that share it. Nobody can tell from outside
 * which thread waits for which task. What shows is that the executor begins nothing, and that is enough: a task that is begun
 * elsewhere is correct, and one that is never begun is not. A {@linkplain #prompt() prompt} task, for which a thread is known
 * to wait, is given less time than others. Each task is taken once, by whoever comes first.
 */
public final class WillingExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(WillingExecutor.class);

    /** For how long a prompt task is left to the executor. */
    static final Duration PROMPT = Duration.ofMillis(10);

    /** For how long an executor that begins nothing is left alone. */
    static final Duration STALL = Duration.ofMillis(250);

    private final @Nullable Executor given;
    private final Executor own;
    private final ScheduledExecutorService scheduler;
    private final Executor prompt = task -> hand(task, true);

    /** TRUE on a thread that runs tasks, or the steps that it waits for; FALSE on one that makes a call; else null. */
    @SuppressWarnings("ThreadLocalUsage") // one for each node: what a thread does on one concerns no other
    private final ThreadLocal<@Nullable Boolean> inside = new ThreadLocal<>();

    private final Queue<Task> queued = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean watched = new AtomicBoolean();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile boolean stalled;

    /**
     * An executor.
     *
     * @param given the application's; null if there is none, so that the pool runs everything
     * @param own the node's own pool, whose threads may block for each other
     * @param scheduler looks after what was handed to {@code given}
     */
    public WillingExecutor(@Nullable Executor given, Executor own, ScheduledExecutorService scheduler) {
        this.given = given;
        this.own = own;
        this.scheduler = scheduler;
    }

    @Override
    public void execute(Runnable task) {
        hand(task, stalled);
    }

    /** The same executor, for tasks that a thread waits for: those that are not begun within 10 ms, the pool runs. */
    public Executor prompt() {
        return prompt;
    }

    /** What runs the steps of a call that this thread makes now: promptly if a load or another task may wait for it. */
    public Executor forCaller() {
        return Boolean.TRUE.equals(inside.get()) ? prompt : this;
    }

    /** Makes a call of the application, on whose thread a task may be run if the executor wants that. */
    public <T extends @Nullable Object> T calling(Supplier<T> call) {
        if (given == null || inside.get() != null) {
            return call.get();
        }
        inside.set(false);
        try {
            return call.get();
        } finally {
            inside.remove();
        }
    }

    /** A wait of the application's thread. */
    @FunctionalInterface
    public interface Wait<T extends @Nullable Object> {
        /** Waits for its end. */
        T end() throws InterruptedException, ExecutionException;
    }

    /** Makes a call that waits, and meanwhile runs what it waits for; so what that asks for is waited for too. */
    public <T extends @Nullable Object> T waiting(Wait<T> wait) throws InterruptedException, ExecutionException {
        if (given == null) {
            return wait.end();
        }
        Boolean before = inside.get();
        inside.set(true);
        try {
            return wait.end();
        } finally {
            back(before);
        }
    }

    private void back(@Nullable Boolean before) {
        if (before == null) {
            inside.remove();
        } else {
            inside.set(before);
        }
    }

    private void hand(Runnable work, boolean promptly) {
        if (given == null) {
            runByPool(work);
            return;
        }
        Task task = new Task(work, rounds.get());
        task.handing = Thread.currentThread();
        try {
            given.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The executor refuses; the node's own pool runs the task", e);
            task.leaveToPool();
        } catch (RuntimeException | Error e) { // an executor of the application's own may throw anything
            LOG.warn("The executor failed; the node's own pool runs the task", e);
            task.leaveToPool();
        } finally {
            task.handing = null;
        }
        if (task.isTaken()) {
            return;
        }
        if (promptly) {
            task.timer = later(task::leaveToPool, PROMPT);
        } else {
            queued.add(task);
            watch();
        }
    }

    /** What the pool refuses too, as the node is closed, this thread runs after all, so that nobody waits in vain. */
    private void runByPool(Runnable work) {
        try {
            own.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        }
    }

    private void watch() {
        if (!queued.isEmpty() && watched.compareAndSet(false, true)) {
            long before = begun.get();
            @Nullable Future<?> unused = later(() -> look(before), STALL);
        }
    }

    /** Has the pool run what was queued before the last look, if nothing was begun since. */
    private void look(long before) {
        long round = rounds.getAndIncrement();
        queued.removeIf(Task::isTaken);
        if (begun.get() == before) {
            queued.removeIf(task -> {
                boolean old = task.round < round;
                if (old && task.leaveToPool()) {
                    stalled = true;
                    warnOnce();
                }
                return old;
            });
        }
        watched.set(false);
        watch();
    }

    private void warnOnce() {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "The executor of this Duet has begun no task for {} ms, so the node's own pool runs what waits; whenever"
                            + " that happens again, too. Give the executor more threads, or leave it out",
                    STALL.toMillis());
        }
    }

    private @Nullable Future<?> later(Runnable task, Duration delay) {
        try {
            return scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return null; // the node is being closed
        }
    }

    /** A task that the executor was given, and that the pool may take over. */
    private final class Task implements Runnable {
        private final AtomicReference<@Nullable Runnable> work;
        private final long round;
        /** The thread that hands this to the executor, as long as it does. Read by that thread alone. */
        private @Nullable Thread handing;

        private volatile @Nullable Future<?> timer;

        Task(Runnable work, long round) {
            this.work = new AtomicReference<>(work);
            this.round = round;
        }

        boolean isTaken() {
            return work.get() == null;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // it is about this very thread
        public void run() {
            begun.incrementAndGet();
            if (handing == Thread.currentThread() && inside.get() == null) {
                leaveToPool(); // the feed's thread, say, or the scheduler's, without which nothing goes on
                return;
            }
            Runnable mine = work.getAndSet(null);
            Future<?> watch = timer;
            if (watch != null) {
                watch.cancel(false);
            }
            if (mine != null) {
                stalled = false;
                runInside(mine);
            }
        }

        /** Has the pool run it, if nobody has begun to. */
        boolean leaveToPool() {
            Runnable mine = work.getAndSet(null);
            if (mine != null) {
                runByPool(() -> runInside(mine));
            }
            return mine != null;
        }

        private void runInside(Runnable mine) {
            Boolean before = inside.get();
            inside.set(true);
            try {
                mine.run();
            } finally {
                back(before);
            }
        }
    }
}
