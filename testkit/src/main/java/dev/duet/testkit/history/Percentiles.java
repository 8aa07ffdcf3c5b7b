package dev.duet.testkit.history;

import java.util.Arrays;

/** The distribution of a set of durations. Immutable. */
public final class Percentiles {

    private final long[] sorted;

    private Percentiles(long[] sorted) {
        this.sorted = sorted;
    }

    /** The distribution of {@code nanos}, which may be empty. */
    public static Percentiles of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /** How many there are. */
    public int count() {
        return sorted.length;
    }

    /**
     * The least duration that at least so many of 100 do not exceed, in nanoseconds; 0 if there are none.
     *
     * @param percent above 0, up to 100
     */
    public long at(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent is " + percent);
        }
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(1, Math.min(rank, sorted.length)) - 1];
    }

    /** The longest, in nanoseconds; 0 if there are none. */
    public long max() {
        return at(100);
    }
}
