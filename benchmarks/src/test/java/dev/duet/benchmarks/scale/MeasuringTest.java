package dev.duet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The small parts that turn what was read into figures. */
class MeasuringTest {

    @Test
    void samples_meanAndHalfTheRange() {
        Samples samples = Samples.of(1, 2, 6);

        assertThat(samples.mean()).isEqualTo(3);
        assertThat(samples.spread()).isEqualTo(2.5);
    }

    @Test
    void samples_none_areNoNumber() {
        assertThat(Samples.of().mean()).isNaN();
        assertThat(Samples.of().spread()).isNaN();
    }

    @Test
    void percentile_nearestRank() {
        long[] sorted = {10, 20, 30, 40};

        assertThat(Samples.percentile(sorted, 0.5)).isEqualTo(20);
        assertThat(Samples.percentile(sorted, 0.99)).isEqualTo(40);
        assertThat(Samples.percentile(sorted, 0)).isEqualTo(10);
        assertThat(Samples.percentile(new long[0], 0.5)).isNaN();
    }

    @Test
    void delays_ofAllNodesTogether_sortedAndSigned() {
        long[] delays =
                GroupMeasurement.delays(new long[] {100, 200}, List.of(new long[] {130, 190}, new long[] {110, 260}));

        assertThat(delays).containsExactly(-10, 10, 30, 60);
    }

    @Test
    void delays_unheardWrite_countsAsFiveSeconds() {
        assertThat(GroupMeasurement.delays(new long[] {100}, List.of(new long[] {0})))
                .containsExactly(5_000_000_000L);
    }

    @Test
    void parse_nameWithSpacesAndParentheses_isPassedOver() {
        String stat = "17 (a) b) S 1 17 17 0 -1 4194304 9 0 0 0 250 150 0 0 20 0 30 0 100 0 0";

        assertThat(ProcessorTime.parse(stat)).isEqualTo(4);
    }

    @Test
    void number_ofInfo_wholeNameOnly() {
        String info = "# CPU\r\nused_cpu_user_children:9\r\nused_cpu_user:1.25\r\n";

        assertThat(RedisMeter.number(info, "used_cpu_user")).isEqualTo(1.25);
        assertThatThrownBy(() -> RedisMeter.number(info, "used_memory")).hasMessageContaining("used_memory");
    }

    @Test
    void resultOf_namesMetricAndUnit() {
        assertThat(ScaleResult.of(Metric.WRITES, 3, Samples.of(10, 20)))
                .isEqualTo(new ScaleResult("writes", 3, "writes/s", 15, 5));
    }
}
