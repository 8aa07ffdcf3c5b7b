package dev.duet;

import dev.duet.store.PendingOperation.Claim;

/**
 * How many writes of a cache are pending, as far as this node knows: as of the last look at each partition, and with what it
 * has put and flushed itself since. Thread-safe.
 *
 * <p>Implementation note. A look and a put may cross. What was put since the look was sent is added to what it found, though it
 * may have found it too: so this node never counts too few of its own, and the next look puts it right.
 */
final class PendingCounts {

    private final long maximum;
    private final long[] pending;
    private final long[] parked;
    /** How many writes of this node became pending, by partition. */
    private final long[] grown;

    private long allPending;
    private long allParked;
    private long reserved;

    PendingCounts(int partitions, long maximum) {
        this.maximum = maximum;
        this.pending = new long[partitions];
        this.parked = new long[partitions];
        this.grown = new long[partitions];
    }

    /** Reserves room for so many writes, or for as many of them as there is; how many. */
    synchronized int reserve(int writes) {
        int room = (int) Math.max(0, Math.min(writes, maximum - allPending - allParked - reserved));
        reserved += room;
        return room;
    }

    /** Gives room back that was reserved, after what has become of it was {@linkplain #grown counted}. */
    synchronized void release(int room) {
        reserved -= room;
    }

    /** A write of this node is one more that is pending. */
    synchronized void grown(int partition) {
        grown[partition]++;
        pending[partition]++;
        allPending++;
    }

    /** A write is not pending any more. */
    synchronized void flushed(int partition) {
        if (pending[partition] > 0) {
            pending[partition]--;
            allPending--;
        }
    }

    /** What is handed to {@link #looked} later, taken before a look is sent. */
    synchronized long[] mark() {
        return grown.clone();
    }

    /** What a look has found, that was sent at {@code mark}. */
    synchronized void looked(int partition, Claim claim, long[] mark) {
        long now = claim.pending() + grown[partition] - mark[partition];
        allPending += now - pending[partition];
        allParked += claim.parked() - parked[partition];
        pending[partition] = now;
        parked[partition] = claim.parked();
    }

    synchronized long pending() {
        return allPending;
    }

    synchronized long parked() {
        return allParked;
    }

    /** In how many partitions something is pending. */
    synchronized int busy() {
        int busy = 0;
        for (long writes : pending) {
            busy += writes > 0 ? 1 : 0;
        }
        return busy;
    }
}
