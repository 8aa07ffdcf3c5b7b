package dev.duet.samples.users;

import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The steps in which one reader asks for one user. */
final class ReadSteps {

    private static final long USER = 123;
    private static final long SHORT_LIVED_USER = 200;
    private static final double SLOW_MICROS = 200_000;
    private static final double FAST_MICROS = 1_000;
    private static final int REPETITIONS = 5;
    private static final Duration MARGIN = Duration.ofMillis(200);

    private final StoryCluster cluster;
    private final Narrator narrator;

    ReadSteps(StoryCluster cluster, Narrator narrator) {
        this.cluster = cluster;
        this.narrator = narrator;
    }

    Step withoutCache() {
        return new Step("Without cache, all reads are slow", "2 reads of 200 ms or more, 2 queries", () -> {
            long before = narrator.queries();
            Reply first = narrator.read("node1", USER, "off");
            Reply second = narrator.read("node1", USER, "off");
            long queries = narrator.queries() - before;
            return new Finding(
                    "%s and %s, %d queries".formatted(took(first), took(second), queries),
                    first.micros() >= SLOW_MICROS && second.micros() >= SLOW_MICROS && queries == 2);
        });
    }

    Step cached() {
        return new Step(
                "With cache, all but the first are near", "200 ms or more, then near within 1 ms; 1 query", () -> {
                    long before = narrator.queries();
                    Reply first = narrator.read("node1", USER, "on");
                    List<Reply> more = new ArrayList<>();
                    for (int i = 0; i < REPETITIONS; i++) {
                        more.add(narrator.read("node1", USER, "on"));
                    }
                    double median = more.stream()
                            .mapToDouble(Reply::micros)
                            .sorted()
                            .skip(REPETITIONS / 2)
                            .findFirst()
                            .orElseThrow();
                    boolean near = more.stream().allMatch(reply -> reply.by().equals("near"));
                    long queries = narrator.queries() - before;
                    return new Finding(
                            "%s, then %s in %s (median of %d); %s"
                                    .formatted(
                                            took(first),
                                            near ? "near" : "not always near",
                                            Narrator.duration(median),
                                            REPETITIONS,
                                            Narrator.count(queries)),
                            first.micros() >= SLOW_MICROS && near && median < FAST_MICROS && queries == 1);
                });
    }

    Step anotherNode() {
        return new Step("Another node is answered by the store", "store, then near; no query", () -> {
            long before = narrator.queries();
            Reply first = narrator.read("node2", USER, "on");
            Reply second = narrator.read("node2", USER, "on");
            long queries = narrator.queries() - before;
            return new Finding(
                    "%s, then %s; %s".formatted(first.by(), second.by(), Narrator.count(queries)),
                    first.by().equals("store") && second.by().equals("near") && queries == 0);
        });
    }

    Step shortLife() {
        return new Step("A short life runs out", "near; after 2 s, what a script wrote meanwhile; 2 queries", () -> {
            String email = "by.a.script@example.com";
            long before = narrator.queries();
            narrator.read("node1", SHORT_LIVED_USER, "short");
            long filled = System.nanoTime();
            Reply alive = narrator.read("node1", SHORT_LIVED_USER, "short");
            cluster.database().updateEmail(SHORT_LIVED_USER, email);
            narrator.tell("UPDATE users, by a script", "", "", "", email);
            awaitSince(filled, UserService.SHORT_LIFE.plus(MARGIN));
            Reply loaded = narrator.read("node1", SHORT_LIVED_USER, "short");
            Reply other = narrator.read("node2", SHORT_LIVED_USER, "short");
            long queries = narrator.queries() - before;
            boolean fresh =
                    loaded.user().email().equals(email) && other.user().email().equals(email);
            boolean levels = alive.by().equals("near") && loaded.by().equals("database");
            return new Finding(
                    "%s; after 2 s, what %s; %s"
                            .formatted(
                                    alive.by(),
                                    fresh ? "a script wrote meanwhile" : "was there before",
                                    Narrator.count(queries)),
                    levels && fresh && queries == 2);
        });
    }

    private static void awaitSince(long start, Duration life) throws InterruptedException {
        long left = life.toNanos() - (System.nanoTime() - start);
        while (left > 0) {
            Thread.sleep(left / 1_000_000 + 1);
            left = life.toNanos() - (System.nanoTime() - start);
        }
    }

    private static String took(Reply reply) {
        return Narrator.duration(reply.micros());
    }
}
