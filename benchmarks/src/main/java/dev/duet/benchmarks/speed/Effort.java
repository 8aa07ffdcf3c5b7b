package dev.duet.benchmarks.speed;

import java.util.List;

/**
 * How long is measured.
 *
 * @param rounds how often all systems of a suite are measured, one after the other
 * @param forks the JVMs for each measurement of a round: one, or none, which is to measure in this one
 * @param warmUps iterations that do not count
 * @param iterations iterations that do
 * @param millis how long an iteration is
 * @param threads with how many threads near hits are measured
 * @param contendedReads how often many threads read a cold key, in each round
 * @param entries how many entries the memory of is measured
 */
record Effort(
        int rounds,
        int forks,
        int warmUps,
        int iterations,
        long millis,
        List<Integer> threads,
        int contendedReads,
        int entries) {

    private static final Effort FULL = new Effort(2, 1, 3, 2, 1_000, List.of(1, 2), 40, 100_000);
    private static final Effort QUICK = new Effort(1, 0, 1, 1, 200, List.of(1), 5, 10_000);

    static Effort of(SpeedOptions options) {
        return options.quick() ? QUICK : FULL;
    }
}
