package dev.duet.benchmarks.hitratio;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The best that any policy can do: evicts what will not be asked for longest, and keeps nothing that is not worth it, since it
 * knows what comes. L. A. Belady, <em>A study of replacement algorithms for a virtual-storage computer</em>, 1966.
 */
final class Optimum implements ReplacementPolicy {

    @Override
    public String title() {
        return "Optimum";
    }

    /** {@inheritDoc} An entry is known by the position in the trace at which its key is next asked for. */
    @Override
    public long countHits(int[] keys, int size) {
        int[] nextUse = nextUses(keys);
        BitSet kept = new BitSet(keys.length);
        int count = 0;
        int bound = -1; // nothing that is kept is asked for later than this
        long hits = 0;
        for (int now = 0; now < keys.length; now++) {
            if (kept.get(now)) {
                hits++;
                kept.clear(now);
                count--;
            }
            int next = nextUse[now];
            if (next == keys.length) {
                continue; // never again
            }
            if (count == size) {
                bound = kept.previousSetBit(bound);
                if (next > bound) {
                    continue;
                }
                kept.clear(bound);
                count--;
            }
            kept.set(next);
            count++;
            bound = Math.max(bound, next);
        }
        return hits;
    }

    /** For each position the one at which the same key comes next; the length of the trace if it does not. */
    private static int[] nextUses(int[] keys) {
        int[] nextUse = new int[keys.length];
        int[] seen = new int[Arrays.stream(keys).max().orElse(0) + 1];
        Arrays.fill(seen, keys.length);
        for (int i = keys.length - 1; i >= 0; i--) {
            nextUse[i] = seen[keys[i]];
            seen[keys[i]] = i;
        }
        return nextUse;
    }
}
