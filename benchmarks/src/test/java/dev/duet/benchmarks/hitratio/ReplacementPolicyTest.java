package dev.duet.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplacementPolicyTest {

    @Test
    void lru_oneTooMany_evictsTheKeyNotAskedForLongest() {
        // 1 is asked for again, so 3 takes the place of 2
        assertThat(new Lru().countHits(new int[] {1, 2, 1, 3, 1}, 2)).isEqualTo(2);
        assertThat(new Lru().countHits(new int[] {1, 2, 1, 3, 2}, 2)).isEqualTo(1);
    }

    @Test
    void lru_loopThatDoesNotFit_neverHits() {
        assertThat(new Lru().countHits(Trace.loop(1_000, 11).keys(), 10)).isZero();
        assertThat(new Lru().countHits(Trace.loop(1_000, 11).keys(), 11)).isEqualTo(1_000 - 11);
    }

    @Test
    void optimum_loopThatDoesNotFit_keepsWhatFits() {
        // all but the first round: 10 of 11 keys stay for good
        assertThat(new Optimum().countHits(Trace.loop(1_100, 11).keys(), 10)).isEqualTo(990);
    }

    @Test
    void optimum_anySmallTrace_isWhatTryingAllWaysFinds() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int[] keys = random.ints(12, 0, 5).toArray();
            for (int size = 1; size <= 3; size++) {
                assertThat(new Optimum().countHits(keys, size))
                        .as("%s, size %d", Arrays.toString(keys), size)
                        .isEqualTo(tryAll(keys, 0, List.of(), size));
            }
        }
    }

    @Test
    void duet_scansAmongZipf_liesBetweenLruAndOptimum() {
        int[] keys = Trace.scanPolluted(50_000, 5_000, 500, 500).keys();

        assertThat(new DuetNearCache().countHits(keys, 250))
                .isGreaterThan(new Lru().countHits(keys, 250))
                .isLessThan(new Optimum().countHits(keys, 250));
    }

    @Test
    void duet_allFits_missesEachKeyOnce() {
        assertThat(new DuetNearCache().countHits(Trace.loop(1_000, 100).keys(), 200))
                .isEqualTo(900);
    }

    /** The most hits from a position on, whatever is evicted or not kept. */
    private static long tryAll(int[] keys, int position, List<Integer> cache, int size) {
        if (position == keys.length) {
            return 0;
        }
        int key = keys[position];
        if (cache.contains(key)) {
            return 1 + tryAll(keys, position + 1, cache, size);
        }
        if (cache.size() < size) {
            List<Integer> more = new ArrayList<>(cache);
            more.add(key);
            return tryAll(keys, position + 1, more, size);
        }
        long best = tryAll(keys, position + 1, cache, size); // not kept
        for (int i = 0; i < cache.size(); i++) {
            List<Integer> other = new ArrayList<>(cache);
            other.set(i, key);
            best = Math.max(best, tryAll(keys, position + 1, other, size));
        }
        return best;
    }
}
