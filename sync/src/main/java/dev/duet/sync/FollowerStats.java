package dev.duet.sync;

/**
 * Counts of what a follower did since it was started.
 *
 * @param applied changes acted upon
 * @param repeated changes that came again, or late, and were not acted upon again
 * @param gaps how often a change came with others missing before it
 * @param replays how often the log was asked for what was missing
 * @param replayed changes acted upon that came from the log
 * @param floorsRaised how often the floor of a partition was raised
 * @param wentBack how often a partition of the store was found to have lost changes
 * @param subscriptions how often the feed was subscribed to, the first time included
 * @param audits how often the heads were read and compared
 */
public record FollowerStats(
        long applied,
        long repeated,
        long gaps,
        long replays,
        long replayed,
        long floorsRaised,
        long wentBack,
        long subscriptions,
        long audits) {}
