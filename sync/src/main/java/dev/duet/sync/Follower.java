package dev.duet.sync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps, for each partition, the version up to which this node has acted, and says what a message or a look at the heads
 * calls for. A pure state machine: no threads, no clock, no network. Not thread-safe.
 *
 * <p>Implementation note. A version that was missed is never assumed to be harmless: the partition's floor is raised past
 * it, which costs the node its near entries there, and no more. A version at or below {@code applied} was acted upon
 * already, by itself or by a floor above it, since {@code applied} only moves together with one of the two (anomalies
 * A07, A11).
 */
final class Follower {

    private static final long UNKNOWN = -1;

    private final long[] applied;

    Follower(int partitions) {
        applied = new long[partitions];
        Arrays.fill(applied, UNKNOWN);
    }

    /** What a change calls for. */
    enum Verdict {
        /** The next one: drop the key. */
        APPLY,
        /** Versions before it are missing: raise the floor to it, and drop the key. */
        GAP,
        /** It was acted upon before. */
        REPEATED
    }

    /** A floor to raise. */
    record Floor(int partition, long version) {}

    Verdict onChange(int partition, long version) {
        long before = applied[partition];
        if (before != UNKNOWN && version <= before) {
            return Verdict.REPEATED;
        }
        applied[partition] = version;
        return before == UNKNOWN || version == before + 1 ? Verdict.APPLY : Verdict.GAP;
    }

    /** What was applied in each partition, to be taken when the heads are asked for. */
    long[] applied() {
        return applied.clone();
    }

    /**
     * Takes the heads as they were once the feed stood: what lies between them and what was applied has been missed, or is
     * still on its way, which is all the same. A head below what had been applied when it was asked for means that the
     * store has lost changes; then nothing read before may be kept, and the numbering starts again from there.
     *
     * @param heads the heads
     * @param asked {@link #applied()} when they were asked for; messages that came since do not count against the heads
     * @return the floors to raise
     */
    List<Floor> onHeads(long[] heads, long[] asked) {
        List<Floor> floors = new ArrayList<>();
        for (int p = 0; p < heads.length; p++) {
            if (applied[p] == UNKNOWN) {
                applied[p] = heads[p];
            } else if (heads[p] < asked[p]) {
                floors.add(new Floor(p, applied[p] + 1));
                applied[p] = heads[p];
            } else if (heads[p] > applied[p]) {
                floors.add(new Floor(p, heads[p]));
                applied[p] = heads[p];
            }
        }
        return floors;
    }
}
