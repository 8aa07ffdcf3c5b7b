package dev.duet.benchmarks.speed;

/** Some systems that do the same thing, and how long they take. */
interface Suite {

    /** What results call it. */
    String name();

    /**
     * Measures all systems.
     *
     * @throws Exception if one of them fails; the message names it
     */
    Report run(Effort effort, SpeedServers servers) throws Exception;
}
