package dev.duet.benchmarks.scale;

/**
 * One figure of a number of nodes.
 *
 * @param metric what was measured; see {@link Metric}
 * @param nodes how many nodes there were
 * @param unit the unit of value and error
 * @param value the mean of the rounds
 * @param error half of what lies between the lowest and the highest round
 */
public record ScaleResult(String metric, int nodes, String unit, double value, double error) {

    /** A metric with its own unit. */
    static ScaleResult of(Metric metric, int nodes, Samples samples) {
        return new ScaleResult(metric.title(), nodes, metric.unit(), samples.mean(), samples.spread());
    }
}
