package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.SOON;
import static dev.duet.testkit.contract.ContractNode.assertWritten;
import static dev.duet.testkit.contract.ContractNode.await;
import static dev.duet.testkit.contract.ContractNode.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each operation makes of a write that is pending, and what becomes of one that was made or could not be made. */
abstract class PendingContract {

    private final StoreContract contract;
    private ContractNode node;
    private RecordKey key;

    PendingContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        node = contract.join(StoreContract.fresh(1), "n1");
        key = node.key("users", "456");
    }

    private void assertQuiet(long head) {
        assertThat(node.head(key)).isEqualTo(head);
        assertThat(node.changesAfter(0, head)).isEmpty();
    }

    private void assertChange(long head) {
        assertThat(node.head(key)).isEqualTo(head + 1);
        assertThat(node.changesAfter(0, head)).containsExactly(new Change(0, head + 1, "users", "456", "n1"));
    }

    private void assertPending(String text) {
        assertThat(node.see(key)).isEqualTo(text);
        assertThat(node.claim("users", "nobody", 0).pending()).isEqualTo(1);
    }

    private void assertNothingPending() {
        assertThat(node.claim("users", "f", HOUR)).isEqualTo(ClaimContract.nothing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "value", "lease", "intent"})
    void enqueue_overAnything_isAChange_andIsRead(String state) {
        switch (state) {
            case "value" -> node.put(key, "old");
            case "lease" -> node.lease(key, "loader");
            case "intent" -> node.begin(key, "writer");
            default -> {}
        }
        long head = node.head(key);

        PendingReply reply = node.enqueue(key, "v1");

        assertThat(reply.version()).isEqualTo(head + 1);
        assertThat(reply.accepted()).isTrue();
        assertThat(reply.coalesced()).isFalse();
        assertThat(reply.writtenAt()).isPositive();
        assertChange(head);
        assertPending("v1");
    }

    @Test
    void enqueue_overAPendingWrite_takesItsPlace() {
        node.enqueue(key, "v1");
        long head = node.head(key);

        PendingReply reply = node.enqueue(key, "v2");

        assertThat(reply.version()).isEqualTo(head + 1);
        assertThat(reply.accepted()).isTrue();
        assertThat(reply.coalesced()).isTrue();
        assertChange(head);
        assertPending("v2");
    }

    @Test
    void enqueue_thatMustNotGrow_isRefused_unlessOneIsPending() {
        node.put(key, "old");
        long head = node.head(key);

        assertThat(node.execute(key, new PendingOperation.Enqueue(value("v1"), false)))
                .isEqualTo(new PendingReply(head, false, false, 0));
        assertQuiet(head);
        assertThat(node.see(key)).isEqualTo("old");
        assertNothingPending();

        node.enqueue(key, "v1");
        PendingReply reply = node.execute(key, new PendingOperation.Enqueue(value("v2"), false));
        assertThat(reply.accepted()).isTrue();
        assertThat(reply.coalesced()).isTrue();
        assertPending("v2");
    }

    @Test
    void reading_ofAPendingWrite_isAHitOfItsVersionInItsLife() {
        PendingReply written = node.enqueue(key, value("v1", HOUR));
        node.put(node.key("users", "7"), "other");

        assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Hit.class, hit -> {
            assertThat(hit.version()).isEqualTo(written.version());
            assertThat(hit.writtenAt()).isEqualTo(written.writtenAt());
            assertThat(hit.head()).isEqualTo(written.version() + 1);
            assertThat(hit.remaining()).isBetween(HOUR / 2, HOUR);
            assertThat(hit.stale()).isFalse();
        });
    }

    @Test
    void lease_onAPendingWrite_isRefusedWithIt_evenIfItIsDiscarded() {
        long head = node.enqueue(key, "v1").version();

        for (long discard : new long[] {0, head}) {
            assertThat(node.execute(key, new Operation.Lease("loader", HOUR, discard)))
                    .isInstanceOfSatisfying(
                            LeaseReply.Refused.class,
                            refused -> assertThat(ContractNode.seen(refused.reading()))
                                    .isEqualTo("v1"));
        }
        assertQuiet(head);
        assertPending("v1");
    }

    @Test
    void refresh_onAPendingWrite_isRefusedWithIt() {
        PendingReply written = node.enqueue(key, value("v1", HOUR));

        assertThat(node.execute(key, new Operation.Refresh("loader", HOUR, written.writtenAt())))
                .isInstanceOfSatisfying(
                        LeaseReply.Refused.class,
                        refused ->
                                assertThat(ContractNode.seen(refused.reading())).isEqualTo("v1"));
        assertPending("v1");
    }

    @Test
    void loadThatBeganBefore_isNotStored() {
        node.lease(key, "loader");
        long head = node.enqueue(key, "v1").version();

        assertThat(node.fill(key, "loader", "v0").stored()).isFalse();
        assertThat(node.renew(key, "loader", HOUR)).isFalse();
        assertThat(node.release(key, "loader")).isFalse();
        assertQuiet(head);
        assertPending("v1");
    }

    static Stream<Operation<?>> changes() {
        return Stream.of(
                new Operation.Put(value("put")),
                new Operation.Invalidate(),
                new Operation.Begin("w", HOUR),
                new Operation.Complete("w", 1, value("completed")),
                new Operation.Complete("w"));
    }

    @Test
    void otherWrites_areAChange_andLeaveAPendingWriteAsItIs() {
        long head = node.enqueue(key, "v1").version();
        for (Operation<?> write : changes().toList()) {
            Object reply = node.execute(key, write);
            if (reply instanceof Long version) {
                assertThat(version).isEqualTo(head + 1);
            } else {
                assertWritten((WriteReply) reply, head + 1, false);
            }
            assertChange(head);
            assertPending("v1");
            head++;
        }
    }

    @Test
    void writerThatFindsAPendingWrite_hasNoIntent() {
        node.enqueue(key, "v1");
        node.begin(key, "w");

        assertThat(node.renew(key, "w", HOUR)).isFalse();
    }

    @Test
    void floors_doNotHideAPendingWrite_butItsValueOnceItIsMade() {
        long version = node.enqueue(key, "v1").version();
        node.invalidateAll("users");

        assertPending("v1");
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Refused.class);
        assertThat(node.flushed(key, version)).isTrue();
        assertThat(node.see(key)).isEqualTo("missing");
        assertNothingPending();
    }

    @Test
    void A17_startingOver_doesNotHideAPendingWrite_butItsValueOnceItIsMade() {
        long version = node.enqueue(key, "v1").version();
        long head = await(node.namespace.startOver(0, node.head(key), 0));

        assertPending("v1");
        assertThat(node.claim("users", "f", HOUR).due())
                .extracting(w -> w.version())
                .containsExactly(version);
        assertThat(node.enqueue(key, "v2").version()).isEqualTo(head + 1);
        assertThat(node.flushed(key, version)).isFalse();
        assertThat(node.flushed(key, head + 1)).isTrue();
        assertThat(node.see(key)).isEqualTo("v2");

        long last = node.enqueue(key, "v3").version();
        await(node.namespace.startOver(0, node.head(key), 0));
        assertThat(node.flushed(key, last)).isTrue();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void flushed_leavesTheValue_quietly() {
        long version = node.enqueue(key, "v1").version();

        assertThat(node.flushed(key, version)).isTrue();

        assertQuiet(version);
        assertNothingPending();
        assertThat(node.read(key))
                .isInstanceOfSatisfying(
                        Reading.Hit.class, hit -> assertThat(hit.version()).isEqualTo(version));
        node.invalidate(key);
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void flushed_ofAWriteThatWasReplaced_leavesTheNewOnePending() {
        long first = node.enqueue(key, "v1").version();
        long second = node.enqueue(key, "v2").version();

        assertThat(node.flushed(key, first)).isFalse();
        assertPending("v2");
        assertThat(node.flushed(key, second)).isTrue();
        assertThat(node.flushed(key, second)).as("again").isTrue();
        assertNothingPending();
    }

    @Test
    void flushedLate_isWrittenOnceMore() {
        long version = node.enqueue(key, "v1").version();

        assertThat(node.flushedLate(key, version)).isFalse();
        assertPending("v1");
        assertThat(node.flushed(key, version)).isTrue();
        assertNothingPending();
    }

    @Test
    void flushedLate_afterANewerWriteWasMade_hasThatWrittenOnceMore() {
        long first = node.enqueue(key, "v1").version();
        long second = node.enqueue(key, "v2").version();
        node.flushed(key, second);

        assertThat(node.flushedLate(key, second)).as("nothing is newer").isTrue();
        assertThat(node.flushed(key, first)).as("not late").isTrue();
        assertNothingPending();
        assertThat(node.flushedLate(key, first)).isFalse();
        assertPending("v2");
        assertQuiet(second);
        assertThat(node.claim("users", "f", HOUR).due())
                .extracting(w -> w.version())
                .containsExactly(second);
    }

    @Test
    void flushedLate_afterANewerWriteWasInvalidated_writesNothing() {
        long first = node.enqueue(key, "v1").version();
        node.flushed(key, node.enqueue(key, "v2").version());
        node.invalidateAll("users");

        assertThat(node.flushedLate(key, first)).isTrue();
        assertNothingPending();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void flushedLate_afterALoad_writesNothing() {
        long first = node.enqueue(key, "v1").version();
        node.flushed(key, first);
        node.invalidate(key);
        node.lease(key, "loader");
        node.fill(key, "loader", new Content(value("v2").payload(), HOUR, 5));

        assertThat(node.flushedLate(key, first)).isTrue();
        assertNothingPending();
    }

    @Test
    void flushedLate_takesTheLoaderAway_thatMayHaveReadWhatTheLateWriteLeft() {
        long first = node.enqueue(key, "v1").version();
        PendingReply second = node.enqueue(key, value("v2", HOUR));
        node.flushed(key, second.version());
        node.execute(key, new Operation.Refresh("loader", HOUR, second.writtenAt()));

        node.flushedLate(key, first);
        node.flushed(key, second.version());

        assertThat(node.execute(key, new Operation.Fill("loader", second.version(), value("v1")))
                        .stored())
                .isFalse();
        assertThat(node.see(key)).isEqualTo("v2");
    }

    @Test
    void lifeThatEnds_whileAWriteIsPending_isServedWithNothingRemaining_andGoneOnceItIsMade() {
        long version = node.enqueue(key, value("v1", SOON)).version();

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Hit.class, hit -> {
                    assertThat(hit.remaining()).isZero();
                    assertThat(hit.stale()).isFalse();
                }));
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Refused.class);
        assertThat(node.flushed(key, version)).isTrue();
        assertThat(node.see(key)).isEqualTo("missing");
        assertNothingPending();
    }

    @Test
    void lifeThatEnded_beforeTheWriteWasMade_leavesTheRetainedValue() {
        Content content = new Content(value("v1").payload(), SOON, HOUR, 0);
        long version = node.enqueue(key, content).version();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> node.read(key) instanceof Reading.Hit hit && hit.remaining() == 0);

        assertThat(node.flushed(key, version)).isTrue();

        assertThat(node.read(key))
                .isInstanceOfSatisfying(
                        Reading.Missing.class,
                        missing -> assertThat(missing.retained() == null ? "" : ContractNode.seen(missing.retained()))
                                .isEqualTo("v1"));
    }

    @Test
    void failed_waitsForThePause_andSaysWhy() {
        long version = node.enqueue(key, "v1").version();

        assertThat(node.failed(key, version, 3, HOUR)).isTrue();

        assertQuiet(version);
        assertThat(node.see(key)).isEqualTo("v1");
        assertThat(node.claim("users", "f", HOUR).due()).isEmpty();
        assertThat(node.claim("users", "f", HOUR).pending()).isEqualTo(1);

        node.failed(key, version, 4, 0);
        assertThat(node.claim("users", "f", HOUR).due()).singleElement().satisfies(write -> {
            assertThat(write.key()).isEqualTo(key);
            assertThat(write.version()).isEqualTo(version);
            assertThat(write.attempts()).isEqualTo(4);
            assertThat(write.failure()).isEqualTo("down");
            assertThat(write.payload()).isEqualTo(value("v1").payload());
        });
    }

    @Test
    void failed_ofAWriteThatWasReplacedOrMade_doesNothing() {
        long first = node.enqueue(key, "v1").version();
        long second = node.enqueue(key, "v2").version();

        assertThat(node.failed(key, first, 1, Content.FOREVER)).isFalse();
        assertThat(node.claim("users", "f", HOUR).due())
                .singleElement()
                .satisfies(write -> assertThat(write.attempts()).isZero());
        node.flushed(key, second);
        assertThat(node.failed(key, second, 1, HOUR)).isFalse();
        assertNothingPending();
    }

    @Test
    void failed_withoutEnd_isParked_andReadAllTheSame() {
        long version = node.enqueue(key, "v1").version();

        node.failed(key, version, 5, Content.FOREVER);

        assertThat(node.see(key)).isEqualTo("v1");
        assertThat(node.claim("users", "f", HOUR)).isEqualTo(ClaimContract.nothing(0, 1));
        assertThat(node.parked("users", 10)).singleElement().satisfies(write -> {
            assertThat(write.key()).isEqualTo(key);
            assertThat(write.version()).isEqualTo(version);
            assertThat(write.attempts()).isEqualTo(5);
            assertThat(write.failure()).isEqualTo("down");
        });
    }

    @Test
    void requeue_ofAParkedWrite_isDueAtOnce_asIfItHadNotFailed() {
        long version = node.enqueue(key, "v1").version();
        assertThat(node.requeue(key)).as("not parked").isFalse();
        node.failed(key, version, 5, Content.FOREVER);

        assertThat(node.requeue(key)).isTrue();

        assertQuiet(version);
        assertThat(node.claim("users", "nobody", 0)).isEqualTo(ClaimContract.nothing(1, 0));
        assertThat(node.parked("users", 10)).isEmpty();
        assertThat(node.claim("users", "f", HOUR).due()).singleElement().satisfies(write -> {
            assertThat(write.version()).isEqualTo(version);
            assertThat(write.attempts()).isZero();
            assertThat(write.failure()).isEqualTo("down");
        });
        assertThat(node.requeue(node.key("users", "absent"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"3, false", "3, true", "0, true"})
    void enqueue_overAWriteThatFailed_isDueAtOnce_asIfNothingHadFailed(int attempts, boolean parked) {
        long version = node.enqueue(key, "v1").version();
        node.failed(key, version, attempts, parked ? Content.FOREVER : HOUR);

        assertThat(node.enqueue(key, "v2").coalesced()).isTrue();

        assertThat(node.claim("users", "nobody", 0)).isEqualTo(ClaimContract.nothing(1, 0));
        assertThat(node.parked("users", 10)).isEmpty();
        assertThat(node.claim("users", "f", HOUR).due()).singleElement().satisfies(write -> {
            assertThat(write.version()).isEqualTo(version + 1);
            assertThat(write.attempts()).isZero();
            assertThat(write.failure()).isNull();
        });
    }

    @Test
    void flushed_ofAParkedWrite_isMade() {
        long version = node.enqueue(key, "v1").version();
        node.failed(key, version, 5, Content.FOREVER);

        assertThat(node.flushed(key, version)).isTrue();

        assertThat(node.parked("users", 10)).isEmpty();
        assertNothingPending();
    }
}
