package dev.duet.chaos;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node that writes behind has asked its cache for. Moments are in nanoseconds of the machine's monotonic clock. A call has
 * a name of its own, which is also the value that it puts.
 */
sealed interface BehindEvent {

    /** The end of a call that may have any outcome, at any time after it began. */
    long NEVER = Long.MAX_VALUE;

    /** How a call of a writer ended. */
    enum Outcome {
        /** It returned. */
        ACKNOWLEDGED,
        /** It threw, or the node died. */
        UNKNOWN,
        /** Too many writes were pending. */
        REJECTED
    }

    /**
     * A put or a removal.
     *
     * @param keys what it wrote; more than one if it wrote many together
     * @param end when it was acknowledged, or {@link #NEVER}
     */
    record Wrote(String node, String call, boolean removal, List<Long> keys, long begin, long end, Outcome outcome)
            implements BehindEvent {}

    /**
     * A read that returned.
     *
     * @param value what it returned; null if there was nothing
     * @param last whether it was made after the last write of all was in the database
     */
    record Got(String node, long key, @Nullable String value, long begin, long end, boolean last)
            implements BehindEvent {}

    /** A read that threw. */
    record GotNothing(String node, long key) implements BehindEvent {}
}
