package dev.duet.benchmarks.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.duet.benchmarks.results.SpeedResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final Rounds rounds = new Rounds("near hit");

    private static Measured measured(String system, int threads, double value) {
        return new Measured(system, threads, "throughput", "ops/us", value, "bare");
    }

    @Test
    void rows_severalRounds_haveMeansAndSpreads() {
        rounds.add(List.of(measured("bare", 1, 10), measured("duet", 1, 5)));
        rounds.add(List.of(measured("bare", 1, 20), measured("duet", 1, 15)));

        assertThat(rounds.rows())
                .containsExactly(
                        new SpeedResult("near hit", "bare", 1, "throughput", "ops/us", 15, 5, 1, 1, 1, "bare"),
                        new SpeedResult(
                                "near hit", "duet", 1, "throughput", "ops/us", 10, 5, 0.625, 0.5, 0.75, "bare"));
    }

    @Test
    void rows_severalNumbersOfThreads_areEachComparedWithTheirOwn() {
        rounds.add(List.of(
                measured("bare", 1, 10), measured("duet", 1, 5), measured("bare", 2, 10), measured("duet", 2, 9)));

        assertThat(rounds.rows()).extracting(SpeedResult::threads).containsExactly(1, 1, 2, 2);
        assertThat(rounds.rows()).extracting(SpeedResult::ratio).containsExactly(1.0, 0.5, 1.0, 0.9);
    }

    @Test
    void rows_ratioThatIsNoNumber_staysNone() {
        rounds.add(measured("duet", 1, 5), Double.NaN);
        rounds.add(measured("duet", 1, 5), 1);

        assertThat(rounds.rows().get(0).ratio()).isNaN();
    }

    @Test
    void add_baselineThatWasNotMeasured_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rounds.add(List.of(measured("bare", 1, 10), measured("duet", 2, 5))))
                .withMessageContaining("bare is the baseline of")
                .withMessageContaining("was not measured");
    }

    @Test
    void percentile_isTheValueThatSoManyDoNotExceed() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(ContendedMisses.percentile(sorted, 50)).isEqualTo(2);
        assertThat(ContendedMisses.percentile(sorted, 99)).isEqualTo(4);
        assertThat(ContendedMisses.percentile(new double[] {7}, 1)).isEqualTo(7);
    }

    @Test
    void table_hasALineForEachRowAndNote() {
        rounds.add(List.of(measured("bare", 1, 10), measured("duet", 1, 5)));

        String table = new Report(rounds.rows(), List.of("a note")).table("near hit");

        assertThat(table.lines()).hasSize(4);
        assertThat(table).contains("0.50 (0.50 to 0.50)").endsWith("  a note\n");
    }
}
