package dev.duet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two nodes in processes of their own, on a real Redis, measured for moments. */
class GroupMeasurementIT {

    private static final ScaleSettings SHORT = new ScaleSettings(
            List.of(2),
            1,
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(500),
            50);

    @Test
    void run_twoNodes_givesEveryMetric() throws Exception {
        List<ScaleResult> results;
        try (GroupMeasurement measurement = new GroupMeasurement(SHORT, 2)) {
            results = measurement.run();
        }

        var byMetric = results.stream().collect(Collectors.toMap(ScaleResult::metric, Function.identity()));
        for (Metric metric : Metric.values()) {
            assertThat(byMetric).as("metrics").containsKey(metric.title());
            assertThat(byMetric.get(metric.title()).value()).as(metric.title()).isFinite();
        }
        assertThat(List.of(Metric.NEAR_HITS, Metric.WRITES, Metric.STORE_READ_IN_REDIS, Metric.CONNECTIONS))
                .allSatisfy(metric ->
                        assertThat(byMetric.get(metric.title()).value()).isPositive());
    }
}
