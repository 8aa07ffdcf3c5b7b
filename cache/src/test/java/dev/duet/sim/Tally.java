package dev.duet.sim;

import java.util.Locale;

/** What schedules amounted to. */
final class Tally {
    long schedules;
    long reads;
    /** Reads of several keys by one call. */
    long bulkReads;
    /** Reads for which no thread waited from the start. */
    long asyncReads;

    long writes;
    long loads;
    long refreshes;
    /** Stale answers that readers were given. */
    long stale;
    /** Reads that waited for a load longer than they were to. */
    long timeouts;
    /** Reads that waited for another node's load. */
    long leaseWaits;

    long hints;
    long hintsLost;
    long faults;
    long violations;
    long worstStaleness;

    /** Adds what another schedule, or several, amounted to. */
    void add(Tally other) {
        schedules += other.schedules;
        reads += other.reads;
        bulkReads += other.bulkReads;
        asyncReads += other.asyncReads;
        writes += other.writes;
        loads += other.loads;
        refreshes += other.refreshes;
        stale += other.stale;
        timeouts += other.timeouts;
        leaseWaits += other.leaseWaits;
        hints += other.hints;
        hintsLost += other.hintsLost;
        faults += other.faults;
        violations += other.violations;
        worstStaleness = Math.max(worstStaleness, other.worstStaleness);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d schedules, %,d reads (%,d of several keys, %,d async), %,d writes, %,d loads, %,d refreshes, %,d stale"
                        + " answers, %,d timeouts, %,d waits for leases, %,d hints and %,d lost, %,d faults, %,d violations,"
                        + " worst staleness %,d ms",
                schedules,
                reads,
                bulkReads,
                asyncReads,
                writes,
                loads,
                refreshes,
                stale,
                timeouts,
                leaseWaits,
                hints,
                hintsLost,
                faults,
                violations,
                worstStaleness / World.MILLIS);
    }
}
