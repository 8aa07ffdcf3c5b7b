package dev.duet.benchmarks.scale;

import java.time.Duration;

/** What any number of nodes costs, by the figures of a few: the arithmetic of {@code docs/scale.md}. */
record ScaleModel(ScaleInputs inputs) {

    /** The share of a processor that one Redis may be busy for, so that it still answers at once. */
    static final double BUSY = 0.6;

    private static final double AUDITS_PER_BOUND = 4;

    /**
     * What an application does.
     *
     * @param nodes N, how many nodes follow
     * @param writes W, writes a second of all nodes together
     * @param rereads s, the share of the nodes that read a key again after it was written
     * @param bound B, the {@code maxStaleness}
     */
    record Load(int nodes, double writes, double rereads, Duration bound) {}

    /** Audits a second, of all nodes. */
    double audits(Load load) {
        return load.nodes() * AUDITS_PER_BOUND / seconds(load.bound());
    }

    /** Messages a second that Redis sends. */
    double messages(Load load) {
        return load.writes() * load.nodes();
    }

    /** The share of a processor that Redis is busy for. */
    double redis(Load load) {
        return load.writes() * perWrite(load) + redisAtRest(load);
    }

    /** Without a write. */
    double redisAtRest(Load load) {
        return load.nodes() * (inputs.redisAudit() / seconds(load.bound()) + inputs.redisIdle()) / 100;
    }

    /** Seconds of Redis for one write, with all that hear it and read again. */
    private double perWrite(Load load) {
        double perNode = inputs.redisMessage() + load.rereads() * inputs.redisRead();
        return (inputs.redisWrite() + load.nodes() * perNode) / 1e6;
    }

    /** Writes a second that leave Redis no busier than {@link #BUSY}; 0 if it is without any. */
    double mostWrites(Load load) {
        return Math.max(0, BUSY - redisAtRest(load)) / perWrite(load);
    }

    /** The share of a processor that each node spends on following, auditing and its connections. */
    double node(Load load) {
        return load.writes() * inputs.message() / 1e6 + (inputs.audit() / seconds(load.bound()) + inputs.idle()) / 100;
    }

    /** Bits a second between Redis and all nodes, for messages and audits. */
    double network(Load load) {
        return 8 * (messages(load) * inputs.messageBytes() + audits(load) * inputs.auditBytes());
    }

    /** Connections to Redis. */
    double connections(Load load) {
        return load.nodes() * inputs.connections();
    }

    /** Bytes of Redis for its connections. */
    double memory(Load load) {
        return load.nodes() * inputs.memory();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
