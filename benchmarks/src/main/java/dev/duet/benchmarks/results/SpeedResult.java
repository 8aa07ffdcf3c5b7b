package dev.duet.benchmarks.results;

/**
 * One figure of one system.
 *
 * @param suite what was done, such as {@code near hit}
 * @param system who did it
 * @param threads how many threads did it at once
 * @param metric what was measured, such as {@code throughput} or {@code p50}
 * @param unit the unit of value and error
 * @param value the mean of the rounds
 * @param error half of what lies between the lowest and the highest round
 * @param ratio of the value to the baseline's in the same round, on the mean of all rounds
 * @param ratioMin the lowest of a round
 * @param ratioMax the highest of a round
 * @param baseline the system that the ratio is to
 */
public record SpeedResult(
        String suite,
        String system,
        int threads,
        String metric,
        String unit,
        double value,
        double error,
        double ratio,
        double ratioMin,
        double ratioMax,
        String baseline) {}
