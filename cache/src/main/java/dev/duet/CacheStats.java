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
 * @param nearFillsRefused values that were not kept near, since they might have been stale, by reason
 * @param storeFillsRefused loaded values that were not kept in the store, since they might have been stale
 * @param invalidationsSent changes that this node made
 * @param invalidationsApplied changes that this node was told of, its own included
 * @param evictions near entries that gave way to others
 * @param nearSize near entries now, about
 * @param oversized values that were too large to be kept
 * @param unreadable records of the store that were damaged, foreign, or of another schema
 * @param storeFailures operations of the store that failed
 * @param loadsAlone loads that went past the store, since it did not answer, had just come back, or held what this node has
 *     overwritten
 * @param unannouncedWrites writes that were made though the store could not be told of them before
 * @param absentHits reads answered by the fact, known near or in the store, that there is no value; they count as hits of
 *     that level as well
 * @param refreshes loads that renewed a value while readers went on with the old one, and ended well; they count as loads
 *     as well
 * @param refreshFailures loads of that kind that failed; they count as load failures as well
 * @param staleServed loads that failed or took too long, and in whose place a value was served whose life was over
 * @param loadTimeouts reads that waited for a load for as long as {@link CacheBuilder#hardTimeout} allows, in vain
 * @param leaseWaits reads that waited for another node's load
 * @param writeBehind what was written behind; all zero if nothing is
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
        NearFillsRefused nearFillsRefused,
        long storeFillsRefused,
        long invalidationsSent,
        long invalidationsApplied,
        long evictions,
        long nearSize,
        long oversized,
        long unreadable,
        long storeFailures,
        long loadsAlone,
        long unannouncedWrites,
        long absentHits,
        long refreshes,
        long refreshFailures,
        long staleServed,
        long loadTimeouts,
        long leaseWaits,
        WriteBehindStats writeBehind) {

    /**
     * What was written behind.
     *
     * @param acknowledged writes of this node that were acknowledged
     * @param coalesced those among them that took the place of one that was pending
     * @param flushed writes, of whichever node, that this one has made
     * @param batches calls of the writer
     * @param failures writes that could not be made, each as often as it was tried by itself
     * @param late writes made after this node may have lost its lease, since it was held up
     * @param rejected writes of this node that were not acknowledged, as too many were pending
     * @param lost writes that were found damaged or gone in the store
     * @param pending writes of all nodes that are pending, as of the last look
     * @param parked writes of all nodes that are parked, as of the last look
     */
    public record WriteBehindStats(
            long acknowledged,
            long coalesced,
            long flushed,
            long batches,
            long failures,
            long late,
            long rejected,
            long lost,
            long pending,
            long parked) {}

    /**
     * Stale reads that were prevented: values that were not kept near.
     *
     * @param invalidated the key was invalidated between the read of the store and the fill, or one that shares its counter
     * @param older a newer value was there already
     * @param belowFloor changes may have been missed, or the whole cache was invalidated, since the store was read
     * @param expired the life of the value had ended on the way
     */
    public record NearFillsRefused(long invalidated, long older, long belowFloor, long expired) {

        /** All of them. */
        public long total() {
            return invalidated + older + belowFloor + expired;
        }
    }
}
