package dev.duet.chaos;

import dev.duet.testkit.history.Percentiles;
import dev.duet.testkit.history.Promise;
import dev.duet.testkit.history.Terms;
import dev.duet.testkit.history.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened in a run, and what the checker found.
 *
 * @param subject what was under test
 * @param seed of all choices
 * @param length of the run
 * @param injections how many there were, by kind
 * @param evictedKeys how many keys Redis evicted
 */
record Summary(
        Subject.Kind subject,
        long seed,
        Duration length,
        Map<String, Integer> injections,
        long evictedKeys,
        Terms terms,
        Verdict verdict) {

    /** All of it as JSON, in one line. */
    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("subject", subject.name());
        json.put("seed", seed);
        json.put("seconds", length.toSeconds());
        json.put("reads", verdict.reads());
        json.put("failedReads", verdict.failedReads());
        json.put("writes", verdict.writes());
        json.put("injections", injections);
        json.put("evictedKeys", evictedKeys);
        Map<String, Long> violations = new LinkedHashMap<>();
        for (Promise promise : Promise.values()) {
            violations.put(promise.name(), verdict.violationsOf(promise));
        }
        json.put("violations", violations);
        json.put("violationsByFault", verdict.violationsByFault());
        json.put("excusedReads", verdict.excused());
        json.put("stalenessMillis", staleness(verdict.staleness()));
        Map<String, Double> worst = new LinkedHashMap<>();
        verdict.worstAfter().forEach((fault, nanos) -> worst.put(fault, millis(nanos)));
        json.put("worstMillisAfter", worst);
        json.put("boundMillis", terms.bound().toMillis());
        json.put("slackMillis", terms.slack().toMillis());
        json.put("recoveryMillis", terms.recovery().toMillis());
        json.put(
                "worstOfBound", millis(verdict.staleness().max() / terms.bound().toMillis()));
        return JsonMapper.shared().writeValueAsString(json);
    }

    private static Map<String, Double> staleness(Percentiles staleness) {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        percentiles.put("p50", millis(staleness.at(50)));
        percentiles.put("p99", millis(staleness.at(99)));
        percentiles.put("p99.9", millis(staleness.at(99.9)));
        percentiles.put("p99.99", millis(staleness.at(99.99)));
        percentiles.put("max", millis(staleness.max()));
        return percentiles;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
