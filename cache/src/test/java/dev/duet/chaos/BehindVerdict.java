package dev.duet.chaos;

import java.util.List;

/**
 * What {@link BehindChecker} has found.
 *
 * @param lost acknowledged writes that are not in the database, though nothing that may have come after them is either
 * @param orderViolations writes of a key that were made in another order than they were acknowledged in, or that nobody had
 *     asked for
 * @param staleReads reads of what was overwritten for longer than the bound, or by the same node
 * @param flushed writes that were made, each once
 * @param duplicates how often a write was made once more
 * @param refused writes that came later than a newer one, and that the database refused
 * @param examples the first findings of each kind, in words
 */
record BehindVerdict(
        long lost,
        long orderViolations,
        long staleReads,
        long flushed,
        long duplicates,
        long refused,
        List<String> examples) {}
