package dev.duet.benchmarks.scale;

/** What is measured of each number of nodes. "Of a processor" is of one, and so may pass 100 %. */
enum Metric {
    /** Near hits of all nodes together, by one thread a node, or as many as there are processors if that is more. */
    NEAR_HITS("near hits", "hits/s"),
    /** Puts of all nodes together, by 24 threads in all, while every node follows. */
    WRITES("writes", "writes/s"),
    /** Processor time of an idle node for each message that it hears, above that of a node that hears none. */
    FEED_COST("feed cost", "us/message"),
    /** Processor time of Redis for each put, above that of a Redis with as many idle nodes. */
    FEED_COST_IN_REDIS("feed cost in Redis", "us/write"),
    /** Processor time of an idle node for its audits, at a bound of 1 s. */
    AUDIT_COST("audit cost", "% of a processor"),
    /** Processor time of Redis for the audits of one node, at a bound of 1 s. */
    AUDIT_COST_IN_REDIS("audit cost in Redis", "% of a processor"),
    /** Processor time of an idle node that practically never audits. */
    IDLE_COST("idle cost", "% of a processor"),
    /** Processor time of Redis for one such node: it answers pings. */
    IDLE_COST_IN_REDIS("idle cost in Redis", "% of a processor"),
    /** Processor time of Redis for each near miss that it answers with a value. */
    STORE_READ_IN_REDIS("store read in Redis", "us/read"),
    /** From the return of a put to when another node has dropped its near copy, half of them; negative is before. */
    PROPAGATION_P50("propagation p50", "us"),
    /** The same, 99 of 100 of them. */
    PROPAGATION_P99("propagation p99", "us"),
    /** Connections of one node, right after it was under load. */
    CONNECTIONS("connections", "connections/node"),
    /** Memory that Redis gives back when one node leaves. */
    MEMORY("Redis memory per node", "bytes/node"),
    /** Bytes that Redis sends to one node for each message. */
    MESSAGE_BYTES("message bytes", "bytes/message"),
    /** Bytes between Redis and a node for each audit, both ways. */
    AUDIT_BYTES("audit bytes", "bytes/audit");

    private final String title;
    private final String unit;

    Metric(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }
}
