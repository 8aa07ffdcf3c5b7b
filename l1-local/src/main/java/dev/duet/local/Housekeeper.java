package dev.duet.local;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Does the bookkeeping of near caches a moment after it falls due, on a daemon thread of its own named {@code
 * duet-housekeeper}: which entries were used, and which have to go.
 *
 * <p>A reader that fills a buffer of uses has it emptied by some executor. To hand that to a pool, the reader wakes a
 * thread, which is a call of the operating system and costs as much as hundreds of hits; and whoever reads as fast as it
 * can does so every few dozen hits. Here the reader leaves a note, and this thread looks for notes every
 * {@value #PERIOD_MICROS} microseconds for as long as it finds some. Uses beyond what a buffer takes in that time are not
 * noted, as a near cache takes a sample of its uses in any case.
 *
 * <p>Thread-safe. Tasks run in their order, one at a time; what one throws goes to the thread's handler of uncaught
 * exceptions. After {@link #close()}, and if the thread has died, they run on the caller's thread.
 *
 * @implNote The thread says that it is asleep, then looks once more, then parks; who leaves a note does so before it looks
 *     whether the thread is asleep. So one of the two sees the other.
 */
public final class Housekeeper implements Executor, AutoCloseable {

    private static final int PERIOD_MICROS = 200;
    /** How often it looks in vain before it goes to sleep. */
    static final int PATIENCE = 25;

    private final Queue<Runnable> notes;
    private final Thread thread = new Thread(this::run, "duet-housekeeper");
    private volatile boolean asleep;
    private volatile boolean closed;

    /**
     * One that is not started yet.
     *
     * @param notes an empty queue, safe for use by many threads
     */
    Housekeeper(Queue<Runnable> notes) {
        this.notes = notes;
        thread.setDaemon(true);
    }

    /** Starts one, to be closed by the caller. */
    public static Housekeeper start() {
        Housekeeper housekeeper = new Housekeeper(new ConcurrentLinkedQueue<>());
        housekeeper.begin();
        return housekeeper;
    }

    void begin() {
        thread.start();
    }

    /** Leaves a task to be run soon. */
    @Override
    public void execute(Runnable task) {
        notes.add(task);
        if (asleep) {
            LockSupport.unpark(thread);
        }
        if (closed) {
            runAll();
        }
    }

    /** Ends the thread; what is left is run by whoever leaves the next task. Does nothing the second time. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            for (int idle = 0; !closed; idle = runAll() ? 0 : idle + 1) {
                if (idle < PATIENCE) {
                    LockSupport.parkNanos(this, PERIOD_MICROS * 1_000L);
                } else {
                    sleep();
                    idle = 0;
                }
                Thread.interrupted(); // nobody has a reason to; left set, the status would turn the wait into a spin
            }
        } finally {
            closed = true;
            runAll();
        }
    }

    private void sleep() {
        asleep = true;
        if (notes.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    /** Runs what there is; says whether there was anything. */
    private boolean runAll() {
        Runnable task = notes.poll();
        if (task == null) {
            return false;
        }
        do {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
            task = notes.poll();
        } while (task != null);
        return true;
    }
}
