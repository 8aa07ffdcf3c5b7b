package dev.duet.chaos;

import dev.duet.chaos.BehindEvent.Got;
import dev.duet.chaos.BehindEvent.Outcome;
import dev.duet.chaos.BehindEvent.Wrote;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened in a run of nodes that write behind, and what the checker found.
 *
 * @param seed of all choices
 * @param length for how long the nodes wrote
 * @param drain how long it took then until nothing was pending
 * @param faults how many were injected, by kind
 * @param counts what the nodes have counted
 */
record BehindReport(
        long seed,
        Duration length,
        Duration drain,
        Map<BehindFault, Integer> faults,
        List<BehindEvent> events,
        BehindCounts counts,
        BehindVerdict verdict) {

    /** Writes that were acknowledged, each key of a call by itself. */
    long acknowledged() {
        return writes(Outcome.ACKNOWLEDGED);
    }

    /** Reads that returned. */
    long reads() {
        return events.stream().filter(Got.class::isInstance).count();
    }

    private long writes(Outcome outcome) {
        return events.stream()
                .filter(event -> event instanceof Wrote write && write.outcome() == outcome)
                .mapToLong(event -> ((Wrote) event).keys().size())
                .sum();
    }

    private int injected(BehindFault... kinds) {
        int sum = 0;
        for (BehindFault kind : kinds) {
            sum += faults.getOrDefault(kind, 0);
        }
        return sum;
    }

    /** All of it as JSON, in one line. */
    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", seed);
        json.put("seconds", length.toSeconds());
        json.put("nodes", BehindCluster.NODES);
        json.put("acknowledged", acknowledged());
        json.put("unknown", writes(Outcome.UNKNOWN));
        json.put("rejected", writes(Outcome.REJECTED));
        json.put("coalesced", counts.coalesced());
        json.put("flushed", verdict.flushed());
        json.put("batches", counts.batches());
        json.put("retried", counts.failures());
        json.put("duplicates", verdict.duplicates());
        json.put("late", counts.late());
        json.put("refusedByDatabase", verdict.refused());
        json.put("reads", reads());
        json.put(
                "failedReads",
                events.stream().filter(BehindEvent.GotNothing.class::isInstance).count());
        json.put("kills", injected(BehindFault.NODE_KILLED, BehindFault.FLUSHER_KILLED, BehindFault.ALL_KILLED));
        json.put("databaseStops", injected(BehindFault.DATABASE_KILLED, BehindFault.ALL_KILLED));
        json.put("cuts", injected(BehindFault.FLUSHER_CUT, BehindFault.FLUSHER_BLIP));
        json.put("redisKills", injected(BehindFault.REDIS_KILLED, BehindFault.ALL_KILLED));
        json.put("stops", injected(BehindFault.FLUSHER_STOPPED));
        json.put("drainMillis", drain.toMillis());
        json.put("lostInStore", counts.lost());
        json.put("lost", verdict.lost());
        json.put("orderViolations", verdict.orderViolations());
        json.put("staleReads", verdict.staleReads());
        return JsonMapper.shared().writeValueAsString(json);
    }
}
