package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import dev.duet.store.Operation;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that fails, does not answer, or comes back: reads go on, and what was written meanwhile is made up for. */
class OutageTest {

    private static final long ID = 456;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration AUDIT = BOUND.dividedBy(4);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    /** How long other nodes have to pay, once a node has paid. */
    private static final Duration SETTLING = Duration.ofMillis(250);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        cluster.commit(7, "seven");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void get_storeDown_loadsAndKeepsItNearForTheBound() {
        n1.link.down(true);

        assertThat(n1.email(ID)).isEqualTo("v1");
        cluster.advance(BOUND.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);

        cluster.advance(Duration.ofMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(2);
        assertThat(n1.users.stats().loadsAlone()).isEqualTo(2);
        assertThat(n1.users.stats().storeFailures()).isPositive();
    }

    @Test
    void get_storeDownAndBack_goesOnAsBefore() {
        outage(() -> assertThat(n1.email(ID)).isEqualTo("v1"));

        assertThat(n1.email(7)).isEqualTo("seven");
        assertThat(n2.email(7)).isEqualTo("seven");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_storeDown_lifeShorterThanTheBound_isKept() {
        Member n3 = cluster.node(0, settings -> settings.expireAfterWrite(Duration.ofMillis(300)));
        n3.link.down(true);
        n3.email(ID);

        cluster.advance(Duration.ofMillis(300));

        assertThat(n3.isNear(ID)).isFalse();
    }

    @Test
    void get_storeDown_absenceIsRememberedOnlyIfItIsToBe() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Cluster.TTL));
        n3.link.down(true);
        n1.link.down(true);

