package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.RecordKey;
import dev.duet.store.Window;
import dev.duet.store.WriteReply;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The anomalies, by number, that a store alone can meet. */
abstract class AnomaliesContract {

    private final StoreContract contract;
    private ContractNode node;
    private RecordKey key;

    AnomaliesContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        node = contract.join(StoreContract.fresh(1), "n1");
        key = node.key("users", "456");
    }

    @Test
    void A01_fillAfterAWrite_isRefused() {
        node.lease(key, "loader");
        node.invalidate(key);

        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A02_fillAfterValueCameAndWent_isRefused() {
        node.lease(key, "slow");
        node.invalidate(key);
        node.lease(key, "fast");
        node.fill(key, "fast", "v2");
        node.invalidate(key);

        assertThat(node.fill(key, "slow", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A06_valueBelowTheFloor_isAbsent() {
        node.put(key, "v1");
        node.invalidateAll("users");

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Granted.class);
        assertThat(node.fill(key, "loader", "v2").stored()).isTrue();
        assertThat(node.see(key)).isEqualTo("v2");
    }

    @Test
    void A06_leaseBelowTheFloor_cannotFill() {
        node.lease(key, "loader");
        node.invalidateAll("users");

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A06_leaseBelowTheFloor_cannotBeReleased_andIsNotInTheWay() {
        node.lease(key, "loader");
        node.invalidateAll("users");

        assertThat(node.release(key, "loader")).isFalse();
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Granted.class);
        assertThat(node.fill(key, "loader", "v2").stored()).isTrue();
    }

    @Test
    void A06_oldValueInAnIntentBelowTheFloor_isAbsent_andTheIntentStands() {
        node.put(key, "v1");
        node.begin(key, "writer");
        node.invalidateAll("users");

        assertThat(node.see(key)).isEqualTo("writing over nothing");
        assertThat(node.complete(key, "writer", "v2").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A06_intentBegunAtTheFloor_orLater_leavesItsValue() {
        node.invalidateAll("users");
        node.begin(key, "writer");

        assertThat(node.complete(key, "writer", "v1").stored()).isTrue();
        assertThat(node.see(key)).isEqualTo("v1");
    }

    @Test
    void A31_intentThatIsAnnouncedAgain_leavesNoValue() {
        node.execute(key, new Operation.Begin("writer", HOUR, true));

        assertThat(node.complete(key, "writer", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A06_intentBegunOverAValueBelowTheFloor_hasNoOldValue() {
        node.put(key, "v1");
        node.invalidateAll("users");
        node.begin(key, "writer");

        assertThat(node.see(key)).isEqualTo("writing over nothing");
        node.begin(key, "another");
        node.renew(key, "writer", HOUR);
        assertThat(node.see(key)).isEqualTo("writing over nothing");
    }

    @Test
    void A06_otherCaches_keepTheirValues() {
        RecordKey order = node.key("orders", "456");
        node.put(order, "o1");
        node.invalidateAll("users");

        assertThat(node.see(order)).isEqualTo("o1");
    }

    @Test
    void A06_floorsOfSeveralCaches_standBesideEachOther() {
        RecordKey order = node.key("orders", "456");
        node.put(key, "v1");
        node.put(order, "o1");
        node.invalidateAll("users");
        node.invalidateAll("orders");
        node.put(order, "o2");

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.see(order)).isEqualTo("o2");
    }

    @Test
    void A22_absence_isAValueThatAWriteEnds() {
        node.lease(key, "loader");
        node.fill(key, "loader", "known absent");
        node.begin(key, "writer");
        node.complete(key, "writer", "inserted");

        assertThat(node.see(key)).isEqualTo("inserted");
    }

    @Test
    void A23_lateFillAfterADelete_isRefused() {
        node.lease(key, "loader");
        node.begin(key, "deleter");

        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        node.complete(key, "deleter", null);
        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A24_versions_neverComeAgain_forARecordThatIsDeletedAndInserted() {
        long first = node.put(key, "v1").version();
        long deleted = node.invalidate(key);
        long second = node.put(key, "v1").version();

        assertThat(deleted).isGreaterThan(first);
        assertThat(second).isGreaterThan(deleted);
    }

    @Test
    void A27_loaderPastItsTerm_isFencedByItsToken() {
        node.lease(key, "paused", 1);
        node.lease(key, "next");

        assertThat(node.fill(key, "paused", "v1").stored()).isFalse();
        assertThat(node.release(key, "paused")).isFalse();
        assertThat(node.fill(key, "next", "v2").stored()).isTrue();
        assertThat(node.fill(key, "paused", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("v2");
    }

    @Test
    void A27_loaderPastItsTerm_cannotFillEvenIfNobodyTookOver() {
        node.lease(key, "paused", 1);

        assertThat(node.fill(key, "paused", "v1").stored()).isFalse();
    }

    @Test
    void A33_fillsAndLeases_publishNothing() {
        long head = node.head(key);
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);

        node.lease(key, "loader");
        node.fill(key, "loader", "v1");
        node.lease(node.key("users", "2"), "loader");
        node.release(node.key("users", "2"), "loader");
        node.read(key);
        node.begin(key, "writer");
        node.renew(key, "writer", HOUR);
        node.complete(key, "writer", "v2");
        long last = node.invalidate(key);

        assertThat(last).isEqualTo(head + 2);
        FeedContract.awaitChanges(listener, 2);
        assertThat(listener.changes()).extracting(Change::version).containsExactly(head + 1, head + 2);
    }

    @Test
    void A38_overlappingWriters_leaveNothing_andTheFirstToFinishDropsTheOldValue() {
        node.put(key, "v0");
        node.begin(key, "w1");
        node.begin(key, "w2");
        assertThat(node.see(key)).isEqualTo("writing over v0");

        assertThat(node.complete(key, "w1", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("writing over nothing");

        assertThat(node.complete(key, "w2", "v2").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A38_aThirdWriter_contendsWithTheOneThatIsLeft() {
        node.begin(key, "w1");
        node.begin(key, "w2");
        node.complete(key, "w1", "v1");
        node.begin(key, "w3");
        node.complete(key, "w2", "v2");

        assertThat(node.complete(key, "w3", "v3").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A40_leaseSentTwice_isGrantedTwice() {
        assertThat(node.lease(key, "loader")).isEqualTo(node.lease(key, "loader"));
        assertThat(node.fill(key, "loader", "v1").stored()).isTrue();
    }

    @Test
    void A40_leaseSentTwice_isGrantedAtTheSameHead_whateverElseChangesBetween() {
        LeaseReply first = node.lease(key, "loader");
        node.put(node.key("users", "789"), "v");

        assertThat(node.lease(key, "loader")).isEqualTo(first);
        assertThat(node.fill(key, "loader", "v1").stored()).isTrue();
        assertThat(node.see(key)).isEqualTo("v1");
    }

    @Test
    void A40_leaseGrantedAgainAfterAWrite_doesNotLetTheOldLoadFill() {
        node.lease(key, "loader");
        node.begin(key, "writer");
        node.complete(key, "writer", null);
        LeaseReply late = node.execute(key, new Operation.Lease("loader", ContractNode.HOUR, 0));

        assertThat(late).isInstanceOf(LeaseReply.Granted.class);
        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("loading");
    }

    @Test
    void A40_beginSentTwice_isOneChangeAndOneWriter() {
        long version = node.begin(key, "writer");

        assertThat(node.begin(key, "writer")).isEqualTo(version);
        assertThat(node.head(key)).isEqualTo(version);
        assertThat(node.complete(key, "writer", "v1").stored()).isTrue();
    }

    @Test
    void A40_beginSentTwice_doesNotContend_norHideThatOthersDo() {
        node.begin(key, "w1");
        node.begin(key, "w2");
        node.begin(key, "w1");
        node.complete(key, "w1", null);

        assertThat(node.complete(key, "w2", "v2").stored()).isFalse();
    }

    @Test
    void A40_beginSentAgainAfterAnotherWrite_doesNotLetTheOldValueIn() {
        long version = node.begin(key, "w1");
        node.complete(key, "w1", "v1");
        node.begin(key, "w2");
        node.complete(key, "w2", "v2");
        node.execute(key, new Operation.Begin("w1", HOUR));

        assertThat(node.complete(key, "w1", version, "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A40_completeSentTwice_isHarmless() {
        node.begin(key, "writer");
        node.complete(key, "writer", "v1");
        node.complete(key, "writer", "v1");

        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void A40_fillSentTwice_leavesTheValue() {
        node.lease(key, "loader");
        node.fill(key, "loader", "v1");

        assertThat(node.fill(key, "loader", "v1").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("v1");
    }

    private long head() {
        return ContractNode.await(node.namespace.heads())[0];
    }

    /** Windows that are over, and one that has not begun since the store's clock went back. */
    private List<Window> wrongWindows() {
        Window now = node.namespace.window(key.partition(), 60_000_000);
        return List.of(
                Window.of(now.from() - HOUR, 60_000_000),
                new Window(0, 1),
                new Window(now.until() + HOUR, Window.ALWAYS.until()));
    }

    @Test
    void A44_putOutsideItsWindow_changesNothing() {
        node.lease(key, "loader");
        long head = head();

        for (Window window : wrongWindows()) {
            assertThat(node.execute(key, new Operation.Put(value("v1"), window)))
                    .isEqualTo(new WriteReply(head, false, 0, true));
        }

        assertThat(head()).isEqualTo(head);
        assertThat(node.fill(key, "loader", "v2").stored())
                .as("the lease stands")
                .isTrue();
        assertThat(node.see(key)).isEqualTo("v2");
        Window open = node.namespace.window(key.partition(), 60_000_000);
        WriteReply stored = node.execute(key, new Operation.Put(value("v3"), open));
        assertThat(stored.stored()).isTrue();
        assertThat(stored.late()).isFalse();
        assertThat(node.see(key)).isEqualTo("v3");
    }

    @Test
    void A44_enqueueOutsideItsWindow_changesNothing() {
        node.enqueue(key, "v2");
        long head = head();

        for (Window window : wrongWindows()) {
            assertThat(node.execute(key, new PendingOperation.Enqueue(value("v1"), true, window)))
                    .isEqualTo(new PendingReply(head, false, false, 0, true));
        }

        assertThat(head()).isEqualTo(head);
        assertThat(node.see(key)).isEqualTo("v2");
        assertThat(node.claim("users", "f", HOUR).due()).hasSize(1);
        Window open = node.namespace.window(key.partition(), 60_000_000);
        PendingReply accepted = node.execute(key, new PendingOperation.Enqueue(value("v3"), true, open));
        assertThat(accepted.accepted()).isTrue();
        assertThat(accepted.late()).isFalse();
    }
}
