package dev.duet.internal;

import java.util.concurrent.atomic.LongAdder;

/** The counters of one cache, except those that the near cache keeps itself. Thread-safe. */
public final class StatsCounter {
    /** Lookups that missed the near cache. */
    public final LongAdder nearMisses = new LongAdder();
    /** Values found in the store. */
    public final LongAdder storeHits = new LongAdder();
    /** Looks into the store that found no value. */
    public final LongAdder storeMisses = new LongAdder();
    /** Reads that waited for another thread's flight. */
    public final LongAdder joined = new LongAdder();
    /** Loads that ended well. */
    public final LongAdder loads = new LongAdder();
    /** Loads that failed. */
    public final LongAdder loadFailures = new LongAdder();
    /** Nanoseconds spent in loaders. */
    public final LongAdder loadNanos = new LongAdder();
    /** Fills of the store that were refused. */
    public final LongAdder storeFillsRefused = new LongAdder();
    /** Fills of the near cache that were refused since the key had been invalidated. */
    public final LongAdder nearInvalidated = new LongAdder();
    /** Fills of the near cache that were refused since a newer entry was there. */
    public final LongAdder nearOlder = new LongAdder();
    /** Fills of the near cache that were refused since the floor had been raised. */
    public final LongAdder nearBelowFloor = new LongAdder();
    /** Fills of the near cache that were refused since their life had ended. */
    public final LongAdder nearExpired = new LongAdder();
    /** Loads that went past the store, since it did not answer or was not to be trusted. */
    public final LongAdder loadsAlone = new LongAdder();
    /** Writes that were made though the store could not be told of them before. */
    public final LongAdder unannounced = new LongAdder();
    /** Changes that this node made. */
    public final LongAdder invalidationsSent = new LongAdder();
    /** Changes that this node was told of and acted upon. */
    public final LongAdder invalidationsApplied = new LongAdder();
    /** Values too large to be stored. */
    public final LongAdder oversized = new LongAdder();
    /** Records that could not be read. */
    public final LongAdder unreadable = new LongAdder();
    /** Operations of the store that failed. */
    public final LongAdder storeFailures = new LongAdder();
    /** Reads answered by the fact, known near or in the store, that there is no value. */
    public final LongAdder absentHits = new LongAdder();
    /** Refreshes that ended well. */
    public final LongAdder refreshes = new LongAdder();
    /** Refreshes that failed. */
    public final LongAdder refreshFailures = new LongAdder();
    /** Reads that were given a value whose life was over. */
    public final LongAdder staleServed = new LongAdder();
    /** Reads that waited for a load for longer than they may. */
    public final LongAdder loadTimeouts = new LongAdder();
    /** Reads that waited for another node's load. */
    public final LongAdder leaseWaits = new LongAdder();
    /** Writes behind that were acknowledged. */
    public final LongAdder acknowledged = new LongAdder();
    /** Writes behind that took the place of a pending one. */
    public final LongAdder coalesced = new LongAdder();
    /** Pending writes that were made. */
    public final LongAdder flushed = new LongAdder();
    /** Calls of the writer for pending writes. */
    public final LongAdder batches = new LongAdder();
    /** Pending writes that could not be made. */
    public final LongAdder writeFailures = new LongAdder();
    /** Pending writes that were made too late. */
    public final LongAdder lateWrites = new LongAdder();
    /** Writes behind that were refused, as there were too many. */
    public final LongAdder rejectedWrites = new LongAdder();
    /** Pending writes that the store has lost. */
    public final LongAdder lostWrites = new LongAdder();
}
