package dev.duet.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which threads are between the announcement of a write and its completion. What such a thread loads may be what its own
 * transaction has not committed, or the older snapshot that its transaction sees; so nobody else may get it (anomalies A19,
 * A20). Thread-safe.
 */
public final class OpenWrites {

    @SuppressWarnings("ThreadLocalUsage") // one for each node: what a thread does on one concerns no other
    private final ThreadLocal<@Nullable Deque<BooleanSupplier>> open = new ThreadLocal<>();

    private final AtomicLong keys = new AtomicLong();

    /** No thread is. */
    public OpenWrites() {}

    /**
     * The calling thread has announced a write.
     *
     * @param isOpen whether the write is still to be completed, which may be done by another thread
     */
    public void begun(BooleanSupplier isOpen) {
        Deque<BooleanSupplier> mine = open.get();
        if (mine == null) {
            mine = new ArrayDeque<>();
            open.set(mine);
        }
        mine.push(isOpen);
    }

    /** So many more keys are announced; or so many fewer. */
    public void announced(int more) {
        keys.addAndGet(more);
    }

    /** How many keys are announced, by whichever threads. */
    public long announced() {
        return keys.get();
    }

    /** Whether the calling thread is in the middle of a write. */
    public boolean isWriting() {
        Deque<BooleanSupplier> mine = open.get();
        if (mine == null) {
            return false;
        }
        mine.removeIf(isOpen -> !isOpen.getAsBoolean());
        if (mine.isEmpty()) {
            open.remove();
            return false;
        }
        return true;
    }
}
