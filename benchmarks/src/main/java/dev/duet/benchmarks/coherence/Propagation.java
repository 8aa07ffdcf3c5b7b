package dev.duet.benchmarks.coherence;

import dev.duet.testkit.history.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How long another node goes on reading the value before. Each probe has one node read a key in a tight loop, near at first,
 * and another write it: the delay is from the database's commit to the end of the first read that has the new version, with
 * all that the system does in between. From the acknowledgement it is shorter, and nothing for a system that makes the writer
 * wait for as long; this is noted too. The nodes' usual work goes on.
 */
final class Propagation {

    private static final long KEY = 1_000;
    private static final int WARM_UP = 50;
    private static final int WARM_UP_SHARE = 5;

    private final List<Long> sinceCommit = new ArrayList<>();
    private final List<Long> sinceAcknowledged = new ArrayList<>();

    /** Probes as often and as long as the pace says, after some that do not count. What is not seen in 5 s counts as these. */
    void probe(Cluster cluster) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(7);
        cluster.warm(KEY);
        NodeProcess writer = cluster.node(0);
        NodeProcess reader = cluster.node(1);
        long start = System.nanoTime();
        long time = cluster.pace().probing().toNanos();
        for (int i = 0; probes() < cluster.pace().probes() && System.nanoTime() - start < time; i++) {
            reader.tell("watch " + KEY + " " + (cluster.database().version(KEY) + 1));
            reader.await("watching");
            writer.tell("update " + KEY);
            String[] updated = writer.await("updated");
            long seen = Long.parseLong(reader.await("seen", "late")[1]);
            boolean warm = i >= WARM_UP || System.nanoTime() - start > time / WARM_UP_SHARE;
            boolean acknowledged = Boolean.parseBoolean(updated[4]);
            if (warm && acknowledged) {
                sinceCommit.add(Math.max(0, seen - Long.parseLong(updated[2])));
                sinceAcknowledged.add(Math.max(0, seen - Long.parseLong(updated[3])));
            }
            Cluster.sleep(random.nextInt(4));
        }
    }

    /** How many probes there were. */
    long probes() {
        return sinceCommit.size();
    }

    /** From the commit. */
    Percentiles sinceCommit() {
        return percentiles(sinceCommit);
    }

    /** From the return of the write. */
    Percentiles sinceAcknowledged() {
        return percentiles(sinceAcknowledged);
    }

    private static Percentiles percentiles(List<Long> nanos) {
        return Percentiles.of(nanos.stream().mapToLong(Long::longValue).toArray());
    }
}
