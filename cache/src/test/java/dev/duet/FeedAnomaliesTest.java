package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.Cluster.Member;
import dev.duet.store.Change;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The anomalies of the change feed: messages lost, late or repeated, feeds that hang, nodes that stop, stores that go back. */
class FeedAnomaliesTest {

    private static final long ID = 456;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration AUDIT = BOUND.dividedBy(4);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void A07_lastMessageLost_isReplayedByTheSecondAuditFromThen() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        assertThat(n1.email(ID)).isEqualTo("v1");

        cluster.advance(AUDIT);
        cluster.advance(AUDIT);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.duet.stats().feed().replayed()).isEqualTo(1);
    }

    @Test
    void A07_moreLostThanTheLogHolds_givesUpThePartition() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        for (int i = 0; i < 1_024; i++) {
            n2.users.invalidate(7L);
        }

        cluster.advance(AUDIT);
        cluster.advance(AUDIT);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.duet.stats().feed().replayed()).isZero();
        assertThat(n1.duet.stats().feed().floorsRaised()).isEqualTo(2);
    }

    @Test
    void A08_feedHangs_everyReadIsWithinTheBound() {
        n1.email(ID);
        n1.link.holdFeed();
        for (int i = 0; i < 40; i++) {
            cluster.advance(Duration.ofMillis(100));
            long stale = staleness();
            assertThat(stale).isLessThanOrEqualTo(BOUND.toMillis());
            commitNow();
        }
        assertThat(n1.duet.stats().feed().subscriptions()).isGreaterThan(1);
    }

    @Test
    void A08_feedHangsAndTheStoreAnswersNothing_nothingOlderThanTheBoundIsServed() {
        n1.email(ID);
        cluster.advance(AUDIT);
        n1.link.holdFeed();
        n1.link.silent(true);
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);

        n1.advanceAlone(BOUND.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");
        n1.advanceAlone(Duration.ofMillis(1));

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.health().status()).isNotEqualTo(Health.Status.UP);
    }

    @Test
    void A08_nothingChanges_entriesAreServedForTheirWholeLife() {
        n1.email(ID);

        cluster.advance(Cluster.TTL.minusMillis(1));

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.UP);
        assertThat(n1.duet.health().freshnessLag()).isLessThanOrEqualTo(AUDIT);
    }

    @Test
    void A08_auditsFailAndGoOn_entriesAreServedAgain() {
        n1.email(ID);
        n1.link.down(true);
        cluster.advance(BOUND.plus(AUDIT));
        assertThat(n1.isNear(ID)).isFalse();

        n1.link.down(false);
        cluster.advance(AUDIT.multipliedBy(2)); // the first is before other nodes have had time to pay what they owe

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void A09_changeBetweenReconnectAndSubscription_isFetched() {
        n1.email(ID);
        n1.email(7);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);

        n1.link.reconnect();

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.stats().feed().replayed()).isEqualTo(1);
    }

    @Test
    void A11_messageLost_laterOneGivesUpTheNearEntries() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        n2.users.invalidate(7L);

        List<Change> held = n1.link.held();
        n1.link.deliver(held.get(1));

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.stats().feed().gaps()).isEqualTo(1);
    }

    @Test
    void A11_laterMessageFirst_isHeldUntilTheEarlierOneIsReplayed() {
        n1.email(ID);
        n1.email(7);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        n2.users.invalidate(7L);

        n1.link.deliver(n1.link.held().get(1));

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.stats().feed().replayed()).isEqualTo(2);
        assertThat(n1.duet.stats().feed().floorsRaised()).isEqualTo(1); // that of the start
    }

    @Test
    void A11_messageAfterItsReplay_evictsNothingNewer() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        n1.advanceAlone(Duration.ofMillis(250));
        n1.advanceAlone(Duration.ofMillis(250));
        assertThat(n1.email(ID)).isEqualTo("v2");

        n1.link.held().forEach(n1.link::deliver);

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.duet.stats().feed().repeated()).isEqualTo(1);
    }

    @Test
    void A11_messageTwice_costsAPartitionAndNothingStale() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        Change change = n1.link.held().get(0);

        n1.link.deliver(change);
        assertThat(n1.email(ID)).isEqualTo("v2");
        n1.link.deliver(change);

        assertThat(n1.duet.stats().feed().wentBack()).isEqualTo(1);
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void A16_storeLosesChanges_nothingFromBeforeIsServed() throws Exception {
        n1.email(ID);
        try (Namespace raw = cluster.store.open(new NamespaceConfig("duet", 1), "raw")) {
            cluster.commit(ID, "v2");
            n2.users.invalidate(ID);
            n2.users.put(ID, new Cluster.User(ID, "v1", 1)); // what a replica without the change would hold
            long head = head(raw);

            n1.link.goBack(2);
            cluster.advance(AUDIT);

            assertThat(n1.duet.stats().feed().wentBack()).isEqualTo(1);
            assertThat(n1.email(ID)).isEqualTo("v2");
            assertThat(n1.isNear(ID)).isTrue();
            assertThat(head(raw)).isGreaterThan(head);
        }
    }

    @Test
    void A28_nodeStopsForLongerThanTheBound_servesNothingFromBefore() {
        n1.email(ID);
        cluster.advance(AUDIT);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);

        n1.stop(BOUND.multipliedBy(3));

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A28_auditSentBeforeAStop_isWorthNothingAfterIt() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n2.users.invalidate(ID);
        n1.link.holdHeads();
        n1.advanceAlone(AUDIT);

        n1.stop(BOUND.multipliedBy(3));
        n1.link.deliverHeads();

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    /** How long ago what n1 reads was superseded. */
    private long staleness() {
        long now = cluster.storeMicros.get() / 1_000;
        String email = n1.email(ID);
        return email == null || email.equals(cluster.database.get(ID).email())
                ? 0
                : now - Long.parseLong(supersededAt(email));
    }

    private final java.util.Map<String, String> superseded = new java.util.HashMap<>();

    private String supersededAt(String email) {
        return superseded.get(email);
    }

    private void commitNow() {
        String now = Long.toString(cluster.storeMicros.get() / 1_000);
        superseded.put(cluster.database.get(ID).email(), now);
        cluster.commit(ID, "at " + now);
        n2.users.invalidate(ID);
    }

    private static long head(Namespace namespace) throws Exception {
        CompletionStage<long[]> heads = namespace.heads();
        return heads.toCompletableFuture().get()[0];
    }
}
