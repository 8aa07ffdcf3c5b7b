package dev.duet;

import java.time.Duration;

/**
 * Counts of what one cache did on this node since it was built. Taken counter by counter, so that under load they may
 * not add up exactly.
 *
 * @param nearHits reads answered by the near cache
 * @param nearMisses reads that were not
 * @param storeHits reads answered by the store
 * @param storeMisses looks into the store that found nothing
 * @param joined reads that waited for another thread of this node to answer
 * @param loads loads that ended well
 * @param loadFailures loads that threw
 * @param loadTime the time spent in the loader
 * @param nearFillsRefused values that were not kept near, since they might have been stale
 * @param storeFillsRefused loaded values that were not kept in the store, since they might have been stale
 * @param invalidationsSent changes that this node made
 * @param invalidationsApplied changes that this node was told of, its own included
 * @param evictions near entries that gave way to others
 * @param nearSize near entries now, about
 * @param oversized values that were too large to be kept
 * @param unreadable records of the store that were damaged, foreign, or of another schema
 * @param storeFailures operations of the store that failed
 */
public record CacheStats(
        long nearHits,
        long nearMisses,
        long storeHits,
        long storeMisses,
        long joined,
        long loads,
        long loadFailures,
        Duration loadTime,
        long nearFillsRefused,
        long storeFillsRefused,
        long invalidationsSent,
        long invalidationsApplied,
        long evictions,
        long nearSize,
        long oversized,
        long unreadable,
        long storeFailures) {}
