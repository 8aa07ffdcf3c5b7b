package dev.duet.benchmarks.coherence;

/**
 * What the {@link Checker} found.
 *
 * @param reads that returned a value, without the last looks
 * @param writes that were acknowledged
 * @param readsBehind reads that began after a newer version of their key had been acknowledged
 * @param staleReads those that began more than the grace after that
 * @param worstStalenessNanos the longest of these times
 * @param ownWritesUnseen reads that returned an older version than one that the same node had been acknowledged before
 * @param residue looks that showed another version than the database's, when all had been healed and quiet
 * @param residueSecondRead the same, of the second look
 * @param failedReads reads that threw, took too long or found nothing, looks too
 * @param failedWrites writes that threw or took too long
 */
record Findings(
        long reads,
        long writes,
        long readsBehind,
        long staleReads,
        long worstStalenessNanos,
        long ownWritesUnseen,
        long residue,
        long residueSecondRead,
        long failedReads,
        long failedWrites) {}
