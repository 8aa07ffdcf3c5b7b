package dev.duet.sync;

/**
 * Counts of what a follower did since it was started.
 *
 * @param applied changes acted upon
 * @param repeated changes that came again, and were ignored
 * @param gaps changes that came with others missing before them
 * @param floorsRaised how often the floor of a partition was raised
 * @param unreadable messages that could not be read
 * @param subscriptions how often the feed was subscribed to, the first time included
 */
public record FollowerStats(
        long applied, long repeated, long gaps, long floorsRaised, long unreadable, long subscriptions) {}
