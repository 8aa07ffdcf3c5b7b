package dev.duet.benchmarks.scale;

import java.time.Duration;
import java.util.List;

/**
 * For how many nodes, and how long.
 *
 * @param nodes the numbers of nodes
 * @param rounds how often each figure is taken
 * @param warmUp reads, writes at full speed, and writes at a fixed rate, each for so long, before anything is measured
 * @param settle what nodes are left to come to rest in
 * @param throughput of a round of writes or of near hits
 * @param processorTime of a round in which processor time is measured
 * @param announced how many writes of a round have their propagation measured
 */
record ScaleSettings(
        List<Integer> nodes,
        int rounds,
        Duration warmUp,
        Duration settle,
        Duration throughput,
        Duration processorTime,
        int announced) {

    /** Writers of all nodes together, when they write at full speed. */
    static final int WRITERS = 24;
    /** Writes a second, when the cost of following is measured. */
    static final int PACE = 1_000;
    /** Writes a second, when propagation is measured. */
    static final int ANNOUNCED_PER_SECOND = 200;
    /** The bound whose audits are measured. */
    static final Duration BOUND = Duration.ofSeconds(1);
    /** A bound with practically no audits. */
    static final Duration NO_AUDITS = Duration.ofHours(10);

    static ScaleSettings full() {
        return new ScaleSettings(
                List.of(1, 2, 4, 8, 12),
                2,
                Duration.ofSeconds(4),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                400);
    }

    static ScaleSettings quick() {
        return new ScaleSettings(
                List.of(1, 3),
                1,
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                200);
    }
}
