package dev.duet.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One run: a cluster of its own that writes behind at full speed, faults one after the other in an order that the seed gives, each
 * healed before the next; then, with no writes any more, everything is written that is pending, every node reads every key, and
 * what was recorded is checked.
 */
final class BehindRun {

    private static final Duration BOUND = Duration.ofSeconds(1);

    /** What the real world adds to it, as for {@link ChaosRun}. */
    private static final Duration SLACK = Duration.ofMillis(250);

    private static final Duration LENGTH = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofMillis(1_500);

    private final long seed;
    private final Path directory;

    /**
     * Prepares a run.
     *
     * @param directory for what the nodes record; created
     */
    BehindRun(long seed, Path directory) {
        this.seed = seed;
        this.directory = directory;
    }

    /** Runs, and returns what was found. */
    BehindReport run() throws Exception {
        createDirectory();
        try (BehindCluster cluster = new BehindCluster(directory, BOUND.toMillis(), seed)) {
            long start = System.nanoTime();
            Map<BehindFault, Integer> faults = inject(cluster, start);
            cluster.nodes().forEach(node -> node.ask("quiet", "quiet"));
            Duration length = since(start);
            start = System.nanoTime();
            cluster.nodes().get(0).ask("drain", "drained");
            Duration drain = since(start);
            Thread.sleep(BOUND.toMillis()); // what nobody has waited for any more may still have come
            cluster.nodes().get(0).ask("drain", "drained");
            Thread.sleep(BOUND.plus(SLACK).toMillis());
            cluster.nodes().forEach(node -> node.ask("sweep", "swept"));
            cluster.nodes().forEach(node -> node.ask("stop", "stopped"));
            List<BehindEvent> events = cluster.events();
            BehindVerdict verdict = new BehindChecker(BOUND.plus(SLACK))
                    .check(events, cluster.ledger().made(), cluster.ledger().items());
            return new BehindReport(seed, length, drain, faults, events, cluster.counts(), verdict);
        }
    }

    /** Every kind once, and again for as long as there is time. */
    private Map<BehindFault, Integer> inject(BehindCluster cluster, long start) throws Exception {
        Map<BehindFault, Integer> counts = new EnumMap<>(BehindFault.class);
        List<BehindFault> kinds = new ArrayList<>(List.of(BehindFault.values()));
        Random random = new Random(seed);
        Thread.sleep(WARM_UP.toMillis());
        do {
            Collections.shuffle(kinds, random);
            for (BehindFault kind : kinds) {
                if (counts.size() == kinds.size() && since(start).compareTo(LENGTH) >= 0) {
                    break;
                }
                long from = System.nanoTime();
                kind.into(cluster);
                counts.merge(kind, 1, Integer::sum);
                System.out.println("  " + kind + ": " + since(from).toMillis() + " ms");
                Thread.sleep(BETWEEN.toMillis());
            }
        } while (since(start).compareTo(LENGTH) < 0);
        return counts;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void createDirectory() throws IOException {
        Files.createDirectories(directory);
        try (var old = Files.list(directory)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
    }
}
