package dev.duet.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TraceTest {

    @Test
    void zipf_aRankTwiceAsHigh_comesAboutHalfAsOften() {
        int[] keys = Trace.zipf("Zipf", 100_000, 1_000, 1).keys();

        assertThat(keys).hasSize(100_000);
        assertThat(IntStream.of(keys)).allMatch(key -> key >= 0 && key < 1_000);
        assertThat(count(keys, 0) / (double) count(keys, 1)).isBetween(1.8, 2.2);
        assertThat(count(keys, 0) / (double) count(keys, 9)).isBetween(8.0, 12.0);
    }

    @Test
    void zipf_madeAgain_isTheSame() {
        assertThat(Trace.zipf("Zipf", 1_000, 100, 0.7).keys())
                .isEqualTo(Trace.zipf("Zipf", 1_000, 100, 0.7).keys());
    }

    @Test
    void scanPolluted_keysOfScans_comeOnce() {
        int[] keys = Trace.scanPolluted(1_000, 50, 60, 40).keys();

        int[] scanned = Arrays.stream(keys).filter(key -> key >= 50).toArray();
        assertThat(scanned).hasSize(400).doesNotHaveDuplicates();
        assertThat(Arrays.stream(keys, 0, 60)).allMatch(key -> key < 50);
        assertThat(Arrays.stream(keys, 60, 100)).allMatch(key -> key >= 50);
    }

    @Test
    void loop_afterTheLastKey_startsAgain() {
        assertThat(Trace.loop(7, 3).keys()).containsExactly(0, 1, 2, 0, 1, 2, 0);
    }

    @Test
    void shifting_afterAWhile_anotherKeyIsTheHottest() {
        int[] keys = Trace.shifting(20_000, 100, 10_000).keys();

        assertThat(hottest(Arrays.copyOfRange(keys, 0, 10_000))).isEqualTo(0);
        assertThat(hottest(Arrays.copyOfRange(keys, 10_000, 20_000))).isEqualTo(10);
    }

    @Test
    void all_names_areDistinct() {
        assertThat(Trace.all()).extracting(Trace::name).doesNotHaveDuplicates();
    }

    private static int hottest(int[] keys) {
        return IntStream.range(0, 100)
                .reduce((a, b) -> count(keys, a) >= count(keys, b) ? a : b)
                .orElseThrow();
    }

    private static long count(int[] keys, int wanted) {
        return Arrays.stream(keys).filter(key -> key == wanted).count();
    }
}
