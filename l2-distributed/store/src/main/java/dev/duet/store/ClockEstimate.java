package dev.duet.store;

/**
 * What a node knows of a store's clock, which is read from time to time by replies: what it says now, and whether it has been
 * set. Thread-safe.
 *
 * <p>Implementation note. A reply that was sent for at one moment and came at another says what the clock was in between. So each
 * reading bounds the distance between the two clocks from both sides, and no reading can be taken for a step that a slow network
 * alone explains. Small steps add up: a reading is held against all before it, of which the bounds widen by {@link #DRIFT}, as
 * clocks run unevenly.
 */
public final class ClockEstimate {

    /** From how large a step on it is one, in microseconds: what terms may exceed their length by, with an audit more. */
    public static final long TOLERANCE = 500_000;

    /** By how much two clocks may part that nobody sets, as a part of the time that passes. */
    private static final double DRIFT = 0.000_5;

    private boolean known;
    /** The bounds of the distance from the node's clock to the store's, in microseconds, by all readings. */
    private long lowest;

    private long highest;
    /** When the bounds were taken, by the node's clock, in microseconds. */
    private long at;
    /** The distance by the latest readings that agree, and not ahead of it. */
    private volatile long distance;

    /**
     * Takes note of a reading.
     *
     * @param sent when it was asked for, by the node's monotonic clock, in nanoseconds
     * @param received when it came, by the same clock
     * @param reading what the store's clock was in between, in microseconds
     * @return by how much the clock was set since the readings before, in microseconds: negative if it was set back, 0 if it was not,
     *     as far as can be seen. What is told once is not told again.
     */
    public synchronized long read(long sent, long received, long reading) {
        long low = reading - received / 1_000;
        long high = reading - sent / 1_000;
        long now = received / 1_000;
        if (!known) {
            known = true;
            restart(low, high, now);
            return 0;
        }
        long drift = 1 + (long) ((now - at) * DRIFT);
        long atLeast = lowest - drift;
        long atMost = highest + drift;
        if (high < atLeast - TOLERANCE || low > atMost + TOLERANCE) {
            long step = high < atLeast ? high - atLeast : low - atMost;
            restart(low, high, now);
            return step;
        }
        lowest = Math.max(atLeast, low);
        highest = Math.min(atMost, high);
        at = now;
        distance = high < distance ? low : Math.max(distance - drift, low);
        return 0;
    }

    private void restart(long low, long high, long now) {
        lowest = low;
        highest = high;
        at = now;
        distance = low;
    }

    /**
     * What the store's clock says, or a little less, in microseconds since the epoch.
     *
     * @param now the node's monotonic clock, in nanoseconds
     */
    public long at(long now) {
        return Math.max(0, distance + now / 1_000);
    }
}
