package dev.duet.benchmarks.coherence;

/**
 * One call of {@code get}, in nanoseconds of the machine's monotonic clock.
 *
 * @param node the process that read
 * @param begin before the call
 * @param end after it
 * @param version of the database that the value carried; {@link #FAILED} if the call threw, took too long or found nothing
 * @param kind what the call was for
 */
record Read(String node, long key, long begin, long end, long version, Kind kind) {

    /** The version of a read that failed. */
    static final long FAILED = -1;

    /** What a read is for. */
    enum Kind {
        /** The application reads. */
        WORKLOAD,
        /** Each key is read once all has been healed and quiet. */
        FIRST_SWEEP,
        /** The same once more, at once after. */
        SECOND_SWEEP
    }

    boolean failed() {
        return version == FAILED;
    }
}
