package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BulkTest {

    private static RecordKey key(int partition, int number) {
        return new RecordKey(partition, "users", partition + "-" + number);
    }

    private static List<Request<Reading>> reads(int partitions, int ofEach) {
        List<Request<Reading>> requests = new ArrayList<>();
        for (int i = 0; i < ofEach; i++) {
            for (int partition = 0; partition < partitions; partition++) {
                requests.add(new Request<>(key(partition, i), new Operation.Read()));
            }
        }
        return requests;
    }

    private static Stream<RecordKey> keys(List<Bulk<Reading>.Part> parts) {
        return parts.stream().flatMap(part -> part.calls().stream()).map(Step.Call::key);
    }

    @Test
    void groups_haveEachOperationOnce_andAreNotTooLong() {
        List<Request<Reading>> requests = reads(70, 250);

        List<List<Bulk<Reading>.Part>> groups = Bulk.groups(new Bulk<>(requests).parts());

        assertThat(groups.stream().flatMap(BulkTest::keys))
                .containsExactlyInAnyOrderElementsOf(
                        requests.stream().map(Request::key).toList());
        for (List<Bulk<Reading>.Part> group : groups) {
            assertThat(group.stream().map(part -> part.partition())).doesNotHaveDuplicates();
            assertThat(group).hasSizeLessThanOrEqualTo(Bulk.AT_ONCE).allMatch(part -> part.size() <= Step.Execute.MOST);
            assertThat(keys(group).count()).isLessThan(Bulk.MOST_AT_ONCE + Step.Execute.MOST);
        }
    }

    @Test
    void groups_ofFewOperations_areAsManyAsThePartitionsNeed() {
        assertThat(Bulk.groups(new Bulk<>(reads(64, 2)).parts())).hasSize(64 / Bulk.AT_ONCE);
    }

    @Test
    void reply_goesToItsRequest_andWhatHasNoneIsLeft() {
        Bulk<Reading> bulk = new Bulk<>(reads(2, 2));
        Bulk<Reading>.Part first = bulk.parts().get(0);
        Reading reading = new Reading.Missing(1, false, null);

        Bulk<Reading>.Part left = first.reply(List.of(Optional.empty(), Optional.of(reading)));

        assertThat(bulk.replies().stream()
                        .map(reply -> reply.toCompletableFuture().isDone()))
                .containsExactly(false, false, true, false);
        assertThat(bulk.replies().get(2)).isCompletedWithValue(reading);
        assertThat(keys(List.of(left))).containsExactly(key(0, 0));
        IllegalStateException failure = new IllegalStateException("expected");
        left.fail(failure);
        assertThat(bulk.replies().get(0)).isCompletedExceptionally();
        assertThat(bulk.replies().get(1)).isNotCompleted();
    }

    @Test
    void bulk_thatWritesToo_isNotReading() {
        RecordKey key = key(0, 0);
        Request<Object> read = request(key, new Operation.Lease("t1", 1_000, 0));
        Request<Object> write = request(key, new Operation.Invalidate());

        assertThat(new Bulk<>(List.of(read, read)).isReading()).isTrue();
        assertThat(new Bulk<>(List.of(read, write)).isReading()).isFalse();
    }

    @SuppressWarnings("unchecked") // its reply is an object
    private static Request<Object> request(RecordKey key, Operation<?> operation) {
        return new Request<>(key, (Operation<Object>) operation);
    }
}
