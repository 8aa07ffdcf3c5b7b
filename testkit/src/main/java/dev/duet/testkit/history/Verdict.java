package dev.duet.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a checker found in a history.
 *
 * @param reads how many reads returned
 * @param failedReads how many threw
 * @param writes how many writes are known to be committed
 * @param excused how many stale reads fell into the time that nodes have to notice that the store went back, or that they were stopped
 * @param staleness how stale the reads were that were held to the bound; 0 for one that missed nothing
 * @param worstAfter the longest of these, in nanoseconds, by the fault before the read; see {@link Violation#fault()}
 * @param violations all reads that break a promise, in the order in which they began
 */
public record Verdict(
        long reads,
        long failedReads,
        long writes,
        long excused,
        Percentiles staleness,
        Map<String, Long> worstAfter,
        List<Violation> violations) {

    /** How many violations there are, by promise and the fault before them. */
    public Map<String, Long> violationsByFault() {
        return violations.stream()
                .collect(Collectors.groupingBy(
                        violation -> violation.promise() + " after " + violation.fault(),
                        TreeMap::new,
                        Collectors.counting()));
    }

    /** How many violations of a promise there are. */
    public long violationsOf(Promise promise) {
        return violations.stream()
                .filter(violation -> violation.promise() == promise)
                .count();
    }

    /** The first violation of each promise after each kind of fault. */
    public List<Violation> firstOfEachKind() {
        return violations.stream()
                .collect(Collectors.toMap(
                        violation -> violation.promise() + " after " + violation.fault(),
                        violation -> violation,
                        (first, later) -> first,
                        TreeMap::new))
                .values()
                .stream()
                .toList();
    }
}
