package dev.duet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import java.util.List;
import java.util.stream.LongStream;

/** A follower of two partitions that holds at most four messages of each, and what it called for. */
final class FollowerFixture {

    final RecordedEffects effects = new RecordedEffects();
    final Follower follower = new Follower(2, 4, effects);

    /** Subscribes, and has the first heads read; what that calls for is not kept. */
    FollowerFixture startedAt(long... heads) {
        follower.onSubscribed();
        look(0, true, heads);
        effects.taken();
        return this;
    }

    /** Messages of partition 0, in the given order. */
    void hear(long... versions) {
        for (long version : versions) {
            follower.onChange(change(0, version));
        }
    }

    /** The log's answer for partition 0. */
    void answer(long after, long... versions) {
        follower.onReplay(
                0, after, LongStream.of(versions).mapToObj(v -> change(0, v)).toList());
    }

    /** A whole audit, with nothing happening between question and answer. */
    void look(long sentAt, boolean eager, long... heads) {
        follower.onHeads(follower.audit(sentAt, eager), heads);
    }

    void calledFor(String... calls) {
        assertThat(effects.taken()).containsExactly(calls);
    }

    void calledForNothing() {
        assertThat(effects.taken()).isEqualTo(List.of());
    }

    static Change change(int partition, long version) {
        return new Change(partition, version, "users", "456", "n2");
    }
}
