package dev.duet.benchmarks.results;

import org.jspecify.annotations.Nullable;

/**
 * What one system did in one schedule. A schedule that a system cannot be put through has {@code unfit}, and nothing else
 * but names: that is no score.
 *
 * @param schedule what happened to the nodes and servers
 * @param system whose cache it was
 * @param reads how many reads were checked
 * @param writes how many writes were acknowledged
 * @param staleReads reads that returned a value which had been replaced more than the schedule's grace before they began
 * @param worstStalenessMs how long before a read began the value that it returned had been replaced, at the most
 * @param propagationP50Us from the return of a write to the first read on another node that sees it, half of them; in calm
 *     schedules
 * @param propagationP99Us 99 of 100 of them
 * @param residue entries that were stale still after all had healed and been quiet for 10 s
 * @param ownWritesUnseen reads that did not see what the same node had written before
 * @param failedReads reads that threw
 * @param failedWrites writes that threw
 * @param unfit why the schedule does not fit the system; null if it does
 */
public record CoherenceResult(
        String schedule,
        String system,
        @Nullable Long reads,
        @Nullable Long writes,
        @Nullable Long staleReads,
        @Nullable Double worstStalenessMs,
        @Nullable Double propagationP50Us,
        @Nullable Double propagationP99Us,
        @Nullable Double propagationP999Us,
        @Nullable Double propagationMaxUs,
        @Nullable Long residue,
        @Nullable Long ownWritesUnseen,
        @Nullable Long failedReads,
        @Nullable Long failedWrites,
        @Nullable String unfit) {

    /** A schedule that does not fit. */
    public static CoherenceResult unfit(String schedule, String system, String why) {
        return new CoherenceResult(
                schedule, system, null, null, null, null, null, null, null, null, null, null, null, null, why);
    }
}
