package dev.duet.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.store.Change;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heads, log and broadcast say the same. */
abstract class FeedContract {

    private static final int LOG = 1_024;

    private final StoreContract contract;
    private NamespaceConfig config;
    private ContractNode node;
    private RecordKey key;

    FeedContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        config = StoreContract.fresh(4);
        node = contract.join(config, "n1");
        key = node.key("users", "456");
    }

    static void awaitChanges(RecordingListener listener, int number) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(listener.changes()).hasSizeGreaterThanOrEqualTo(number));
    }

    @Test
    void heads_ofAFreshNamespace_standStill() {
        long[] heads = node.heads();

        assertThat(heads).hasSize(4);
        assertThat(LongStream.of(heads)).allMatch(head -> head > 0);
        assertThat(node.heads()).isEqualTo(heads);
        assertThat(node.read(key).head()).isEqualTo(heads[key.partition()]);
        assertThat(node.heads()).isEqualTo(heads);
    }

    @Test
    void firstOperation_onAFreshPartition_leavesNoGap() {
        long head = node.head(key);
        node.lease(key, "loader");
        node.fill(key, "loader", "v1");

        assertThat(node.invalidate(key)).isEqualTo(head + 1);
        assertThat(node.invalidateAll("users")[key.partition()]).isEqualTo(head + 2);
    }

    @Test
    void firstOperation_withoutAskingForHeads_isInTheLog() {
        long version = node.invalidate(key);

        assertThat(node.changesAfter(key.partition(), 0))
                .containsExactly(new Change(key.partition(), version, "users", "456", "n1"));
    }

    @Test
    void changes_advanceOnlyTheirPartition() {
        long[] before = node.heads();
        node.put(key, "v1");

        before[key.partition()]++;
        assertThat(node.heads()).isEqualTo(before);
    }

    @Test
    void invalidateAll_isOneChangeInEachPartition() {
        long[] before = node.heads();

        long[] floors = node.invalidateAll("users");

        assertThat(floors).isEqualTo(LongStream.of(before).map(head -> head + 1).toArray());
        assertThat(node.heads()).isEqualTo(floors);
        for (int p = 0; p < 4; p++) {
            assertThat(node.changesAfter(p, before[p])).containsExactly(new Change(p, floors[p], "users", null, "n1"));
        }
    }

    @Test
    void changesAfter_givesWhatCameAfter_inOrder() {
        long head = node.head(key);
        for (int i = 0; i < 5; i++) {
            node.invalidate(key);
        }

        assertThat(node.changesAfter(key.partition(), head + 2))
                .extracting(Change::version)
                .containsExactly(head + 3, head + 4, head + 5);
        assertThat(node.changesAfter(key.partition(), head + 5)).isEmpty();
    }

    @Test
    void log_isBounded_andKeepsTheLast() {
        List<CompletionStage<Long>> all = new ArrayList<>();
        for (int i = 0; i < 3 * LOG; i++) {
            all.add(node.namespace.execute(key, new Operation.Invalidate()));
        }
        all.forEach(ContractNode::await);
        long head = node.head(key);

        List<Change> log = node.changesAfter(key.partition(), 0);

        assertThat(log).hasSizeBetween(LOG, 2 * LOG);
        assertThat(log)
                .extracting(Change::version)
                .containsExactlyElementsOf(LongStream.rangeClosed(head - log.size() + 1, head)
                        .boxed()
                        .toList());
    }

    @Test
    void subscribe_onceAcknowledged_hearsEverything_fromAllNodes() {
        ContractNode other = contract.join(config, "n2");
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);
        assertThat(listener.events()).containsExactly("subscribed");

        long first = other.put(key, "v1").version();
        long second = node.invalidate(key);

        awaitChanges(listener, 2);
        assertThat(listener.changes())
                .containsExactly(
                        new Change(key.partition(), first, "users", "456", "n2"),
                        new Change(key.partition(), second, "users", "456", "n1"));
    }

    @Test
    void A09_changeMadeAsSoonAsTheFeedStands_isHeard() {
        ContractNode other = contract.join(config, "n2");
        CompletableFuture<Long> made = new CompletableFuture<>();
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onSubscribed() {
                super.onSubscribed();
                other.namespace.execute(key, new Operation.Invalidate()).thenAccept(made::complete);
            }
        };
        node.subscribe(listener);

        awaitChanges(listener, 1);
        assertThat(listener.changes()).extracting(Change::version).containsExactly(ContractNode.await(made));
        assertThat(listener.events()).containsExactly("subscribed", "change");
    }

    @Test
    void broadcast_saysWhatTheLogSays_inItsOrder_fromOneThreadAtATime() {
        long[] heads = node.heads();
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);

        List<CompletionStage<?>> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            RecordKey some = node.key("users", "k" + i % 20);
            all.add(node.namespace.execute(
                    some, i % 3 == 0 ? new Operation.Begin("w" + i, ContractNode.HOUR) : new Operation.Invalidate()));
        }
        all.forEach(ContractNode::await);
        node.invalidateAll("orders");

        awaitChanges(listener, 404);
        assertThat(listener.overlapped()).isFalse();
        for (int p = 0; p < 4; p++) {
            int partition = p;
            assertThat(listener.changes().stream().filter(c -> c.partition() == partition))
                    .containsExactlyElementsOf(node.changesAfter(p, heads[p]));
        }
    }

    @Test
    void log_numbersChangesWithoutAGap() {
        long head = node.head(key);
        for (int i = 0; i < 20; i++) {
            node.put(key, "v" + i);
            node.lease(key, "loader" + i);
        }

        assertThat(node.changesAfter(key.partition(), head))
                .extracting(Change::version)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(head + 1, head + 20).boxed().toList());
    }

    @Test
    void closedSubscription_hearsNothingMore_andTheOthersDo() {
        RecordingListener closed = new RecordingListener();
        RecordingListener open = new RecordingListener();
        ChangeSubscription subscription = node.subscribe(closed);
        node.subscribe(open);
        node.invalidate(key);
        awaitChanges(closed, 1);

        subscription.close();
        subscription.close();
        node.invalidate(key);

        awaitChanges(open, 2);
        assertThat(closed.changes()).hasSize(1);
    }

    @Test
    void closedNamespace_endsItsSubscriptions_andNotThoseOfOthers() {
        ContractNode other = contract.join(config, "n2");
        RecordingListener mine = new RecordingListener();
        RecordingListener theirs = new RecordingListener();
        node.subscribe(mine);
        other.subscribe(theirs);

        node.namespace.close();
        node.namespace.close();
        other.invalidate(key);

        awaitChanges(theirs, 1);
        assertThat(mine.changes()).isEmpty();
    }

    @Test
    void resubscribing_hearsFromThenOn() {
        RecordingListener first = new RecordingListener();
        node.subscribe(first).close();
        RecordingListener second = new RecordingListener();
        node.subscribe(second);
        node.invalidate(key);

        awaitChanges(second, 1);
        assertThat(first.changes()).isEmpty();
    }
}
