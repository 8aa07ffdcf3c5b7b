package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The anomalies of writers: they die, stop, overlap, do not know their outcome, and read what they have not committed. */
class WriteAnomaliesTest {

    private static final long ID = 456;
    private static final long OTHER = 7;
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        cluster.commit(OTHER, "w1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void A12_writerDiesAfterCommit_theIntentRunsOutAndTheNewValueIsLoaded() {
        n1.email(ID);
        n2.email(ID);

        WriteIntent ofTheDead = n1.users.beginWrite(ID);
        cluster.commit(ID, "v2");
        n1.die();
        assertThat(n2.email(ID)).isEqualTo("v1");
        cluster.advance(BOUND);

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n2.isNear(ID)).isTrue();
        assertThat(ofTheDead).isNotNull();
    }

    @Test
    void A12_writerDiesBeforeCommit_theOldValueIsLoadedAgain() {
        n2.email(ID);

        WriteIntent ofTheDead = n1.users.beginWrite(ID);
        n1.die();
        cluster.advance(BOUND);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n2.isNear(ID)).isTrue();
        assertThat(ofTheDead).isNotNull();
    }

    @Test
    void A13_readBetweenAnnouncementAndCommit_keepsNothingAnywhere() throws Exception {
        n1.users.update(ID, () -> {
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(elsewhere(() -> n1.email(ID))).isEqualTo("v1");
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A14_commitWhoseAnswerWasLost_isSeen() {
        n1.email(ID);
        n2.email(ID);

        assertThatThrownBy(() -> n1.users.update(ID, () -> {
                    cluster.commit(ID, "v2");
                    throw new IllegalStateException("connection reset");
                }))
                .hasMessage("connection reset");

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A19_loadInOlderSnapshotWhileWriting_isForNobodyElse() {
        User old = cluster.select(OTHER);
        n2.users.update(OTHER, () -> cluster.commit(OTHER, "w2"));

        n1.users.update(ID, () -> {
            User seen = n1.users.get(OTHER, key -> old); // the transaction began before w2 was committed
            assertThat(seen).isEqualTo(old);
            cluster.commit(ID, "v2");
        });

        assertThat(n1.email(OTHER)).isEqualTo("w2");
        assertThat(n2.email(OTHER)).isEqualTo("w2");
    }

    @Test
    void A20_loadOfUncommittedRowWhileWriting_isForNobodyElse() {
        assertThatThrownBy(() -> n1.users.update(ID, () -> {
                    User dirty = n1.users.get(OTHER, key -> {
                        assertThat(elsewhere(() -> n1.email(OTHER))).isEqualTo("w1"); // did not join this load
                        return new User(OTHER, "never committed", 2);
                    });
                    assertThat(dirty.email()).isEqualTo("never committed");
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");

        assertThat(n1.email(OTHER)).isEqualTo("w1");
        assertThat(n2.email(OTHER)).isEqualTo("w1");
    }

    @Test
    void A20_afterTheWrite_loadsAreSharedAgain() {
        try (WriteIntent outer = n1.users.beginWrite(ID);
                WriteIntent inner = n1.users.beginWrite(OTHER)) {
            assertThat(List.of(outer, inner)).doesNotContainNull();
        }

        n1.email(ID);

        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void A20_writeClosedByAnotherThread_loadsAreSharedAgain() throws Exception {
        WriteIntent intent = n1.users.beginWrite(ID);
        elsewhere(() -> {
            intent.close();
            return null;
        });

        n1.email(ID);

        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void A21_writerStopsForLongerThanItsIntent_nothingOldStays() {
        n1.users.update(ID, () -> {
            cluster.advanceStore(BOUND);
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(n2.isNear(ID)).isTrue();
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A21_slowWriter_keepsItsIntentByRenewingIt() {
        n2.email(ID);

        n1.users.update(ID, () -> {
            for (int i = 0; i < 50; i++) {
                cluster.advance(Duration.ofMillis(100));
            }
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(n2.isNear(ID)).isFalse();
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A21_writeIsOver_isRenewedNoMore() {
        n1.users.update(ID, () -> cluster.commit(ID, "v2"));

        cluster.advance(BOUND);

        assertThat(n1.link.operations()).noneMatch(Operation.Renew.class::isInstance);
    }

    @Test
    void A31_intentEvicted_isAnnouncedAgainByItsRenewal() {
        n1.users.update(ID, () -> {
            assertThat(cluster.store.evict("duet", new NamespaceConfig("duet", 1).recordKey("users", "456")))
                    .isTrue();
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(n2.isNear(ID)).isTrue();

            cluster.advance(BOUND.dividedBy(2));

            assertThat(n2.isNear(ID)).isFalse();
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A34_transactionOverTwoKeys_isSeenWholeAfterwardsAndNotBefore() {
        n2.email(ID);
        n2.email(OTHER);

        try (WriteIntent intent = n1.users.beginWrite(List.of(ID, OTHER))) {
            assertThat(intent).isNotNull();
            cluster.commit(ID, "v2");
            cluster.commit(OTHER, "w2");
            assertThat(List.of(n2.email(ID), n2.email(OTHER))).containsExactly("v1", "w1");
        }

        assertThat(List.of(n2.email(ID), n2.email(OTHER))).containsExactly("v2", "w2");
        assertThat(List.of(n1.email(ID), n1.email(OTHER))).containsExactly("v2", "w2");
    }

    @Test
    void A38_overlappingWritersWhoseCompletionsCross_leaveNoOldValue() {
        n2.email(ID);
        WriteIntent first = n1.users.beginWrite(ID);
        WriteIntent second = n2.users.beginWrite(ID);
        cluster.commit(ID, "v2");
        assertThat(n2.email(ID)).isIn("v1", "v2");
        second.close();
        assertThat(n2.isNear(ID)).isFalse();
        cluster.commit(ID, "v3");
        first.close();

        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n2.email(ID)).isEqualTo("v3");
    }

    @Test
    void beginWrite_severalKeys_areAnnouncedBeforeAnyReplyIsAwaited() {
        try (WriteIntent intent = n1.users.beginWrite(List.of(ID, OTHER, ID))) {
            assertThat(intent).isNotNull();
            assertThat(n1.link.operations())
                    .filteredOn(Operation.Begin.class::isInstance)
                    .hasSize(2);
        }
        assertThat(n1.link.operations())
                .filteredOn(Operation.Complete.class::isInstance)
                .hasSize(2);
    }

    @Test
    void beginWrite_closedTwice_completesOnce() {
        WriteIntent intent = n1.users.beginWrite(ID);
        intent.close();
        intent.close();

        assertThat(n1.link.operations())
                .filteredOn(Operation.Complete.class::isInstance)
                .hasSize(1);
    }

    @Test
    void beginWrite_nullAmongKeys_announcesNothing() {
        assertThatThrownBy(() -> n1.users.beginWrite(Arrays.asList(ID, null))).isInstanceOf(NullPointerException.class);
        assertThat(n1.link.operations()).isEmpty();
    }

    @Test
    void beginWrite_forgotten_runsOutOnceItIsGarbage() {
        n2.email(ID);
        n1.users.beginWrite(ID);
        for (int i = 0; i < 50 && !n2.isNear(ID); i++) {
            System.gc();
            cluster.advance(BOUND.dividedBy(2));
            n2.email(ID);
        }

        assertThat(n2.isNear(ID)).isTrue();
    }
}
