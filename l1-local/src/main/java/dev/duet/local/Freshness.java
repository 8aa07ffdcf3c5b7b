package dev.duet.local;

/**
 * Until when what is kept near may be served on the strength of an audit: one that found, at a time at most the bound B
 * earlier, that every change made until then had been acted upon. Shared by the near caches of a node. Times are those of
 * their {@link CoarseClock}.
 *
 * <p>Starts at the beginning of time: nothing has been proven yet, and entries are served for as long as they are young
 * enough by themselves. Thread-safe; reading it costs one volatile read.
 */
public final class Freshness {

    private volatile long until;

    /** Freshness that is proven until the beginning of time only. */
    public Freshness() {}

    /** Freshness without end, for a near cache that follows no feed. */
    public static Freshness endless() {
        Freshness endless = new Freshness();
        endless.until = Long.MAX_VALUE;
        return endless;
    }

    /** Until when, in nanoseconds of the clock. */
    public long until() {
        return until;
    }

    /** Extends it; a time that is no later than before changes nothing. */
    public synchronized void extend(long newUntil) {
        until = Math.max(until, newUntil);
    }
}
