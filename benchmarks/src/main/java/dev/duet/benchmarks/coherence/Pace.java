package dev.duet.benchmarks.coherence;

import java.time.Duration;

/**
 * How long things take.
 *
 * @param warmUp of the workload, before anything is done
 * @param fault how long what lasts lasts, of those faults that name no time of their own
 * @param halfOpen how long a subscription is silent
 * @param quiet without a write, before what each node has is looked at
 * @param rounds of those schedules that have rounds
 * @param probes of propagation, at the most
 * @param probing how long is probed, at the most
 */
record Pace(
        Duration warmUp, Duration fault, Duration halfOpen, Duration quiet, int rounds, int probes, Duration probing) {

    /** For results. */
    static final Pace FULL = new Pace(
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            5,
            1_000,
            Duration.ofSeconds(12));

    /** To see that it works. */
    static final Pace QUICK = new Pace(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(3),
            1,
            200,
            Duration.ofSeconds(3));
}
