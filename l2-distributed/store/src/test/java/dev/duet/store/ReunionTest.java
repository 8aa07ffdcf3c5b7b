package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.PendingOperation.PendingWrite;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two partitions that went on apart from the same data, as those of a member that was stopped and given up do, or of a cluster
 * that was split. Either may be the one that takes the other in.
 */
class ReunionTest {

    private static final RecordKey KEY = new RecordKey(0, "users", "a");
    private static final RecordKey OTHER = new RecordKey(0, "users", "b");

    private final StorePartition before = new StorePartition(0, 100, 100, 1_000);
    private long now = 1_000_000;

    private static StorePartition copy(StorePartition partition) {
        StorePartition copy = new StorePartition(0, 100, 100, 0);
        copy.restore(partition.image());
        return copy;
    }

    /** The one that others go on with: they cannot know what its owner numbered last. */
    private StorePartition takenOver(StorePartition partition) {
        StorePartition copy = copy(partition);
        copy.leap(now++, effect -> {});
        return copy;
    }

    private long write(StorePartition partition, RecordKey key, String value) {
        Content content = new Content(Payload.of(value.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
        return partition
                .execute(key, new PendingOperation.Enqueue(content, true), "n1", now++, effect -> {})
                .version();
    }

    private void made(StorePartition partition, RecordKey key, long version) {
        partition.execute(key, new PendingOperation.Flushed(version, false), "n1", now++, effect -> {});
        partition.evict(key); // as for want of room, or at the end of its life
    }

    private Map<String, String> pending(StorePartition partition) {
        Map<String, String> pending = new HashMap<>();
        for (PendingWrite write : claimed(partition)) {
            pending.put(write.key().key(), new String(write.payload().bytes(), StandardCharsets.UTF_8));
        }
        return pending;
    }

    private List<PendingWrite> claimed(StorePartition partition) {
        return partition
                .claim("users", "f", 1, 100, null, now += 1_000_000, effect -> {})
                .due();
    }

    private Map<String, String> together(StorePartition one, StorePartition two, boolean firstIsKept) {
        return pending(oneOf(one, two, firstIsKept));
    }

    private StorePartition oneOf(StorePartition one, StorePartition two, boolean firstIsKept) {
        StorePartition kept = copy(firstIsKept ? one : two);
        kept.absorb(copy(firstIsKept ? two : one), true, now++, effect -> {});
        return kept;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void A50_writeFromBefore_thatTheOthersHaveMadeAndWrittenAgain_doesNotComeBack(boolean survivorIsKept) {
        long first = write(before, KEY, "w1");
        StorePartition zombie = copy(before);
        StorePartition survivor = takenOver(before);
        made(survivor, KEY, first);
        made(survivor, KEY, write(survivor, KEY, "w2"));

        assertThat(together(survivor, zombie, survivorIsKept)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void A50_writeFromBefore_thatBothTookOver_andOneHasMade_doesNotComeBack(boolean survivorIsKept) {
        long first = write(before, KEY, "w1");
        StorePartition survivor = takenOver(before);
        StorePartition zombie = takenOver(before);
        made(survivor, KEY, first);

        assertThat(together(survivor, zombie, survivorIsKept)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void A50_writeFromBefore_thatIsMadeOnTheSideOfWhoeverKnowsNoMoreOfIt_doesNotComeBack(boolean survivorIsKept) {
        long first = write(before, KEY, "w1");
        StorePartition survivor = takenOver(before);
        made(survivor, KEY, first);
        StorePartition zombie = copy(before);
        for (int i = 0; i < Settled.MOST; i++) {
            RecordKey another = new RecordKey(0, "users", "k" + i);
            made(survivor, another, write(survivor, another, "v"));
        }

        assertThat(together(survivor, zombie, survivorIsKept)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void A50_writeThatAZombieWasTooLateWith_doesNotBeatALaterOneThatWasMade(boolean survivorIsKept) {
        StorePartition zombie = copy(before);
        StorePartition survivor = takenOver(before);
        write(zombie, KEY, "w1"); // as long as its clock stood still
        made(survivor, KEY, write(survivor, KEY, "w2"));

        assertThat(together(survivor, zombie, survivorIsKept)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesOfOtherKeys_ofBothSides_stay(boolean firstIsKept) {
        made(before, KEY, write(before, KEY, "w0"));
        StorePartition one = takenOver(before);
        StorePartition two = copy(before);
        write(one, OTHER, "of the first");
        write(two, KEY, "of the second");

        assertThat(together(one, two, firstIsKept))
                .containsExactlyInAnyOrderEntriesOf(Map.of("b", "of the first", "a", "of the second"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesOfOneKey_ofBothSides_areTheLaterOne_byAHigherNumberThanBoth(boolean firstIsKept) {
        write(before, KEY, "w1");
        StorePartition one = takenOver(before);
        StorePartition two = copy(before);
        long higher = write(one, KEY, "earlier");
        write(two, KEY, "later");

        StorePartition both = oneOf(one, two, firstIsKept);

        assertThat(claimed(both)).singleElement().satisfies(write -> {
            assertThat(write.payload().bytes()).isEqualTo("later".getBytes(StandardCharsets.UTF_8));
            assertThat(write.version()).isGreaterThan(higher).isLessThanOrEqualTo(both.head());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void laterWrite_ofAKeyThatTheOtherSideHasMade_stays_byAHigherNumber(boolean firstIsKept) {
        StorePartition one = takenOver(before);
        StorePartition two = copy(before);
        long higher = write(one, KEY, "earlier");
        made(one, KEY, higher);
        write(two, KEY, "later");

        assertThat(claimed(oneOf(one, two, firstIsKept))).singleElement().satisfies(write -> {
            assertThat(write.payload().bytes()).isEqualTo("later".getBytes(StandardCharsets.UTF_8));
            assertThat(write.version()).isGreaterThan(higher);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writeFromBefore_thatNeitherHasMade_staysAsItIs(boolean firstIsKept) {
        long first = write(before, KEY, "w1");
        StorePartition one = takenOver(before);
        StorePartition two = takenOver(before);

        assertThat(claimed(oneOf(one, two, firstIsKept)))
                .singleElement()
                .satisfies(write -> assertThat(write.version()).isEqualTo(first));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writeFromBefore_thatOneHasReplaced_isTheNewOne(boolean firstIsKept) {
        write(before, KEY, "w1");
        StorePartition one = takenOver(before);
        StorePartition two = takenOver(before);
        write(two, KEY, "w2");

        assertThat(together(one, two, firstIsKept)).isEqualTo(Map.of("a", "w2"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writeFromBefore_thatASideLacks_asItsCopyMissedChanges_stays(boolean firstIsKept) {
        StorePartition missed = copy(before);
        write(before, KEY, "w1");
        before.execute(OTHER, new Operation.Invalidate(), "n1", now++, missed::apply);
        StorePartition one = takenOver(before);
        missed.recover(now++, effect -> {});

        assertThat(together(one, missed, firstIsKept)).isEqualTo(Map.of("a", "w1"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void write_thatIsTakenInTwice_andMadeInBetween_doesNotComeBack(boolean firstIsKept) {
        StorePartition one = takenOver(before);
        StorePartition two = copy(before);
        long late = write(two, KEY, "of the second");
        one.absorb(copy(two), true, now++, effect -> {});
        made(one, KEY, late);

        assertThat(together(one, two, firstIsKept)).isEmpty();
    }

    @Test
    void partition_ofCachesThatDoNotWriteBehind_remembersNothing() {
        before.execute(
                KEY,
                new Operation.Put(new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0)),
                "n1",
                now,
                effect -> {});
        before.execute(KEY, new Operation.Invalidate(), "n1", now, effect -> {});

        assertThat(before.image()).noneMatch(Effect.Settled.class::isInstance);
    }

    @Test
    void partition_remembersSoManyWritesThatWereMade_oneOfEachKey() {
        for (int i = 0; i < 2 * Settled.MOST; i++) {
            RecordKey key = new RecordKey(0, "users", "k" + i % (Settled.MOST + 1));
            made(before, key, write(before, key, "v"));
        }

        assertThat(before.image().stream().filter(Effect.Settled.class::isInstance))
                .hasSize(Settled.MOST);
    }

    @Test
    void copy_thatAppliesTheEffects_remembersTheSame() {
        StorePartition copy = copy(before);
        for (String value : List.of("w1", "w2")) {
            Content content = new Content(Payload.of(value.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
            long version = before.execute(KEY, new PendingOperation.Enqueue(content, true), "n1", now++, copy::apply)
                    .version();
            before.execute(KEY, new PendingOperation.Flushed(version, false), "n1", now++, copy::apply);
            before.leap(now++, copy::apply);
        }

        assertThat(copy.image()).isEqualTo(before.image());
        assertThat(copy.image()).anyMatch(Effect.Settled.class::isInstance).anyMatch(Effect.Forked.class::isInstance);
    }
}
