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
    long deaths;
    long pauses;
    long restarts;
    /** How often the store's clock was set. */
    long clockSteps;

    /** Of writes that are announced in all ways: how many, and how many of several keys. */
    long announced;

    long announcedSeveral;
    /** Transactions that were committed. */
    long commits;

    long rollbacks;
    /** Intents that were not closed. */
    long forgotten;
    /** Intents that were lost and announced again. */
    long again;
    /** Values that the store kept from completions, and those that it did not. */
    long kept;

    long notKept;

    /** Of caches that write behind. */
    long acknowledged;

    long coalesced;
    long flushed;
    long failedWrites;
    long repeated;
    long retried;
    long parked;
    long late;
    long rejected;
    long regresses;
    long unmended;
    long lostWrites;

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
        deaths += other.deaths;
        pauses += other.pauses;
        restarts += other.restarts;
        clockSteps += other.clockSteps;
        announced += other.announced;
        announcedSeveral += other.announcedSeveral;
        commits += other.commits;
        rollbacks += other.rollbacks;
        forgotten += other.forgotten;
        again += other.again;
        kept += other.kept;
        notKept += other.notKept;
        acknowledged += other.acknowledged;
        coalesced += other.coalesced;
        flushed += other.flushed;
        failedWrites += other.failedWrites;
        repeated += other.repeated;
        retried += other.retried;
        parked += other.parked;
        late += other.late;
        rejected += other.rejected;
        regresses += other.regresses;
        unmended += other.unmended;
        lostWrites += other.lostWrites;
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

    /** What was announced. */
    String announcements() {
        return String.format(
                Locale.ROOT,
                "%,d schedules, %,d announced writes, of which %,d of several keys; %,d transactions committed and %,d rolled"
                        + " back, %,d writers that failed, %,d intents forgotten and %,d announced again, %,d values kept and"
                        + " %,d not, %,d deaths, %,d other faults, %,d rows written, %,d reads, %,d loads; %,d violations,"
                        + " worst staleness %,d ms",
                schedules,
                announced,
                announcedSeveral,
                commits,
                rollbacks,
                failedWrites,
                forgotten,
                again,
                kept,
                notKept,
                deaths,
                faults,
                writes,
                reads,
                loads,
                violations,
                worstStaleness / World.MILLIS);
    }

    /** What was written behind. */
    String behind() {
        return String.format(
                Locale.ROOT,
                "%,d schedules, %,d writes, %,d acknowledged, %,d coalesced, %,d refused as too many were pending, %,d flushed,"
                        + " %,d written twice, %,d failures, %,d parked, %,d retried, %,d late, %,d rows written over with"
                        + " older ones, of which %,d in the end, %,d reads, %,d loads, %,d faults: %,d deaths, %,d pauses,"
                        + " %,d restarts; %,d violations, worst staleness %,d ms",
                schedules,
                writes,
                acknowledged,
                coalesced,
                rejected,
                flushed,
                repeated,
                failedWrites,
                parked,
                retried,
                late,
                regresses,
                unmended,
                reads,
                loads,
                faults,
                deaths,
                pauses,
                restarts,
                violations,
                worstStaleness / World.MILLIS);
    }
}
