package dev.duet;

import dev.duet.sync.FollowerStats;
import java.time.Duration;

/**
 * Counts of what a node did since it was started, beside those of its caches.
 *
 * @param feed what it heard of the change feed
 * @param unreadable messages of the feed that could not be read
 * @param auditsFailed audits that the store did not answer
 * @param freshnessLag as {@link Health#freshnessLag()}
 * @param outages how often the store was found not to answer
 * @param degradedTime for how long it did not, in all
 * @param refused calls of the store that were not made, since it was known not to answer
 * @param timeouts calls of the store that took longer than {@code storeTimeout}
 * @param owed keys and whole caches that are to be invalidated when the store answers
 * @param owedPaid how many of those have been
 * @param owedOverflows how often a whole cache had to stand for its keys, of which there were too many
 */
public record DuetStats(
        FollowerStats feed,
        long unreadable,
        long auditsFailed,
        Duration freshnessLag,
        long outages,
        Duration degradedTime,
        long refused,
        long timeouts,
        int owed,
        long owedPaid,
        long owedOverflows) {}
