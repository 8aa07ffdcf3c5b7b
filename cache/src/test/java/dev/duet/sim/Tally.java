package dev.duet.sim;

import java.util.Locale;

/** What schedules amounted to. */
final class Tally {
    long schedules;
    long reads;
    long writes;
    long loads;
    long faults;
    long violations;
    long worstStaleness;

    /** Adds what another schedule, or several, amounted to. */
    void add(Tally other) {
        schedules += other.schedules;
        reads += other.reads;
        writes += other.writes;
        loads += other.loads;
        faults += other.faults;
        violations += other.violations;
        worstStaleness = Math.max(worstStaleness, other.worstStaleness);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d schedules, %,d reads, %,d writes, %,d faults, %,d violations, worst staleness %,d ms",
                schedules,
                reads,
                writes,
                faults,
                violations,
                worstStaleness / World.MILLIS);
    }
}
