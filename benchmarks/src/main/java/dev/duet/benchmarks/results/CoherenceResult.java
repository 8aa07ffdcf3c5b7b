package dev.duet.benchmarks.results;

import org.jspecify.annotations.Nullable;

/**
 * What one system did in one schedule. A schedule that a system cannot be put through has {@code unfit}, and nothing else
 * but names: that is no score. A value is superseded when a later write of its key has returned to its caller; a write that
 * threw is of unknown outcome, and supersedes nothing.
 *
 * @param schedule what happened to the nodes and servers
 * @param system whose cache it was
 * @param how what exactly was done to such a system
 * @param reads how many reads were checked
 * @param writes how many writes were acknowledged
 * @param readsBehind reads that returned a value which had been superseded before they began
 * @param staleReads reads that returned a value which had been superseded more than the grace before they began
 * @param graceMs the grace, the same for all systems: Duet's bound of a second, and slack for nodes that share processors
 * @param worstStalenessMs how long before a read began the value that it returned had been superseded, at the most
 * @param probes how many delays the propagation is of
 * @param propagationP50Us from the database's commit to the end of the first read on another node that sees it, which reads
 *     in a tight loop, half of them; in the calm schedule
 * @param propagationP99Us 99 of 100 of them
 * @param propagationP999Us 999 of 1,000 of them
 * @param propagationMaxUs the longest of them
 * @param afterReturnP50Us the same from the return of the write; 0 if it was seen before
 * @param afterReturnP99Us 99 of 100 of these
 * @param residue keys whose value is not the database's, summed over nodes, when each node reads each key after all has been
 *     healed, and quiet for 10 s
 * @param residueSecondRead the same when they are read once more at once
 * @param ownWritesUnseen reads that returned an older value than one whose write the same node had seen return before
 * @param failedReads reads that threw, took longer than 10 s or found nothing
 * @param failedWrites writes that threw or took longer than 10 s
 * @param unfit why the schedule does not fit the system; null if it does
 */
public record CoherenceResult(
        String schedule,
        String system,
        @Nullable String how,
        @Nullable Long reads,
        @Nullable Long writes,
        @Nullable Long readsBehind,
        @Nullable Long staleReads,
        @Nullable Long graceMs,
        @Nullable Double worstStalenessMs,
        @Nullable Long probes,
        @Nullable Double propagationP50Us,
        @Nullable Double propagationP99Us,
        @Nullable Double propagationP999Us,
        @Nullable Double propagationMaxUs,
        @Nullable Double afterReturnP50Us,
        @Nullable Double afterReturnP99Us,
        @Nullable Long residue,
        @Nullable Long residueSecondRead,
        @Nullable Long ownWritesUnseen,
        @Nullable Long failedReads,
        @Nullable Long failedWrites,
        @Nullable String unfit) {

    /** A schedule that does not fit. */
    public static CoherenceResult unfit(String schedule, String system, String why) {
        return new CoherenceResult(
                schedule, system, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, why);
    }
}
