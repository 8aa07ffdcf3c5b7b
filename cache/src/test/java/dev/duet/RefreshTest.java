package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that are loaded anew before the end of their lives, while readers go on with them. */
class RefreshTest {

    private static final long ID = 456;
    private static final Duration AGE = Duration.ofSeconds(30);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);

    private final Cluster cluster = new Cluster();
    private final List<CacheEvent> events = new ArrayList<>();
    private final Member n1 =
            cluster.node(0, settings -> settings.refreshAfterWrite(AGE).onEvent(events::add));
    private final Member n2 = cluster.node(0, settings -> settings.refreshAfterWrite(AGE));

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void get_beforeTheWindow_refreshesNothing() {
        n1.email(ID);
        cluster.advance(AGE.minusMillis(1));

        n1.email(ID);

        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_inTheWindow_answersAtOnceAndRefreshesInTheBackground() {
        makeDue();
        n1.background.hold();

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);

        n1.background.run();
        assertThat(cluster.loads).hasValue(2);
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.users.stats().refreshes()).isEqualTo(1);
        assertThat(n1.users.stats().loads()).isEqualTo(2);
    }

    @Test
    void get_refreshed_tellsListeners() {
        makeDue();
        events.clear();

        n1.loadNext(key -> {
            cluster.advance(Duration.ofMillis(5));
            return cluster.select(key);
        });
        n1.email(ID);

        assertThat(events).containsExactly(new CacheEvent.Refreshed("users", ID, Duration.ofMillis(5)));
    }

    @Test
    void get_refreshed_beginsAWholeLife() {
        makeDue();
        n1.email(ID);

        cluster.advance(AGE.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
        cluster.advance(Duration.ofMillis(1));
        n1.email(ID);
        assertThat(cluster.loads).hasValue(3);
    }

    @Test
    void getIfPresent_inTheWindow_refreshesToo() {
        makeDue();

        n1.users.getIfPresent(ID);
        n1.users.getIfPresent(ID);

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void getAll_inTheWindow_refreshes() {
        makeDue();

        assertThat(n1.users.getAll(List.of(ID)).get(ID).email()).isEqualTo("v1");

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_manyReadersInTheWindow_refreshOnce() {
        makeDue();
        n1.background.hold();

        for (int i = 0; i < 50; i++) {
            assertThat(n1.email(ID)).isEqualTo("v1");
        }
        n1.background.run();

        assertThat(cluster.loads).hasValue(2);
        assertThat(refreshesOf(n1)).isEqualTo(1);
    }

    @Test
    void get_beingRefreshedElsewhere_answersAndLooksAgainSoon() {
        n2.email(ID);
        makeDue();
        n1.loadNext(key -> {
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(n2.email(ID)).isEqualTo("v1");
            return cluster.select(key);
        });

        n1.email(ID);

        assertThat(cluster.loads).hasValue(2);
        assertThat(refreshesOf(n2)).isEqualTo(1);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
        assertThat(n2.users.stats().refreshes()).isZero();
    }

    @Test
    void get_refreshedElsewhereBefore_takesThatValue() {
        n2.email(ID);
        makeDue();
        n1.email(ID);

        assertThat(n2.email(ID)).isEqualTo("v1");

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_refresherDied_isTakenOverFromAtTheEndOfItsTerm() {
        n2.email(ID);
        makeDue();
        n1.loadNext(key -> {
            n1.die();
            return null;
        });
        n1.link.loseReplies(true);
        n1.email(ID);

        cluster.advanceSlowly(Duration.ofMillis(2_100));
        for (int i = 0; i < 3; i++) {
            n2.email(ID);
            cluster.advance(Duration.ofSeconds(1));
        }

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n2.users.stats().refreshes()).isEqualTo(1);
    }

    @Test
    void get_costlyLoadAndBeta_refreshesThatMuchBeforeTheEnd() {
        Member n3 = cluster.node(0, settings -> settings.refreshBeta(1));
        n3.random = 0;
        n3.loadNext(key -> {
            cluster.advanceSlowly(Duration.ofSeconds(5));
            return cluster.select(key);
        });
        n3.email(ID);
        cluster.advance(Cluster.TTL.minusMillis(5_026));
        n3.email(ID);
        assertThat(cluster.loads).hasValue(1);

        cluster.advance(Duration.ofMillis(1));
        n3.email(ID);

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_valueFromTheStore_isRefreshedByItsAgeThere() {
        n2.email(ID);
        cluster.advance(AGE.dividedBy(2));
        n1.email(ID);
        cluster.advance(AGE.dividedBy(2));

        n1.email(ID);

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_valuePut_isRefreshed() {
        n1.users.put(ID, new User(ID, "put", 9));
        cluster.advance(AGE);
        assertThat(n1.email(ID)).isEqualTo("put");

        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void get_absence_isNotRefreshed() {
        Member n3 = cluster.node(0, settings -> settings.refreshAfterWrite(AGE).cacheAbsence(Cluster.TTL));
        assertThat(n3.email(7)).isNull();
        cluster.advance(AGE);

        n3.email(7);

        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void refreshFails_valueIsServedToItsEnd_thenTheFailure() {
        makeDue();
        n1.load(key -> {
            throw new IOException("unlucky");
        });

        assertThat(n1.email(ID)).isEqualTo("v1");
        cluster.advance(Cluster.TTL.minus(AGE).minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");
        cluster.advance(Duration.ofMillis(1));

        assertThatThrownBy(() -> n1.email(ID)).isInstanceOf(IOException.class);
    }

    @Test
    void refreshFails_isTriedAgainEverLater() {
        makeDue();
        failRefresh(n1);
        n1.email(ID);
        cluster.advance(FIRST_BACKOFF.minusMillis(1));
        failRefresh(n1);
        n1.email(ID);
        assertThat(n1.users.stats().refreshFailures()).isEqualTo(1);

        cluster.advance(Duration.ofMillis(1));
        n1.email(ID);

        assertThat(n1.users.stats().refreshFailures()).isEqualTo(2);
        cluster.advance(FIRST_BACKOFF.multipliedBy(2).minusMillis(1));
        n1.email(ID);
        assertThat(cluster.loads).hasValue(1);
        cluster.advance(Duration.ofMillis(1));
        n1.email(ID);
        assertThat(cluster.loads).hasValue(2);
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void refreshFails_afterASuccess_isTriedAgainSoon() {
        makeDue();
        failRefresh(n1);
        n1.email(ID);
        cluster.advance(FIRST_BACKOFF);
        n1.email(ID);
        cluster.advance(AGE);
        failRefresh(n1);
        n1.email(ID);
        assertThat(n1.users.stats().refreshFailures()).isEqualTo(2);

        cluster.advance(FIRST_BACKOFF);
        n1.email(ID);

        assertThat(n1.users.stats().refreshes()).isEqualTo(2);
    }

    @Test
    void refreshFails_otherNodesHoldOffToo() {
        n2.email(ID);
        makeDue();
        failRefresh(n1);
        n1.email(ID);

        n2.email(ID);
        cluster.advance(FIRST_BACKOFF.minusMillis(1));
        n2.email(ID);
        assertThat(refreshesOf(n2)).isEqualTo(1);
        assertThat(cluster.loads).hasValue(1);

        cluster.advance(Duration.ofSeconds(1));
        n2.email(ID);
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void refreshFails_tellsListeners() {
        makeDue();
        events.clear();
        failRefresh(n1);

        n1.email(ID);

        assertThat(events).singleElement().isInstanceOfSatisfying(CacheEvent.RefreshFailed.class, event -> {
            assertThat(event.key()).isEqualTo(ID);
            assertThat(event.failure()).isInstanceOf(IOException.class);
        });
        assertThat(n1.users.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void invalidatedDuringRefresh_keepsNothing() {
        assertRefused(() -> n2.users.invalidate(ID));
    }

    @Test
    void updatedDuringRefresh_keepsNothing() {
        assertRefused(() -> n2.users.update(ID, () -> {}));
    }

    @Test
    void updateUnderWayAtTheEndOfRefresh_keepsNothing() {
        makeDue();
        List<WriteIntent> write = new ArrayList<>();
        n1.loadNext(key -> {
            User old = cluster.select(key);
            write.add(n2.users.beginWrite(ID));
            return old;
        });
        n1.email(ID);
        assertThat(n1.users.getIfPresent(ID).email()).isEqualTo("v1"); // as it was before the update

        cluster.commit(ID, "v3");
        write.get(0).close();

        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n1.users.stats().storeFillsRefused()).isEqualTo(1);
    }

    @Test
    void putDuringRefresh_keepsWhatWasPut() {
        makeDue();
        n1.loadNext(key -> {
            User old = cluster.select(key);
            n2.users.put(ID, new User(ID, "put", 9));
            return old;
        });

        n1.email(ID);

        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
        assertThat(n1.users.stats().storeFillsRefused()).isEqualTo(1);
    }

    @Test
    void wholeCacheInvalidatedDuringRefresh_keepsNothing() {
        assertRefused(() -> n2.users.invalidateAll());
    }

    @Test
    void invalidatedBeforeRefreshIsGranted_loadsNothing() {
        makeDue();
        n1.background.hold();
        n1.email(ID);
        n2.users.invalidate(ID);

        n1.background.run();

        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void putBeforeRefreshIsGranted_takesThatValue() {
        n2.email(ID);
        makeDue();
        n1.background.hold();
        n1.email(ID);
        n2.users.put(ID, new User(ID, "put", 9));

        n1.background.run();

        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.email(ID)).isEqualTo("put");
    }

    @Test
    void lifeEndsDuringRefresh_readersWaitForThatLoad() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        User v1 = new User(ID, "v1", 1);
        User v2 = new User(ID, "v2", 2);
        begin(users1);
        loads.end(0, v1);
        cluster.advanceSlowly(Cluster.TTL.minusMillis(100));
        assertThat(users1.async().get(ID)).isCompletedWithValue(v1);
        assertThat(loads.begun()).isEqualTo(2);
        n1.timePauses();
        n2.timePauses();
        cluster.advanceSlowly(Duration.ofMillis(200));

        CompletableFuture<User> reader1 = users1.async().get(ID);
        CompletableFuture<User> reader2 = users2.async().get(ID);

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, v2);
        assertThat(reader1).isCompletedWithValue(v2);
        assertThat(reader2).isCompletedWithValue(v2);
        assertThat(users1.stats().storeFillsRefused()).isZero();
    }

    @Test
    void lifeEndsDuringRefreshThatFails_readersLoad() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        User v2 = new User(ID, "v2", 2);
        begin(users1);
        loads.end(0, new User(ID, "v1", 1));
        cluster.advanceSlowly(Cluster.TTL.minusMillis(100));
        begin(users1);
        n2.timePauses();
        cluster.advanceSlowly(Duration.ofMillis(200));
        CompletableFuture<User> reader = users2.async().get(ID);

        loads.fail(1, new IOException("unlucky"));

        assertThat(loads.begun()).isEqualTo(3);
        loads.end(2, v2);
        assertThat(reader).isCompletedWithValue(v2);
    }

    @Test
    void refreshLongerThanTheTerm_keepsItsLeaseByRenewal() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        User v2 = new User(ID, "v2", 2);
        begin(users1);
        loads.end(0, new User(ID, "v1", 1));
        users2.getIfPresent(ID);
        cluster.advanceSlowly(AGE);
        begin(users1);

        for (int i = 0; i < 9; i++) {
            cluster.advanceSlowly(Duration.ofSeconds(1));
            begin(users2);
        }

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, v2);
        assertThat(users1.getIfPresent(ID)).isEqualTo(v2);
    }

    @Test
    void storeDown_refreshesNothing() {
        n1.email(ID);
        cluster.advance(AGE.minusMillis(1));
        n1.link.down(true);
        while (n1.duet.health().status() != Health.Status.DOWN) {
            n1.users.getIfPresent(999L);
        }
        cluster.advance(Duration.ofMillis(1));
        int before = n1.link.operations().size();

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.link.operations()).hasSize(before);
    }

    @Test
    void storeFailsAtRefresh_loadsNothingAndTriesAgainLater() {
        makeDue();
        n1.link.failNext(Operation.Refresh.class::isInstance);
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);

        cluster.advance(FIRST_BACKOFF);
        n1.email(ID);

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void refreshWhoseReplyWasLost_doesNotKeepOthersWaiting() {
        n2.email(ID);
        makeDue();
        n1.background.hold();
        n1.email(ID);
        n1.link.loseReplies(true);
        n1.background.run();
        cluster.advance(Duration.ofMillis(500));
        n1.background.run();
        n1.link.loseReplies(false);

        n2.email(ID);

        assertThat(n2.users.stats().refreshes()).isEqualTo(1);
    }

    @Test
    void keyOwed_refreshesNothing() {
        makeDue();
        n1.background.hold();
        n1.email(ID);
        n1.link.down(true);
        n1.users.invalidate(ID);
        n1.background.run();
        n1.link.down(false);

        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        assertThat(refreshesOf(n1)).isZero();
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void refreshFindsNothing_valueIsDroppedEverywhere() {
        n2.email(ID);
        makeDue();
        cluster.database.remove(ID);

        n1.email(ID);

        assertThat(n1.email(ID)).isNull();
        assertThat(n2.email(ID)).isNull();
    }

    /** Has the value of both levels become due to be refreshed, and another one in the database. */
    private void makeDue() {
        n1.email(ID);
        cluster.commit(ID, "v2");
        cluster.advance(AGE);
    }

    private static void failRefresh(Member member) {
        member.loadNext(key -> {
            throw new IOException("unlucky");
        });
    }

    private void assertRefused(Runnable write) {
        makeDue();
        n1.loadNext(key -> {
            User old = cluster.select(key);
            cluster.commit(ID, "v3");
            write.run();
            return old;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.users.stats().storeFillsRefused()).isEqualTo(1);
        assertThat(n1.users.getIfPresent(ID)).isNull();
        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(events).anyMatch(CacheEvent.FillRefused.class::isInstance);
    }

    /** Begins to read, for nobody in particular. */
    private static void begin(TwoLevelCache<Long, User> users) {
        CompletableFuture<User> unused = users.async().get(ID);
    }

    private static TwoLevelCache<Long, User> held(Member member, HeldLoads loads) {
        return member.duet
                .cache("held", Long.class, User.class)
                .expireAfterWrite(Cluster.TTL)
                .ttlJitter(0)
                .refreshBeta(0)
                .refreshAfterWrite(AGE)
                .asyncLoader(loads)
                .build();
    }

    private static long refreshesOf(Member member) {
        return member.link.operations().stream()
                .filter(Operation.Refresh.class::isInstance)
                .count();
    }
}
