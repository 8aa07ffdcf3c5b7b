package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import dev.duet.store.Content;
import dev.duet.store.Effect;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PartitionStateTest {

    private static final UUID MEMBER = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final RecordKey KEY = new RecordKey(3, "users", "a");
    private static final SteppedClocks CLOCKS = new SteppedClocks();
    private static final Limits LIMITS = new Limits(3, 100);

    private final InternalSerializationService serialization = new DefaultSerializationServiceBuilder().build();
    private long request;

    private static Content content(String text) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
    }

    private Batch step(PartitionState state, long now, Operation<?> operation) {
        List<Effect> effects = new ArrayList<>();
        new Step.Call<>(KEY, operation).run(state.partition(), "n1", now, effects::add);
        return state.done(MEMBER, now, ++request, new byte[] {1}, effects);
    }

    private static Reading read(PartitionState state) {
        return state.partition().execute(KEY, new Operation.Read(), "n1", 1_000_000, effect -> {});
    }

    /** A partition, and a backup that has followed it so far. */
    private static final class Pair {
        final PartitionState partition = new PartitionState(LIMITS.partition(0), CLOCKS.clocks(), 0);
        final PartitionState backup = new PartitionState(LIMITS.partition(0), CLOCKS.clocks(), 0);

        Pair() {
            partition.partition().apply(new Effect.Renumbered(100, 100));
            backup.follow(partition.done(MEMBER, 1, 0, new byte[0], List.of(new Effect.Renumbered(100, 100))));
        }
    }

    @Test
    void backup_thatFollowsEachStep_isTheSame() {
        Pair pair = new Pair();

        for (Operation<?> operation : List.of(
                new Operation.Put(content("one")),
                new Operation.Begin("w1", 1_000),
                new Operation.Complete("w1", 102, content("two")),
                new PendingOperation.Enqueue(content("three"), true))) {
            pair.backup.follow(step(pair.partition, 10, operation));
        }

        assertThat(pair.backup.isDamaged()).isFalse();
        assertThat(pair.backup.isNewTo(MEMBER)).isFalse();
        assertThat(pair.backup.partition().image())
                .isEqualTo(pair.partition.partition().image());
        assertThat(read(pair.backup)).isEqualTo(read(pair.partition));
    }

    @Test
    void backup_thatMissedAStep_isDamaged_andSaysThatItIsAfterItWasMoved() {
        Pair pair = new Pair();
        step(pair.partition, 10, new Operation.Put(content("one")));

        pair.backup.follow(step(pair.partition, 20, new Operation.Put(content("two"))));

        assertThat(pair.backup.isDamaged()).isTrue();
        assertThat(pair.backup.isNewTo(MEMBER)).isTrue();
        PartitionState moved = serialization.toObject(serialization.toData(pair.backup));
        assertThat(moved.isDamaged()).isTrue();
    }

    @Test
    void backup_thatGetsAStepWhichItHasAlready_doesNothing() {
        Pair pair = new Pair();
        Batch put = step(pair.partition, 10, new Operation.Put(content("one")));
        pair.backup.follow(put);

        pair.backup.follow(put);

        assertThat(pair.backup.isDamaged()).isFalse();
        assertThat(pair.backup.partition().changesAfter(0)).hasSize(1);
    }

    @Test
    void state_thatIsMoved_isTheSame() {
        Pair pair = new Pair();
        step(pair.partition, 10, new Operation.Put(content("one")));
        step(pair.partition, 20, new Operation.Lease("l1", 500, 0));

        PartitionState moved = serialization.toObject(serialization.toData(pair.partition));

        assertThat(moved.partition().image())
                .isEqualTo(pair.partition.partition().image());
        assertThat(moved.partition().head()).isEqualTo(101);
        assertThat(moved.now()).isGreaterThanOrEqualTo(pair.partition.now());
        assertThat(moved.replyTo(request)).isEqualTo(new byte[] {1});
        assertThat(moved.isNewTo(MEMBER)).isFalse();
        assertThat(moved.isNewTo(OTHER)).isTrue();
        Batch next = step(pair.partition, 30, new Operation.Invalidate());
        moved.follow(next);
        assertThat(moved.isDamaged()).isFalse();
    }

    @Test
    void merge_keepsWhatIsPendingOnEitherSide_theLaterOfTwo_andNothingElse() {
        Pair one = new Pair();
        Pair two = new Pair();
        RecordKey other = new RecordKey(3, "users", "b");
        one.partition.partition().execute(KEY, enqueue("early"), "n1", 10, effect -> {});
        two.partition.partition().execute(KEY, enqueue("late"), "n2", 20, effect -> {});
        two.partition.partition().execute(other, new Operation.Put(content("cached")), "n2", 30, effect -> {});
        long highest = Math.max(
                one.partition.partition().head(), two.partition.partition().head());

        for (PartitionState merged :
                List.of(one.partition.merged(two.partition), two.partition.merged(one.partition))) {
            assertThat(merged.partition().head()).isGreaterThan(highest + 1_000);
            assertThat(merged.partition().changesAfter(0)).isEmpty();
            assertThat(read(merged))
                    .isInstanceOfSatisfying(
                            Reading.Hit.class,
                            hit -> assertThat(hit.payload())
                                    .isEqualTo(content("late").payload()));
            assertThat(merged.partition().execute(other, new Operation.Read(), "n1", 50, effect -> {}))
                    .isInstanceOf(Reading.Missing.class);
            assertThat(merged.isNewTo(MEMBER)).isTrue();
        }
    }

    @Test
    void A50_merge_dropsWhatTheOtherSideHasMade_butNotWhatABackupMissed() {
        PartitionState zombie = new PartitionState(LIMITS.partition(100), CLOCKS.clocks(), 0);
        PartitionState missed = serialization.toObject(serialization.toData(zombie));
        step(zombie, 10, enqueue("w1"));
        PartitionState survivor = serialization.toObject(serialization.toData(zombie));
        survivor.partition().leap(20, effect -> {});
        step(survivor, 30, new PendingOperation.Flushed(101, false));
        survivor.partition().evict(KEY);
        missed.follow(step(zombie, 40, new Operation.Invalidate()));
        assertThat(missed.isDamaged()).isTrue();

        assertThat(read(survivor.merged(zombie))).isInstanceOf(Reading.Missing.class);
        assertThat(read(zombie.merged(survivor))).isInstanceOf(Reading.Missing.class);
        assertThat(read(missed.merged(zombie))).isInstanceOf(Reading.Hit.class);
        assertThat(read(zombie.merged(missed))).isInstanceOf(Reading.Hit.class);
    }

    private static Operation<?> enqueue(String text) {
        return new PendingOperation.Enqueue(content(text), true);
    }
}
