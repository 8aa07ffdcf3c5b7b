package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that are served after their lives, since they cannot be loaded anew; and those that must not be. */
class StaleIfErrorTest {

    private static final long ID = 456;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration RETENTION = Duration.ofMinutes(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Cluster cluster = new Cluster();
    private final List<CacheEvent> events = new ArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private @Nullable Throwable failure;
    private final Member n1 = node();
    private final Member n2 = node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void get_loaderFails_servesWhatIsRetained() {
        expire(n1);
        breakLoader();

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.users.stats().staleServed()).isEqualTo(1);
        assertThat(n1.users.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void get_loaderFailsOnNodeThatNeverHadIt_servesWhatTheStoreRetains() {
        expire(n1);
        breakLoader();

        assertThat(n2.email(ID)).isEqualTo("v1");

        assertThat(n2.isNear(ID)).isTrue();
        assertThat(n2.users.stats().staleServed()).isEqualTo(1);
    }

    @Test
    void get_loaderFailsAndStoreHasEvicted_servesWhatIsRetainedNear() {
        expire(n1);
        cluster.store.evict("duet", new NamespaceConfig("duet", 1).recordKey("users", "456"));
        breakLoader();

        assertThat(n1.users.getEntry(ID).level()).isEqualTo(Level.NEAR);
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void get_expiredAndLoaderWell_isFresh() {
        expire(n1);
        cluster.commit(ID, "v2");

        assertThat(n1.email(ID)).isEqualTo("v2");

        assertThat(n1.users.stats().staleServed()).isZero();
    }

    @Test
    void getIfPresent_expired_findsNothing() {
        expire(n1);

        assertThat(n1.users.getIfPresent(ID)).isNull();
        assertThat(n2.users.getIfPresent(ID)).isNull();
    }

    @Test
    void get_afterFailure_nobodyTriesAgainForRetryAfter() {
        expire(n1, n2);
        breakLoader();
        n1.email(ID);

        cluster.advance(RETRY_AFTER.minusMillis(1));

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(node().email(ID)).isEqualTo("v1");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void get_afterRetryAfter_oneTriesAgain() {
        expire(n1, n2);
        breakLoader();
        n1.email(ID);
        n2.email(ID);

        cluster.advance(RETRY_AFTER);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void get_loaderRecovered_isFreshEverywhereAfterRetryAfter() {
        expire(n1, n2);
        breakLoader();
        n1.email(ID);
        n2.email(ID);
        failure = null;
        cluster.commit(ID, "v2");
        assertThat(n1.email(ID)).isEqualTo("v1");

        cluster.advance(RETRY_AFTER);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.users.getEntry(ID).stale()).isFalse();
    }

    @Test
    void getEntry_staleFromTheStore_saysSo() {
        expire(n1);
        breakLoader();

        assertThat(n2.users.getEntry(ID))
                .isEqualTo(new CacheEntry<>(new User(ID, "v1", 1), true, Level.STORE, Duration.ZERO));
    }

    @Test
    void getEntry_staleThatAnotherNodeServes_saysSo() {
        expire(n1);
        breakLoader();
        n1.email(ID);

        assertThat(n2.users.getEntry(ID))
                .isEqualTo(new CacheEntry<>(new User(ID, "v1", 1), true, Level.STORE, Duration.ZERO));
        assertThat(n2.users.getEntry(ID).stale()).isTrue();
    }

    @Test
    void getEntry_staleFromNear_saysSo() {
        expire(n1);
        breakLoader();
        n1.email(ID);

        assertThat(n1.users.getEntry(ID))
                .isEqualTo(new CacheEntry<>(new User(ID, "v1", 1), true, Level.NEAR, Duration.ZERO));
        assertThat(n1.users.getEntryIfPresent(ID).stale()).isTrue();
    }

    @Test
    void getEntry_fresh_saysWhatIsLeft() {
        n1.email(ID);
        cluster.advance(Duration.ofSeconds(10));

        assertThat(n1.users.getEntry(ID))
                .isEqualTo(new CacheEntry<>(new User(ID, "v1", 1), false, Level.NEAR, Duration.ofSeconds(50)));
    }

    @Test
    void get_retentionOver_failsWithTheLoadersOwnException() {
        expire(n1, n2);
        breakLoader();
        cluster.advance(RETENTION.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");

        cluster.advance(Duration.ofMillis(1));

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> node().email(ID)).isSameAs(failure);
    }

    @Test
    void get_neverLoaded_failsWithTheLoadersOwnException() {
        breakLoader();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);

        assertThat(attempts).hasValue(2);
        assertThat(n1.users.stats().staleServed()).isZero();
    }

    @Test
    void get_withoutStaleIfError_retainsNothing() {
        Member n3 = cluster.node();
        n3.load(this::source);
        expire(n3);
        breakLoader();

        assertThatThrownBy(() -> n3.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
    }

    @Test
    void get_withoutStaleIfErrorOfWhatOthersRetain_fails() {
        expire(n1);
        Member n3 = cluster.node();
        n3.load(this::source);
        breakLoader();

        assertThatThrownBy(() -> n3.email(ID)).isSameAs(failure);
    }

    @Test
    void get_putValueExpired_isRetained() {
        n1.users.put(ID, new User(ID, "put", 9));
        cluster.advance(Cluster.TTL);
        breakLoader();

        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
    }

    @Test
    void get_absenceExpired_isNotRetained() {
        Member n3 = cluster.node(0, settings -> settings.staleIfError(RETENTION).cacheAbsence(Duration.ofSeconds(5)));
        n3.load(this::source);
        assertThat(n3.email(7)).isNull();
        cluster.advance(Duration.ofSeconds(5));
        breakLoader();

        assertThatThrownBy(() -> n3.email(7)).isSameAs(failure);
        assertThatThrownBy(() -> n1.email(7)).isSameAs(failure);
    }

    @Test
    void get_loaderFoundNothingSince_isNotRetained() {
        expire(n1, n2);
        cluster.database.remove(ID);
        assertThat(n1.email(ID)).isNull();
        breakLoader();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void get_loaderThrowsError_isNotMasked() {
        expire(n1);
        failure = new StackOverflowError();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);

        assertThat(n1.users.stats().staleServed()).isZero();
    }

    @Test
    void get_loaderThrowsError_keepsNobodyFromLoading() {
        expire(n1);
        failure = new StackOverflowError();
        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        failure = null;
        cluster.commit(ID, "v2");

        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void get_loaderInterrupted_isNotMasked() {
        expire(n1);
        failure = new InterruptedException("stop");

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void invalidated_isNeverServedStale() {
        assertForgotten(() -> n1.users.invalidate(ID));
    }

    @Test
    void invalidatedWithOthers_isNeverServedStale() {
        assertForgotten(() -> n1.users.invalidateAll(List.of(7L, ID)));
    }

    @Test
    void wholeCacheInvalidated_isNeverServedStale() {
        assertForgotten(() -> n1.users.invalidateAll());
    }

    @Test
    void updated_isNeverServedStale() {
        assertForgotten(() -> n1.users.update(ID, () -> cluster.commit(ID, "v2")));
    }

    @Test
    void updateBegun_isNeverServedStale() {
        expire(n1, n2);
        breakLoader();

        WriteIntent write = n1.users.beginWrite(ID);

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
        write.close();
    }

    @Test
    void put_takesThePlaceOfWhatIsRetained() {
        expire(n1, n2);
        n1.users.put(ID, new User(ID, "put", 9));
        cluster.advance(Cluster.TTL);
        breakLoader();

        assertThat(n2.email(ID)).isEqualTo("put");
        assertThat(n1.email(ID)).isEqualTo("put");
    }

    @Test
    void invalidatedWhileServedStale_isServedNoMore() {
        expire(n1, n2);
        breakLoader();
        n1.email(ID);
        n2.email(ID);

        n1.users.invalidate(ID);

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void wholeCacheInvalidatedWhileServedStale_isServedNoMore() {
        expire(n1, n2);
        breakLoader();
        n1.email(ID);
        n2.email(ID);

        n2.users.invalidateAll();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void invalidatedDuringTheFailingLoad_isNotKept() {
        assertForgottenDuringLoad(() -> n1.users.invalidate(ID));
    }

    @Test
    void invalidatedElsewhereDuringTheFailingLoad_isNotKept() {
        assertForgottenDuringLoad(() -> n2.users.invalidate(ID));
    }

    @Test
    void updatedDuringTheFailingLoad_isNotKept() {
        assertForgottenDuringLoad(() -> n2.users.update(ID, () -> cluster.commit(ID, "v2")));
    }

    @Test
    void wholeCacheInvalidatedDuringTheFailingLoad_isNotKept() {
        assertForgottenDuringLoad(() -> n2.users.invalidateAll());
    }

    @Test
    void putDuringTheFailingLoad_isServedFromThenOn() {
        expire(n1);
        n1.loadNext(key -> {
            n2.users.put(ID, new User(ID, "put", 9));
            throw new IOException("unlucky");
        });

        n1.email(ID);

        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
        assertThat(n1.users.getEntry(ID).stale()).isFalse();
    }

    @Test
    void invalidatedWhileAnotherWaitsForTheLoad_isNotServedByThat() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        users1.put(ID, new User(ID, "v1", 1));
        cluster.advance(Cluster.TTL);
        n2.timePauses();
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        users1.invalidate(ID);
        assertThat(loads.begun()).isEqualTo(2);
        loads.fail(1, new IOException("unlucky"));

        assertThat(waiter).isCompletedExceptionally();
        assertThat(users2.getIfPresent(ID)).isNull();
    }

    @Test
    void writeBegunWhileAnotherWaitsForTheLoad_whatWasRetainedBeforeIsNotServedByThat() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        users1.put(ID, new User(ID, "v1", 1));
        cluster.advance(Cluster.TTL);
        n2.timePauses();
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        WriteIntent intent = users1.beginWrite(List.of(ID));
        assertThat(loads.begun())
                .as("the waiter loads while the write is at work")
                .isEqualTo(2);
        loads.fail(1, new IOException("unlucky"));

        assertThat(waiter).isCompletedExceptionally();
        intent.close();
    }

    @Test
    void invalidatedElsewhereAndUnheard_isServedStaleForTheBoundAtMost() {
        expire(n1, n2);
        breakLoader();
        n2.email(ID);
        n2.link.holdFeed();
        n2.link.holdHeads();
        n1.users.invalidate(ID);

        cluster.advance(BOUND);

        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void invalidatedElsewhereUnheardAndStoreDown_isServedStaleForTheBoundAtMost() {
        expire(n1, n2);
        breakLoader();
        n2.link.holdFeed();
        n2.link.down(true);
        n1.users.invalidate(ID);
        assertThat(n2.email(ID)).isEqualTo("v1");

        cluster.advance(BOUND);

        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void storeDownAndLoaderDown_servesStaleWithinTheBound_thenTheFailure() {
        expire(n1);
        breakLoader();
        n1.link.down(true);
        assertThat(n1.users.getEntry(ID).stale()).isTrue();
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(attempts).hasValue(1);

        cluster.advance(BOUND);

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThat(n1.users.stats().staleServed()).isEqualTo(1);
    }

    @Test
    void storeDownAndLoaderDown_nodeWithoutACopy_fails() {
        expire(n1);
        breakLoader();
        n2.link.down(true);

        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    @Test
    void keyOwed_isNeverServedStale() {
        expire(n1);
        breakLoader();
        n1.link.down(true);
        n1.users.invalidate(ID);
        n1.link.down(false);

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
    }

    @Test
    void servedStale_tellsListeners() {
        expire(n1);
        breakLoader();
        events.clear();

        n1.email(ID);

        assertThat(events)
                .containsExactly(
                        new CacheEvent.LoadFailed("users", ID, Duration.ZERO, failure),
                        new CacheEvent.StaleServed("users", ID, failure));
    }

    @Test
    void failed_tellsListeners() {
        breakLoader();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);

        assertThat(events).containsExactly(new CacheEvent.LoadFailed("users", ID, Duration.ZERO, failure));
    }

    @Test
    void refreshFailsAndLifeEnds_isServedStale() {
        Member n3 = cluster.node(
                0, settings -> settings.staleIfError(RETENTION, RETRY_AFTER).refreshAfterWrite(Duration.ofSeconds(30)));
        n3.load(this::source);
        n3.email(ID);
        cluster.advance(Cluster.TTL.minusMillis(1));
        breakLoader();
        assertThat(n3.email(ID)).isEqualTo("v1");

        cluster.advance(BOUND);

        assertThat(n3.email(ID)).isEqualTo("v1");
        assertThat(n3.users.getEntry(ID).stale()).isTrue();
        assertThat(attempts).hasValue(3);
    }

    @Test
    void servedStale_isNotRefreshed() {
        Member n3 = cluster.node(
                0, settings -> settings.staleIfError(RETENTION, RETRY_AFTER).refreshAfterWrite(Duration.ofSeconds(30)));
        n3.load(this::source);
        expire(n1);
        breakLoader();
        n1.email(ID);

        n3.email(ID);
        n3.users.getEntry(ID);

        assertThat(n3.link.operations()).noneMatch(Operation.Refresh.class::isInstance);
    }

    @Test
    void invalidatedUnheardDuringASlowFailingLoad_isServedForTheBoundAtMost() {
        HeldLoads loads = new HeldLoads();
        TwoLevelCache<Long, User> users1 = held(n1, loads);
        TwoLevelCache<Long, User> users2 = held(n2, loads);
        users1.put(ID, new User(ID, "v1", 1));
        cluster.advance(Cluster.TTL);
        n2.link.holdFeed();
        n2.link.holdHeads();
        begin(users2);
        users1.invalidate(ID);
        cluster.advance(BOUND.minusMillis(1));
        loads.fail(0, new IOException("unlucky"));
        assertThat(users2.getIfPresent(ID)).isNotNull();

        cluster.advance(Duration.ofMillis(1));

        assertThat(users2.getIfPresent(ID)).isNull();
    }

    @Test
    void getAll_loaderFailsForOne_servesThatStale() {
        cluster.commit(7, "seven");
        expire(n1);
        n1.load(key -> {
            if (key == ID) {
                throw new IOException("unlucky");
            }
            return cluster.select(key);
        });

        assertThat(n1.users.getAll(List.of(7L, ID)).values())
                .extracting(User::email)
                .containsExactly("seven", "v1");
    }

    private void assertForgotten(Runnable write) {
        expire(n1, n2);
        breakLoader();

        write.run();

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
        assertThat(n1.users.stats().staleServed()).isZero();
    }

    private void assertForgottenDuringLoad(Runnable write) {
        expire(n1, n2);
        n1.loadNext(key -> {
            breakLoader();
            write.run();
            throw new IOException("unlucky");
        });
        assertThat(n1.email(ID)).isEqualTo("v1"); // this read began before the write
        n1.load(this::source);

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(failure);
        assertThatThrownBy(() -> n2.email(ID)).isSameAs(failure);
    }

    /** Has nodes load the value, and its life end; it is retained. */
    private void expire(Member... members) {
        for (Member member : members) {
            member.email(ID);
        }
        attempts.set(0);
        cluster.advance(Cluster.TTL);
    }

    private void breakLoader() {
        failure = new IOException("the database is down");
    }

    private @Nullable User source(Long key) throws Exception {
        attempts.incrementAndGet();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof Exception exception) {
            throw exception;
        }
        return cluster.database.get(key);
    }

    private Member node() {
        Member member = cluster.node(
                0, settings -> settings.staleIfError(RETENTION, RETRY_AFTER).onEvent(events::add));
        member.load(this::source);
        return member;
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
                .staleIfError(RETENTION, RETRY_AFTER)
                .asyncLoader(loads)
                .build();
    }
}
