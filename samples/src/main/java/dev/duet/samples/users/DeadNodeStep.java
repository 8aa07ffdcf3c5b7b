package dev.duet.samples.users;

import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import java.util.List;

/** A node is killed, the others go on, and it comes back. */
final class DeadNodeStep {

    private static final long USER = 123;
    private static final String EMAIL = "two.nodes@example.com";
    private static final String EXPECTED = "near, near; after a write, database, store; node3 back: store; 1 query";

    private final StoryCluster cluster;
    private final Narrator narrator;

    DeadNodeStep(StoryCluster cluster, Narrator narrator) {
        this.cluster = cluster;
        this.narrator = narrator;
    }

    Step step() {
        return new Step("A node dies, and comes back", EXPECTED, this::play);
    }

    private Finding play() throws Exception {
        long before = narrator.queries();
        narrator.timed("kill -9 " + cluster.pid("node3"), "node3", () -> cluster.kill("node3"));
        Reply first = narrator.read("node1", USER, "on");
        Reply second = narrator.read("node2", USER, "on");
        narrator.write("node1", USER, EMAIL, "update");
        Reply third = narrator.read("node1", USER, "on");
        Reply fourth = narrator.read("node2", USER, "on");
        narrator.timed("start it again", "node3", () -> cluster.restart("node3"));
        Reply back = narrator.read("node3", USER, "on");
        long queries = narrator.queries() - before;

        boolean levels = List.of(first, second, third, fourth, back).stream()
                .map(Reply::by)
                .toList()
                .equals(List.of("near", "near", "database", "store", "store"));
        boolean fresh = List.of(third, fourth, back).stream()
                .allMatch(reply -> reply.user().email().equals(EMAIL));
        return new Finding(
                "%s, %s; after a write, %s, %s; node3 back: %s; %s%s"
                        .formatted(
                                first.by(),
                                second.by(),
                                third.by(),
                                fourth.by(),
                                back.by(),
                                Narrator.count(queries),
                                fresh ? "" : "; an old email"),
                levels && fresh && queries == 1);
    }
}
