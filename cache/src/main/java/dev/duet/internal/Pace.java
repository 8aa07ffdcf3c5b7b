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
    /** How long the store took for one of many that it was sent last, in nanoseconds. */
    private volatile long each;

    /**
     * A pace that begins with the most.
     *
     * @param most how many are sent together at most
     * @param timeout how long the store has to answer a single operation, in nanoseconds
     */
    public Pace(int most, long timeout) {
        this.most = most;
        this.slow = timeout / 4;
        this.size = most;
    }

    /** How many are to be sent together now. */
    public synchronized int size() {
        return size;
    }

    /** How much of what the store can do at a time so many operations are, of {@code most}. */
    public synchronized int weight(int count) {
        return (int) Math.min(most, (long) count * most / size);
    }

    /** How long the store took for one of many that it was sent last, in nanoseconds; 0 if it was not sent many. */
    public long each() {
        return each;
    }

    /** Takes note that so many operations that were sent together took so long, in nanoseconds. */
    public synchronized void took(int count, long nanos) {
        if (count >= LEAST) {
            each = nanos / count;
        }
        if (nanos > slow) {
            size = Math.min(size, Math.max(LEAST, count / 2));
        } else if (nanos < slow / 4 && count >= size) {
            size = Math.min(most, 2 * size);
        }
    }
}
