package dev.duet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.duet.benchmarks.scale.ScaleInputs.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaleInputsTest {

    static List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int nodes : List.of(4, 1, 2)) {
            for (Metric metric : Metric.values()) {
                double value = metric == Metric.FEED_COST_IN_REDIS
                        ? 40 + 5.0 * nodes
                        : metric.title().length() + nodes / 10.0;
                rows.add(Map.of(
                        "metric", metric.title(), "nodes", nodes, "value", value, "command", "run", "date", "today"));
            }
        }
        return rows;
    }

    @Test
    void of_mostNodes_areTakenFor() {
        ScaleInputs inputs = ScaleInputs.of(rows());

        assertThat(inputs.nodes()).isEqualTo(4);
        assertThat(inputs.message()).isEqualTo("feed cost".length() + 0.4);
    }

    @Test
    void of_costOfAWrite_isSplitByTheLineThroughAllNumbersOfNodes() {
        ScaleInputs inputs = ScaleInputs.of(rows());

        assertThat(inputs.redisWrite()).isCloseTo(40, within(1e-9));
        assertThat(inputs.redisMessage()).isCloseTo(5, within(1e-9));
    }

    @Test
    void of_metricMissing_isNamed() {
        List<Map<String, Object>> rows = rows();
        rows.removeIf(row -> "audit cost".equals(row.get("metric")));

        assertThatThrownBy(() -> ScaleInputs.of(rows)).hasMessageContaining("audit cost");
    }

    @Test
    void through_pointsOffTheLine_leastSquares() {
        Line line = Line.through(Map.of(0, 1.0, 1, 0.0, 2, 2.0));

        assertThat(line.slope()).isCloseTo(0.5, within(1e-9));
        assertThat(line.start()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void through_onePoint_isFlat() {
        assertThat(Line.through(Map.of(3, 7.0))).isEqualTo(new Line(7, 0));
    }
}
