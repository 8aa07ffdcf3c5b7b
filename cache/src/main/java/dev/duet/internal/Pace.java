package dev.duet.internal;

/**
 * How many operations a store is sent together: fewer once it took long for as many, and more again when it is quick. So a part
 * of a large call is done well within the time that the store has to answer, however slow the store is. Thread-safe.
 */
public final class Pace {

    private static final int LEAST = 125;

    private final int most;
    private final long slow;
    private int size; // guarded by this

    /**
     * A pace that begins with the most.
     *
     * @param most how many are sent together at most
     * @param timeout how long the store has to answer a single operation, in nanoseconds
     */
    public Pace(int most, long timeout) {
        this.most = most;
        this.slow = timeout / 2;
        this.size = most;
    }

    /** How many are to be sent together now. */
    public synchronized int size() {
        return size;
    }

    /** Takes note that so many operations that were sent together took so long, in nanoseconds. */
    public synchronized void took(int count, long nanos) {
        if (nanos > slow) {
            size = Math.min(size, Math.max(LEAST, count / 2));
        } else if (nanos < slow / 4 && count >= size) {
            size = Math.min(most, 2 * size);
        }
    }
}
