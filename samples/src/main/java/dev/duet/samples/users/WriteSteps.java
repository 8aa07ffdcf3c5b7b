package dev.duet.samples.users;

import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import java.util.List;

/** The steps in which a user changes her email on one node while all nodes hold the old one near. */
final class WriteSteps {

    private static final long USER = 456;
    private static final String EXPECTED = "3 of 3 nodes return the new one; 1 query";

    private final Narrator narrator;

    WriteSteps(Narrator narrator) {
        this.narrator = narrator;
    }

    Step update() {
        return new Step("A new email, by users.update", EXPECTED, () -> change("new.email@example.com", "update"));
    }

    Step aside() {
        return new Step(
                "A new email, by cache-aside: SQL, then invalidate",
                EXPECTED,
                () -> change("newer.email@example.com", "aside"));
    }

    private Finding change(String email, String via) throws Exception {
        narrator.warm(USER);
        List<Reply> old = narrator.readEverywhere(USER);
        long before = narrator.queries();
        narrator.write("node1", USER, email, via);
        List<Reply> replies = narrator.readEverywhere(USER);
        long queries = narrator.queries() - before;
        boolean allNear = old.stream().allMatch(reply -> reply.by().equals("near"));
        long fresh = replies.stream()
                .filter(reply -> reply.user().email().equals(email))
                .count();
        return new Finding(
                "%s%d of %d nodes return the new one; %s"
                        .formatted(
                                allNear ? "" : "not all nodes were warm; ",
                                fresh,
                                replies.size(),
                                Narrator.count(queries)),
                allNear && fresh == replies.size() && queries == 1);
    }
}
