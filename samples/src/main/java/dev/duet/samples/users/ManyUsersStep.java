package dev.duet.samples.users;

import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/** More users than the near cache may hold are read once each, while a few are read all the time. */
final class ManyUsersStep {

    private static final String NODE = "node2";
    private static final String CACHE = "small";
    private static final int HOT_USERS = 5;
    private static final int HOT_READS = 10;
    private static final int FIRST = 501;
    private static final int LAST = 740;
    private static final int AT_A_TIME = 16;
    private static final int QUERIES = HOT_USERS + LAST - FIRST + 1;

    private final StoryCluster cluster;
    private final Narrator narrator;

    ManyUsersStep(StoryCluster cluster, Narrator narrator) {
        this.cluster = cluster;
        this.narrator = narrator;
    }

    Step step() {
        return new Step(
                "More users than the near cache may hold",
                "at most %d users near, the hot ones among them; %s"
                        .formatted(UserService.SMALL_SIZE, Narrator.count(QUERIES)),
                this::play);
    }

    private Finding play() throws Exception {
        long before = narrator.queries();
        narrator.timed("%d x GET /users/1..%d?cache=small".formatted(HOT_READS, HOT_USERS), NODE, this::warmUp);
        narrator.timed("GET /users/%d..%d, and 1..%d often".formatted(FIRST, LAST, HOT_USERS), NODE, this::scan);
        int near = 0;
        for (long id = 1; id <= HOT_USERS; id++) {
            near += narrator.read(NODE, id, CACHE).by().equals("near") ? 1 : 0;
        }
        long size = cluster.node(NODE).stats().cache("users-small").nearSize();
        long queries = narrator.queries() - before;
        return new Finding(
                "%d users near, %d of the %d hot ones among them; %s"
                        .formatted(size, near, HOT_USERS, Narrator.count(queries)),
                size <= UserService.SMALL_SIZE && near == HOT_USERS && queries == QUERIES);
    }

    private void warmUp() {
        for (int i = 0; i < HOT_READS; i++) {
            read(1, HOT_USERS);
        }
    }

    private void scan() {
        for (int id = FIRST; id <= LAST; id += AT_A_TIME) {
            read(id, Math.min(id + AT_A_TIME - 1, LAST));
            read(1, HOT_USERS);
        }
    }

    /** Reads users, all at once. */
    private void read(int first, int last) {
        NodeClient node = cluster.node(NODE);
        LongStream.rangeClosed(first, last)
                .mapToObj(id -> node.getAsync(id, CACHE))
                .toList()
                .forEach(CompletableFuture<Reply>::join);
    }
}
