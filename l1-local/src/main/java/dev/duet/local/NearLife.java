package dev.duet.local;

/**
 * Until when a value is kept near, and on which terms. Times are those of the near cache's {@link CoarseClock}, in
 * nanoseconds; {@link Long#MAX_VALUE} is never.
 *
 * <p>In the order of time: at its refresh moment one reader is told to load the value anew, while all are still served. At
 * its deadline it becomes a miss. Until the end of its retention it can still be had by who asks for
 * {@linkplain NearCache#retained what is retained}, for want of something better.
 *
 * <p>Immutable.
 *
 * @param trusted until when to serve the value though nothing is heard of changes: the bound B after the store was asked
 * @param deadline when to stop serving the value
 * @param refreshAt when to load the value anew, ahead of its deadline; at or after the deadline for no refresh
 * @param retainedUntil when to forget the value for good; not before the deadline, and equal to it for no retention
 * @param writtenAt how the store names the stored value, any number: equal for equal values of one key. Kept only with a
 *     value that has a refresh moment, or is retained or stale; else it reads as zero
 * @param stale whether the value's life at the store is over, so that it is served by exception
 */
public record NearLife(long trusted, long deadline, long refreshAt, long retainedUntil, long writtenAt, boolean stale) {

    /**
     * Checks the times against each other.
     *
     * @throws IllegalArgumentException if the retention ends before the deadline
     */
    public NearLife {
        if (retainedUntil < deadline) {
            throw new IllegalArgumentException("retainedUntil (" + retainedUntil + ") is before the deadline ("
                    + deadline + "); set it to the deadline to retain nothing");
        }
    }

    /**
     * A life without a refresh moment and without retention, of a value without a name that is not stale.
     *
     * @param trusted until when to serve the value though nothing is heard of changes
     * @param deadline when to stop serving the value
     * @return that life
     */
    public static NearLife of(long trusted, long deadline) {
        return new NearLife(trusted, deadline, Long.MAX_VALUE, deadline, 0, false);
    }

    /** Until when there is nothing to do but to serve the value. */
    long calmUntil() {
        return Math.min(refreshAt, deadline);
    }

    /** Whether there is nothing to know of it but the trust and the deadline. */
    boolean isPlain() {
        return refreshAt >= deadline && retainedUntil == deadline && !stale;
    }

    /** The same with another refresh moment. */
    NearLife refreshedAt(long moment) {
        return new NearLife(trusted, deadline, moment, retainedUntil, writtenAt, stale);
    }

    /** A stale life until a time, or until the retention ends if that is sooner; not refreshed in between. */
    NearLife staleUntil(long until) {
        return new NearLife(trusted, Math.min(until, retainedUntil), Long.MAX_VALUE, retainedUntil, writtenAt, true);
    }
}
