package dev.duet.samples.users;

import static java.util.Objects.requireNonNull;

import dev.duet.CacheStats;
import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Many readers on every node want one user at once, whom no level holds. */
final class ManyReadersStep {

    private static final int READERS = 50;
    private static final int ALL_READERS = READERS * StoryCluster.NODES.size();
    private static final User COLD_USER = new User(900, "User 900", "user900@example.com");
    private static final long WARM_USER = 123;

    private final StoryCluster cluster;
    private final Narrator narrator;

    ManyReadersStep(StoryCluster cluster, Narrator narrator) {
        this.cluster = cluster;
        this.narrator = narrator;
    }

    Step step() {
        return new Step(
                READERS + " readers on each node, one cold user", ALL_READERS + " right answers; 1 query", this::play);
    }

    /** An answer, and how long after the start it came, in microseconds. */
    private record Timed(Reply reply, double micros) {}

    private Finding play() throws Exception {
        readAllAtOnce(WARM_USER); // so that opening connections does not keep the readers apart
        long before = narrator.queries();
        Map<String, CacheStats> statsBefore = stats();
        Map<String, List<Timed>> answers = readAllAtOnce(COLD_USER.id());
        Map<String, CacheStats> statsAfter = stats();
        long right = 0;
        for (Map.Entry<String, List<Timed>> entry : answers.entrySet()) {
            String node = entry.getKey();
            double slowest =
                    entry.getValue().stream().mapToDouble(Timed::micros).max().orElseThrow();
            right += entry.getValue().stream()
                    .filter(answer -> answer.reply().user().equals(COLD_USER))
                    .count();
            narrator.tell(
                    "%d x GET /users/%d".formatted(READERS, COLD_USER.id()),
                    node,
                    "",
                    Narrator.duration(slowest),
                    how(requireNonNull(statsBefore.get(node)), requireNonNull(statsAfter.get(node))));
        }
        long queries = narrator.queries() - before;
        return new Finding(
                "%d right answers; %s".formatted(right, Narrator.count(queries)), right == ALL_READERS && queries == 1);
    }

    private Map<String, List<Timed>> readAllAtOnce(long id) {
        Map<String, List<CompletableFuture<Timed>>> asked = new LinkedHashMap<>();
        StoryCluster.NODES.forEach(node -> asked.put(node, new ArrayList<>()));
        long start = System.nanoTime();
        for (int i = 0; i < READERS; i++) {
            asked.forEach((node, readers) -> readers.add(cluster.node(node)
                    .getAsync(id, "on")
                    .thenApply(reply -> new Timed(reply, (System.nanoTime() - start) / 1e3))));
        }
        Map<String, List<Timed>> answers = new LinkedHashMap<>();
        asked.forEach((node, readers) ->
                answers.put(node, readers.stream().map(CompletableFuture::join).toList()));
        return answers;
    }

    private Map<String, CacheStats> stats() throws IOException, InterruptedException {
        Map<String, CacheStats> stats = new LinkedHashMap<>();
        for (String node : StoryCluster.NODES) {
            stats.put(node, cluster.node(node).stats().cache("users"));
        }
        return stats;
    }

    /** How readers were answered who did not have to ask themselves. */
    private static String how(CacheStats before, CacheStats after) {
        return "%d shared, %d near".formatted(after.joined() - before.joined(), after.nearHits() - before.nearHits());
    }
}
