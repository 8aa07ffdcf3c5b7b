package dev.duet.testkit.history;

import java.time.Duration;

/**
 * What a history is held to.
 *
 * @param bound how stale a read may be ({@code maxStaleness}); also the term of a writer's intent
 * @param slack what the real world adds to it: the granularity of clocks, and how long a thread waits for a processor
 * @param recovery how long a node is given, once the store answers again, to reach it, to notice what happened to it, and to
 *     make up for the invalidations that it owes
 */
public record Terms(Duration bound, Duration slack, Duration recovery) {

    /** Checks that none is negative. */
    public Terms {
        if (bound.isNegative() || slack.isNegative() || recovery.isNegative()) {
            throw new IllegalArgumentException(
                    "negative: bound " + bound + ", slack " + slack + ", recovery " + recovery);
        }
    }
}