        assertThat(n3.email(99)).isNull();
        assertThat(n3.email(99)).isNull();
        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.email(99)).isNull();
        assertThat(n1.email(99)).isNull();
        assertThat(cluster.loads).hasValue(3);
    }

    @Test
    void get_storeGoneDuringLoad_keepsItNearForTheBound() {
        n1.loadNext(key -> {
            n1.link.down(true);
            return cluster.select(key);
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.isNear(ID)).isTrue();
        cluster.advance(BOUND);
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void get_writeElsewhereDuringLoadAlone_keepsNothing() {
        n1.link.down(true);
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidate(key);
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void get_wholeCacheInvalidatedDuringLoadAlone_keepsNothing() {
        n1.link.down(true);
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidateAll();
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void get_leaseWhoseReplyWasLost_doesNotKeepOthersWaiting() {
        n1.link.loseReplies(true);
        n1.email(ID);
        n1.link.loseReplies(false);
        long before = cluster.storeMicros.get();

        assertThat(n2.email(ID)).isEqualTo("v1");

        assertThat(cluster.storeMicros).hasValue(before);
    }

    @Test
    void get_storeSilent_waitsForTheTimeoutAndSoonNoMore() {
        n1.link.silent(true);
        long before = n1.nanos.get();
        assertThat(n1.email(100)).isNull();
        assertThat(n1.nanos.get() - before).isEqualTo(TIMEOUT.toNanos());
        assertThat(n1.duet.stats().timeouts()).isEqualTo(1);

        trip();
        before = n1.nanos.get();
        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.nanos.get()).isEqualTo(before);
        assertThat(n1.duet.stats().timeouts()).isBetween(2L, 4L);
        assertThat(n1.duet.stats().refused()).isEqualTo(1);
        assertThat(n1.duet.stats().outages()).isEqualTo(1);
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.DOWN);
        assertThat(n1.duet.health().reason()).contains("storeTimeout (500 ms)");
    }

    @Test
    void idleNode_storeDown_noticesByItsAudits() {
        n1.link.down(true);

        cluster.advance(AUDIT.multipliedBy(4));

        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.DOWN);
        assertThat(n1.duet.stats().auditsFailed()).isEqualTo(4);
    }

    @Test
    void storeDown_onlyProbesAskIt() {
        n1.link.down(true);
        trip();
        int before = n1.link.operations().size();

        for (int i = 0; i < 100; i++) {
            n1.email(200 + i);
        }

        assertThat(n1.link.operations()).hasSize(before);
        assertThat(n1.duet.stats().refused()).isEqualTo(100);
    }

    @Test
    void A15_updateWhileStoreIsDown_isInvalidatedFirstWhenItReturns() {
        n1.email(ID);
        n2.email(ID);

        outage(() -> {
            n1.users.update(ID, () -> cluster.commit(ID, "v2"));
            assertThat(n1.email(ID)).isEqualTo("v2");
            assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n1.duet.stats().owedPaid()).isEqualTo(1);
        assertThat(n1.users.stats().unannouncedWrites()).isEqualTo(1);
    }

    @Test
    void A15_invalidateWhileStoreIsDown_isMadeUpFor() {
        assertMadeUpFor(() -> n1.users.invalidate(ID));
    }

    @Test
    void A15_invalidateOfSeveralWhileStoreIsDown_isMadeUpFor() {
        assertMadeUpFor(() -> n1.users.invalidateAll(List.of(7L, ID)));
    }

    @Test
    void A15_putWhileStoreIsDown_isMadeUpFor() {
        assertMadeUpFor(() -> n1.users.put(ID, new User(ID, "v2", 2)));
    }

    @Test
    void A15_wholeCacheInvalidatedWhileStoreIsDown_isMadeUpFor() {
        assertMadeUpFor(() -> n1.users.invalidateAll());
    }

    @Test
    void A15_storeGoneDuringUpdate_isMadeUpForAndNotReadBefore() {
        n2.email(ID);

        n1.users.update(ID, () -> {
            n1.link.down(true);
            cluster.commit(ID, "v2");
        });
        n1.link.down(false); // it answers again before it was probed: the old value is still in the intent

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.users.getIfPresent(ID)).isNotNull();
        cluster.advance(AUDIT);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A15_owedKey_isNotReadFromTheStoreByGetIfPresent() {
        n2.email(ID);
        n1.link.down(true);
        cluster.commit(ID, "v2");
        n1.users.invalidate(ID);
        n1.link.down(false);

        assertThat(n1.users.getIfPresent(ID)).isNull();
    }

    @Test
    void A15_owedWhilePaymentIsUnderWay_isPaidAgain() {
        n2.email(ID);
        n1.link.down(true);
        cluster.commit(ID, "v2");
        n1.users.invalidate(ID);
        n1.link.down(false);
        n1.link.afterNext(Operation.Invalidate.class, () -> {
            n1.link.down(true);
            n2.email(ID);
            cluster.commit(ID, "v3");
            n1.users.invalidate(ID);
            n1.link.down(false);
        });

        cluster.advance(AUDIT);
        cluster.advance(AUDIT);

        assertThat(n2.email(ID)).isEqualTo("v3");
        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n1.duet.stats().owedPaid()).isEqualTo(2);
    }

    @Test
    void A15_tooManyOwed_wholeCacheIsInvalidated() {
        Member n3 = cluster.node(0, node -> node.maximumOwedInvalidations(3), settings -> settings);
        n2.email(ID);
        n3.link.down(true);
        for (int i = 0; i < 4; i++) {
            n3.users.invalidate(300L + i);
        }
        cluster.commit(ID, "v2");
        assertThat(n3.duet.health().owedInvalidations()).isEqualTo(1);
        assertThat(n3.duet.stats().owedOverflows()).isEqualTo(1);
        assertThat(n3.users.getIfPresent(ID)).isNull();

        n3.link.down(false);
        cluster.advance(AUDIT);

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n3.duet.health().owedInvalidations()).isZero();
    }

    @Test
    void A15_storeBack_whatOthersOweItIsReadNeitherNearNorFromIt() {
        n1.email(ID);
        n2.email(7);
        n1.link.down(true);
        n2.link.down(true);
        trip();
        for (long id : List.of(ID, 7L)) {
            n2.users.update(id, () -> cluster.commit(id, "v2"));
        }
        cluster.advance(BOUND.multipliedBy(2));
        n1.link.down(false);
        n2.link.down(false);
        n1.advanceAlone(AUDIT);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.duet.health().owedInvalidations()).isEqualTo(2);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.email(7)).isEqualTo("v2");

        n2.advanceAlone(AUDIT.plus(SETTLING));
        n1.advanceAlone(SETTLING);
        int loads = cluster.loads.get();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(loads + 1);
    }

    @Test
    void get_storeBack_nearEntriesAreServedForTheBoundUntilOthersHaveHadTimeToPay() {
        n1.email(ID);
        n1.link.down(true);
        trip();
        cluster.advance(BOUND);
        n1.link.down(false);

        cluster.advance(AUDIT);
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.STALE);
        assertThat(n1.isNear(ID)).isFalse();

        cluster.advance(SETTLING);
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.UP);
        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void A15_severalOwed_arePaidInOneRoundTrip() {
        n1.link.down(true);
        for (int i = 0; i < 100; i++) {
            n1.users.invalidate(400L + i);
        }
        int before = n1.link.roundTrips().size();
        n1.link.down(false);

        cluster.advance(AUDIT);

        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n1.link.roundTrips()).hasSize(before + 1);
    }

    @Test
    void A15_storeDownAgainWhilePaying_theRestStaysOwed() {
        n1.link.down(true);
        for (int i = 0; i < 600; i++) {
            n1.users.invalidate(400L + i);
        }
        n1.link.down(false);
        n1.link.afterNext(Operation.Invalidate.class, () -> n1.link.down(true));

        cluster.advance(AUDIT);

        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(599);
        n1.link.down(false);
        cluster.advance(Duration.ofSeconds(6));
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void reject_update_throwsBeforeTheWrite() {
        Member n3 = rejecting();
        n3.link.down(true);

        assertThatThrownBy(() -> n3.users.update(ID, () -> cluster.commit(ID, "v2")))
                .isInstanceOf(StoreUnavailableException.class);

        assertThat(cluster.database.get(ID).email()).isEqualTo("v1");
        assertThat(n3.duet.health().owedInvalidations()).isZero();
    }

    @Test
    void reject_updateOfSeveral_takesBackWhatWasAnnounced() {
        Member n3 = rejecting();
        n2.email(ID);
        AtomicInteger begun = new AtomicInteger();
        n3.link.failNext(operation -> operation instanceof Operation.Begin && begun.incrementAndGet() == 2);

        assertThatThrownBy(() -> n3.users.beginWrite(List.of(ID, 7L))).isInstanceOf(StoreUnavailableException.class);

        n2.email(ID);
        assertThat(n2.isNear(ID)).isTrue();
    }

    @Test
    void reject_invalidate_throwsWithTheKeyAndOwesItNevertheless() {
        Member n3 = rejecting();
        n3.email(ID);
        n2.email(ID);
        n3.link.down(true);
        cluster.commit(ID, "v2");

        assertThatThrownBy(() -> n3.users.invalidate(ID)).isInstanceOfSatisfying(StoreUnavailableException.class, e -> {
            assertThat(e.cache()).isEqualTo("users");
            assertThat(e.key()).isEqualTo("456");
            assertThat(e.level()).isEqualTo(Level.STORE);
        });

        assertThat(n3.email(ID)).isEqualTo("v2");
        n3.link.down(false);
        cluster.advance(AUDIT);
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void reject_putAndInvalidateAll_throw() {
        Member n3 = rejecting();
        n3.link.down(true);

        assertThatThrownBy(() -> n3.users.put(ID, new User(ID, "v2", 2))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> n3.users.invalidateAll()).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> n3.users.invalidateAll(List.of(ID))).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void start_storeDown_failsFast() {
        HookedStore store = new HookedStore(cluster.store);
        store.down(true);

        assertThatThrownBy(() -> Duet.builder().store(store).partitions(1).build())
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(store.isClosed()).isTrue();
    }

    @Test
    void health_closed_saysSo() {
        cluster.advance(Duration.ofSeconds(5));
        Duration lag = n1.duet.health().freshnessLag();
        n1.duet.close();
        n1.clock.close();

        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.CLOSED);
        assertThat(n1.duet.health().freshnessLag()).isEqualTo(lag);
        assertThat(n1.duet.stats().freshnessLag()).isEqualTo(lag);
    }

    @Test
    void stats_outageOver_itsTimeIsCounted() {
        n1.link.down(true);
        trip();
        cluster.advance(Duration.ofSeconds(3));
        assertThat(n1.duet.stats().degradedTime()).isEqualTo(Duration.ofSeconds(3));

        n1.link.down(false);
        cluster.advance(AUDIT);
        Duration all = n1.duet.stats().degradedTime();
        cluster.advance(Duration.ofSeconds(3));

        assertThat(all).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(3).plus(AUDIT));
        assertThat(n1.duet.stats().degradedTime()).isEqualTo(all);
        assertThat(n1.duet.stats().outages()).isEqualTo(1);
    }

    @Test
    void storeThatFailsAgainAtOnce_isTrustedLaterEachTime() {
        Duration first = recovery();
        Duration second = recovery();
        Duration third = recovery();

        assertThat(first).isLessThanOrEqualTo(AUDIT);
        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    void A15_storeThatIsNotTrustedYet_isToldOfWritesAllTheSame() {
        recovery();
        n2.email(ID);
        n1.link.down(true);
        trip();
        n1.users.update(ID, () -> cluster.commit(ID, "v2"));
        n1.link.down(false);

        cluster.advance(AUDIT);

        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.DOWN);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    private Duration recovery() {
        n1.link.down(true);
        trip();
        n1.link.down(false);
        long before = n1.nanos.get();
        while (n1.duet.health().status() == Health.Status.DOWN) {
            cluster.advance(Duration.ofMillis(50));
        }
        long took = n1.nanos.get() - before;
        cluster.advance(SETTLING);
        return Duration.ofNanos(took);
    }

    private Member rejecting() {
        UnaryOperator<DuetBuilder> settings = node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT);
        return cluster.node(0, settings, cache -> cache);
    }

    /** Reads often enough for n1 to find out that the store is down. */
    private void trip() {
        while (n1.duet.health().status() != Health.Status.DOWN) {
            n1.users.getIfPresent(999L);
        }
    }

    private void outage(Runnable meanwhile) {
        n1.link.down(true);
        meanwhile.run();
        n1.link.down(false);
        cluster.advance(AUDIT);
        cluster.advance(SETTLING);
    }

    private void assertMadeUpFor(Runnable write) {
        n1.email(ID);
        n2.email(ID);

        outage(() -> {
            cluster.commit(ID, "v2");
            write.run();
            assertThat(n1.email(ID)).isEqualTo("v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.health().owedInvalidations()).isZero();
    }
}
