package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.SOON;
import static dev.duet.testkit.contract.ContractNode.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values, leases and intents last for their time and no longer. */
abstract class ExpiryContract {

    private final StoreContract contract;
    private ContractNode node;
    private RecordKey key;

    ExpiryContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        node = contract.join(StoreContract.fresh(1), "n1");
        key = node.key("users", "456");
    }

    @Test
    void value_livesForItsLife() {
        node.execute(key, new Operation.Put(value("v", SOON)));

        assertThat(node.read(key))
                .isInstanceOfSatisfying(
                        Reading.Hit.class, hit -> assertThat(hit.remaining()).isBetween(1L, SOON));
        eventually("missing");
    }

    @Test
    void value_hasLessAndLessToLive() {
        node.execute(key, new Operation.Put(value("v", HOUR)));
        long first = ((Reading.Hit) node.read(key)).remaining();

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() ->
                        assertThat(((Reading.Hit) node.read(key)).remaining()).isLessThan(first));
    }

    @Test
    void filledValue_livesForItsLife() {
        node.lease(key, "loader");
        node.fill(key, "loader", value("v", SOON));

        assertThat(node.see(key)).isEqualTo("v");
        eventually("missing");
    }

    @Test
    void completedValue_livesForItsLife() {
        long version = node.begin(key, "writer");
        node.execute(key, new Operation.Complete("writer", version, value("v", SOON)));

        assertThat(node.see(key)).isEqualTo("v");
        eventually("missing");
    }

    @Test
    void expiredValue_canBeLeased() {
        node.execute(key, new Operation.Put(value("v", 1)));

        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void lease_runsOut_andAnotherLoaderTakesOver() {
        node.lease(key, "slow", SOON);

        assertThat(node.lease(key, "next"))
                .isInstanceOfSatisfying(
                        LeaseReply.Refused.class,
                        refused -> assertThat(((Reading.Loading) refused.reading()).remaining())
                                .isBetween(1L, SOON));
        await().atMost(Duration.ofSeconds(5)).until(() -> node.lease(key, "next") instanceof LeaseReply.Granted);
        assertThat(node.fill(key, "next", "v").stored()).isTrue();
    }

    @Test
    void lease_askedForAgain_doesNotLastLonger() {
        node.lease(key, "loader", SOON);
        node.lease(key, "loader", HOUR);

        eventually("missing");
    }

    @Test
    void expiredLease_cannotBeReleased() {
        node.lease(key, "slow", 1);

        assertThat(node.release(key, "slow")).isFalse();
    }

    @Test
    void intent_runsOut_andLeavesNothing() {
        node.put(key, "old");
        node.begin(key, "dead", SOON);

        assertThat(node.see(key)).isEqualTo("writing over old");
        eventually("missing");
    }

    @Test
    void intent_renewed_stands() {
        node.begin(key, "writer", SOON);
        node.renew(key, "writer", HOUR);
        node.begin(node.key("users", "clock"), "writer", SOON);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> node.see(node.key("users", "clock")).equals("missing"));
        assertThat(node.see(key)).isEqualTo("writing over nothing");
        assertThat(node.complete(key, "writer", "v").stored()).isTrue();
    }

    @Test
    void intent_renewedTooLate_isGone() {
        node.begin(key, "writer", 1);

        assertThat(node.renew(key, "writer", HOUR)).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void intent_ofTwo_outlivesTheOneThatRunsOut_andStaysContended() {
        node.begin(key, "dead", 1);
        node.begin(key, "first", SOON);
        node.begin(key, "second", HOUR);
        node.begin(node.key("users", "clock"), "writer", SOON);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> node.see(node.key("users", "clock")).equals("missing"));
        assertThat(node.see(key)).isEqualTo("writing over nothing");
        assertThat(node.complete(key, "second", "v").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    /** Not by whoever stores the intent again either: the one that ran out may have committed, and died. */
    @Test
    void A12_oldValue_goesWithTheWriterThatRanOut_andDoesNotComeBack() {
        for (String who : new String[] {"renews", "begins", "puts"}) {
            RecordKey record = node.key("users", who);
            node.execute(record, new Operation.Put(value("old", HOUR)));
            node.begin(record, "dead", SOON);
            node.begin(record, "alive");
            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> node.see(record).equals("writing over nothing"));

            switch (who) {
                case "renews" -> assertThat(node.renew(record, "alive", HOUR)).isTrue();
                case "begins" -> node.begin(record, "another");
                default -> node.put(record, "new");
            }

            assertThat(node.see(record)).as(who).isEqualTo("writing over nothing");
        }
    }

    @Test
    void oldValueInAnIntent_expiresToo() {
        node.execute(key, new Operation.Put(value("old", SOON)));
        node.begin(key, "writer");

        assertThat(node.see(key)).isEqualTo("writing over old");
        eventually("writing over nothing");
    }

    private void eventually(String seen) {
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(node.see(key)).isEqualTo(seen));
    }
}
