package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.results.SpeedResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes rows of results from what was measured in several rounds. Not thread-safe. */
final class Rounds {

    private final String suite;
    private final Map<List<Object>, Row> rows = new LinkedHashMap<>();

    Rounds(String suite) {
        this.suite = suite;
    }

    /** Adds a round, in which the baselines were measured as well. */
    void add(Collection<Measured> round) {
        round.forEach(measured -> add(measured, measured.ratio(round)));
    }

    /** Adds a figure of a round whose ratio is known. */
    void add(Measured measured, double ratio) {
        rows.computeIfAbsent(
                        List.of(measured.system(), measured.threads(), measured.metric()), key -> new Row(measured))
                .add(measured.value(), ratio);
    }

    /** One row for each system, number of threads and metric, in the order in which they came first. */
    List<SpeedResult> rows() {
        return rows.values().stream().map(row -> row.result(suite)).toList();
    }

    private static final class Row {
        private final Measured first;
        private final DoubleSummaryStatistics values = new DoubleSummaryStatistics();
        private final List<Double> ratios = new ArrayList<>();

        Row(Measured first) {
            this.first = first;
        }

        void add(double value, double ratio) {
            values.accept(value);
            ratios.add(ratio);
        }

        SpeedResult result(String suite) {
            // a ratio that is not finite in one round is none at all
            DoubleSummaryStatistics ratio =
                    ratios.stream().mapToDouble(Double::doubleValue).summaryStatistics();
            return new SpeedResult(
                    suite,
                    first.system(),
                    first.threads(),
                    first.metric(),
                    first.unit(),
                    values.getAverage(),
                    (values.getMax() - values.getMin()) / 2,
                    ratio.getAverage(),
                    ratio.getMin(),
                    ratio.getMax(),
                    first.baseline());
        }
    }
}
