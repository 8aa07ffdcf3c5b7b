package dev.duet.benchmarks.scale;

import dev.duet.Duet;
import dev.duet.redis.RedisStore;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.Locale;

/**
 * What the audit of an idle node costs: the processor time of the node's process and of Redis with {@code maxStaleness} of a
 * second, four audits of 64 partitions each, against the same with practically none. In turn, several rounds, in one run:
 *
 * <pre>{@code
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@audit-cost
 * }</pre>
 */
public final class AuditCost {

    private static final int ROUNDS = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration MEASURED = Duration.ofSeconds(20);

    private AuditCost() {}

    private record Cost(double node, double redis, long audits) {}

    /** Runs the rounds and prints one line for each. */
    public static void main(String[] args) throws Exception {
        try (RedisServer server = RedisServer.start()) {
            measure(server, Duration.ofSeconds(1), WARM_UP);
            for (int round = 1; round <= ROUNDS; round++) {
                Cost without = measure(server, Duration.ofHours(10), MEASURED);
                Cost with = measure(server, Duration.ofSeconds(1), MEASURED);
                System.out.printf(
                        Locale.ROOT,
                        "round %d: %.1f audits/s take %.2f %% of one processor in the node (%.2f %% without), %.2f %% in Redis"
                                + " (%.2f %%)%n",
                        round,
                        with.audits / (double) MEASURED.toSeconds(),
                        with.node,
                        without.node,
                        with.redis,
                        without.redis);
            }
        }
    }

    private static Cost measure(RedisServer server, Duration maxStaleness, Duration time) throws Exception {
        try (Duet duet = Duet.builder()
                .store(RedisStore.connect(server.uri()))
                .maxStaleness(maxStaleness)
                .build()) {
            Thread.sleep(1_000);
            long auditsBefore = duet.stats().feed().audits();
            double nodeBefore = ProcessorTime.of(ProcessHandle.current().pid());
            double redisBefore = ProcessorTime.of(server.pid());
            Thread.sleep(time.toMillis());
            return new Cost(
                    100 * (ProcessorTime.of(ProcessHandle.current().pid()) - nodeBefore) / time.toSeconds(),
                    100 * (ProcessorTime.of(server.pid()) - redisBefore) / time.toSeconds(),
                    duet.stats().feed().audits() - auditsBefore);
        }
    }
}
