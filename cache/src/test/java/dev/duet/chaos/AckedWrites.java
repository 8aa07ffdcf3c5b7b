package dev.duet.chaos;

import dev.duet.chaos.BehindEvent.Wrote;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** The acknowledged writes of a key, in the order in which they were acknowledged. Immutable. */
final class AckedWrites {

    private final long[] ends;
    private final long[] begun;
    private final long[] versions;

    /** Those writes; {@code version} tells the version of one, or 0 if that is not known. */
    AckedWrites(List<Wrote> writes, ToLongFunction<Wrote> version) {
        List<Wrote> inOrder =
                writes.stream().sorted(Comparator.comparingLong(Wrote::end)).toList();
        ends = new long[inOrder.size()];
        begun = new long[ends.length];
        versions = new long[ends.length];
        for (int i = 0; i < ends.length; i++) {
            Wrote write = inOrder.get(i);
            ends[i] = write.end();
            begun[i] = i == 0 ? write.begin() : Math.max(begun[i - 1], write.begin());
            versions[i] = Math.max(i == 0 ? 0 : versions[i - 1], version.applyAsLong(write));
        }
    }

    int size() {
        return ends.length;
    }

    /** When the last began of those that were acknowledged up to a moment; the least number if there is none. */
    long lastBegun(long until) {
        int count = count(until);
        return count == 0 ? Long.MIN_VALUE : begun[count - 1];
    }

    /** The highest version that is known of those that were acknowledged up to a moment; 0 if none is. */
    long highest(long until) {
        int count = count(until);
        return count == 0 ? 0 : versions[count - 1];
    }

    private int count(long until) {
        int low = 0;
        int high = ends.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] <= until) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
