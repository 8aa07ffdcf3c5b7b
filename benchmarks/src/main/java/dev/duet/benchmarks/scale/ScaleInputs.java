package dev.duet.benchmarks.scale;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The measured figures that the model rests on. All but Redis' cost of a write are of the run with the most nodes, where
 * the noise of what is divided by their number is least.
 *
 * @param nodes the most nodes of the run
 * @param message processor time of a node for each message, in microseconds
 * @param redisWrite processor time of Redis for a write that nobody hears, in microseconds
 * @param redisMessage processor time of Redis for each node that hears a write, in microseconds
 * @param redisRead processor time of Redis for a read that it answers, in microseconds
 * @param audit processor time of a node for its audits at a bound of 1 s, in hundredths of a processor
 * @param redisAudit of Redis for the audits of one node, likewise
 * @param idle processor time of a node that does not audit, in hundredths of a processor
 * @param redisIdle of Redis for such a node, likewise
 * @param connections of one node
 * @param memory bytes of Redis for one node
 * @param messageBytes bytes of a message
 * @param auditBytes bytes of an audit, both ways
 */
record ScaleInputs(
        int nodes,
        double message,
        double redisWrite,
        double redisMessage,
        double redisRead,
        double audit,
        double redisAudit,
        double idle,
        double redisIdle,
        double connections,
        double memory,
        double messageBytes,
        double auditBytes) {

    /**
     * From the rows of a file of results.
     *
     * @throws IllegalArgumentException if a metric is missing
     */
    static ScaleInputs of(List<? extends Map<String, Object>> rows) {
        Line write = Line.through(figures(rows, Metric.FEED_COST_IN_REDIS));
        return new ScaleInputs(
                figures(rows, Metric.FEED_COST_IN_REDIS).lastKey(),
                last(rows, Metric.FEED_COST),
                write.start(),
                write.slope(),
                last(rows, Metric.STORE_READ_IN_REDIS),
                last(rows, Metric.AUDIT_COST),
                last(rows, Metric.AUDIT_COST_IN_REDIS),
                last(rows, Metric.IDLE_COST),
                last(rows, Metric.IDLE_COST_IN_REDIS),
                figures(rows, Metric.CONNECTIONS).values().stream()
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                last(rows, Metric.MEMORY),
                last(rows, Metric.MESSAGE_BYTES),
                last(rows, Metric.AUDIT_BYTES));
    }

    private static double last(List<? extends Map<String, Object>> rows, Metric metric) {
        return figures(rows, metric).lastEntry().getValue();
    }

    private static TreeMap<Integer, Double> figures(List<? extends Map<String, Object>> rows, Metric metric) {
        TreeMap<Integer, Double> figures = new TreeMap<>();
        for (Map<String, Object> row : rows) {
            if (metric.title().equals(row.get("metric"))
                    && row.get("nodes") instanceof Number nodes
                    && row.get("value") instanceof Number value) {
                figures.put(nodes.intValue(), value.doubleValue());
            }
        }
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("no figure of " + metric.title());
        }
        return figures;
    }

    /** A straight line: the one that lies closest to some points, by least squares. */
    record Line(double start, double slope) {

        static Line through(Map<Integer, Double> points) {
            double meanX = points.keySet().stream().mapToInt(x -> x).average().orElseThrow();
            double meanY =
                    points.values().stream().mapToDouble(y -> y).average().orElseThrow();
            double product = 0;
            double square = 0;
            for (Map.Entry<Integer, Double> point : points.entrySet()) {
                product += (point.getKey() - meanX) * (point.getValue() - meanY);
                square += (point.getKey() - meanX) * (point.getKey() - meanX);
            }
            double slope = square == 0 ? 0 : product / square;
            return new Line(meanY - slope * meanX, slope);
        }
    }
}
