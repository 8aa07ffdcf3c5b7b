package dev.duet.benchmarks.scale;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/** The same figure of several rounds. */
final class Samples {

    private final DoubleSummaryStatistics rounds = new DoubleSummaryStatistics();

    static Samples of(double... values) {
        Samples samples = new Samples();
        Arrays.stream(values).forEach(samples::add);
        return samples;
    }

    void add(double value) {
        rounds.accept(value);
    }

    double mean() {
        return rounds.getCount() == 0 ? Double.NaN : rounds.getAverage();
    }

    /** Half of what lies between the lowest and the highest. */
    double spread() {
        return rounds.getCount() == 0 ? Double.NaN : (rounds.getMax() - rounds.getMin()) / 2;
    }

    /** The value below which a share of sorted values lie. */
    static double percentile(long[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
    }
}
