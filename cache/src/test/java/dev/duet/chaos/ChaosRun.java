package dev.duet.chaos;

import dev.duet.testkit.history.HistoryChecker;
import dev.duet.testkit.history.Terms;
import dev.duet.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One run: a cluster of its own, faults one after the other in an order that the seed gives, each healed and recovered from
 * before the next; then, with no writes any more, a look at every row on every node, and the check of the histories.
 */
final class ChaosRun {

    /**
     * What a run is held to. The slack is for the 10 ms steps of the nodes' clocks, and for eight processes that share two
     * processors.
     */
    static final Terms TERMS = new Terms(Duration.ofSeconds(1), Duration.ofMillis(250), Duration.ofSeconds(3));

    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private static final int CLEAR_EVERY = 5;

    private final Subject.Kind subject;
    private final List<Injection> injections;
    private final long seed;
    private final Path directory;

    /**
     * Prepares a run.
     *
     * @param injections what is injected, each once
     * @param directory for its histories; created
     */
    ChaosRun(Subject.Kind subject, List<Injection> injections, long seed, Path directory) {
        this.subject = subject;
        this.injections = new ArrayList<>(injections);
        Collections.shuffle(this.injections, new Random(seed));
        this.seed = seed;
        this.directory = directory;
    }

    /** Runs, and returns what was found. */
    Summary run() throws Throwable {
        long start = System.nanoTime();
        createDirectory();
        Map<String, Integer> counts = new TreeMap<>();
        try (ChaosCluster cluster = new ChaosCluster(subject, TERMS, directory, seed)) {
            sleep(WARM_UP);
            for (int i = 0; i < injections.size(); i++) {
                if (i % CLEAR_EVERY == 0) { // seldom, since it takes what faults have left behind with it
                    cluster.anyNode().ask("clear", "cleared");
                }
                injections.get(i).into(cluster);
                counts.merge(injections.get(i).label(), 1, Integer::sum);
                sleep(recovered());
            }
            sweep(cluster);
            Verdict verdict = new HistoryChecker(TERMS).check(cluster.history());
            Duration length = Duration.ofNanos(System.nanoTime() - start);
            return new Summary(subject, seed, length, counts, cluster.evictedKeys(), TERMS, verdict);
        }
    }

    /** Reads every row, on every node and in the store, when nobody has written for long enough. */
    private static void sweep(ChaosCluster cluster) throws Exception {
        cluster.nodes().forEach(node -> node.ask("quiet", "quiet"));
        sleep(recovered());
        cluster.recordTruth();
        cluster.nodes().forEach(node -> node.ask("sweep", "swept"));
        NodeProcess fresh = cluster.joinIdle("fresh");
        fresh.ask("peek", "swept");
        cluster.nodes().forEach(node -> node.ask("stop", "stopped"));
        fresh.ask("stop", "stopped");
    }

    private static Duration recovered() {
        return TERMS.recovery().plus(TERMS.bound());
    }

    private static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
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
