package dev.duet;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node is doing, for health checks.
 *
 * @param status in a word
 * @param reason what is wrong, for people; null if nothing is. A node that is {@link Status#UP} has a reason while the store is
 *     full and takes no values
 * @param freshnessLag how long ago it was last proven that every change made until then had been acted upon; as long as
 *     that is below {@code maxStaleness}, near entries are served for their whole life; after {@code close()} as it was then
 * @param owedInvalidations keys and whole caches that this node has written and the store does not know of yet
 */
public record Health(Status status, @Nullable String reason, Duration freshnessLag, int owedInvalidations) {

    /** The status of a node. Reads succeed in each of them as long as the loader does. */
    public enum Status {
        /** The store answers, and changes are followed. */
        UP,
        /**
         * The store answers, but it is not proven that all changes are followed: near entries are served for no longer than
         * {@code maxStaleness} after they were read. Or the store could not be told yet of what this node has written, as
         * {@code owedInvalidations} says: other nodes may read old values of it meanwhile.
         */
        STALE,
        /** The store does not answer: reads load, writes are made or rejected as {@link WhenStoreIsDown} says. */
        DOWN,
        /** The {@link Duet} is closed. */
        CLOSED
    }
}
