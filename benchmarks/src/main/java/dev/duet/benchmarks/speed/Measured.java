package dev.duet.benchmarks.speed;

import java.util.Collection;

/**
 * One figure of one system in one round.
 *
 * @param system who was measured
 * @param threads with how many threads
 * @param metric what was measured
 * @param unit the unit of the value
 * @param value the figure
 * @param baseline the system that it is compared to
 */
record Measured(String system, int threads, String metric, String unit, double value, String baseline) {

    /**
     * The ratio of the value to that of the baseline.
     *
     * @param round what was measured in the same round
     * @return the ratio; not a finite number if the baseline's value is zero
     * @throws IllegalArgumentException if the baseline was not measured
     */
    double ratio(Collection<Measured> round) {
        return round.stream()
                .filter(other -> other.system.equals(baseline)
                        && other.threads == threads
                        && other.metric.equals(metric)
                        && other.unit.equals(unit))
                .mapToDouble(base -> value / base.value)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        baseline + " is the baseline of " + this + ", and was not measured"));
    }
}
