package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers who do not wait for the end of a load: what they get instead, and that the load goes on. */
class TimeoutsTest {

    private static final long ID = 456;
    private static final User V1 = new User(ID, "v1", 1);
    private static final User V2 = new User(ID, "v2", 2);
    private static final Duration SOFT = Duration.ofMillis(100);
    private static final Duration HARD = Duration.ofMillis(300);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration RETENTION = Duration.ofMinutes(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Cluster cluster = new Cluster();
    private final HeldLoads loads = new HeldLoads();
    private final List<CacheEvent> events = new ArrayList<>();
    private final CacheListener listener = events::add; // the same for each build of a cache
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void timePauses() {
        n1.timePauses();
        n2.timePauses();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void softTimeout_over_servesStaleAndTheLoadGoesOn() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        CompletableFuture<CacheEntry<User>> reader = users.async().getEntry(ID);
        cluster.advance(SOFT.minus(MOMENT));
        assertThat(reader).isNotDone();

        cluster.advance(MOMENT);

        assertThat(reader).isCompletedWithValue(new CacheEntry<>(V1, true, Level.NEAR, Duration.ZERO));
        assertThat(users.stats().staleServed()).isEqualTo(1);
        loads.end(0, V2);
        assertThat(users.get(ID)).isEqualTo(V2);
        assertThat(users.getEntry(ID).stale()).isFalse();
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void softTimeout_loadIsQuicker_isFresh() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        CompletableFuture<User> reader = users.async().get(ID);
        cluster.advance(SOFT.minus(MOMENT));

        loads.end(0, V2);
        cluster.advance(SOFT);

        assertThat(reader).isCompletedWithValue(V2);
        assertThat(users.stats().staleServed()).isZero();
    }

    @Test
    void softTimeout_nothingRetained_waitsOn() {
        TwoLevelCache<Long, User> users = softly(n1);
        CompletableFuture<User> reader = users.async().get(ID);

        cluster.advance(SOFT.multipliedBy(10));

        assertThat(reader).isNotDone();
        loads.end(0, V1);
        assertThat(reader).isCompletedWithValue(V1);
    }

    @Test
    void softTimeout_nodeThatNeverHadIt_servesWhatTheStoreRetains() {
        expired(softly(n1));
        CompletableFuture<CacheEntry<User>> reader = softly(n2).async().getEntry(ID);

        cluster.advance(SOFT);

        assertThat(reader).isCompletedWithValue(new CacheEntry<>(V1, true, Level.STORE, Duration.ZERO));
    }

    @Test
    void softTimeout_othersLoad_servesStale() {
        begin(expired(softly(n1)));
        CompletableFuture<User> reader = softly(n2).async().get(ID);

        cluster.advanceSlowly(SOFT);

        assertThat(reader).isCompletedWithValue(V1);
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void softTimeout_storeIsSilent_servesWhatIsRetainedNear() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        n1.link.silent(true);
        CompletableFuture<User> reader = users.async().get(ID);

        cluster.advance(SOFT);

        assertThat(reader).isCompletedWithValue(V1);
    }

    @Test
    void softTimeout_over_laterReadersAreServedAtOnceForRetryAfter() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        begin(users);
        cluster.advanceSlowly(SOFT);

        cluster.advanceSlowly(RETRY_AFTER.minus(MOMENT));
        assertThat(users.async().get(ID)).isCompletedWithValue(V1);
        assertThat(users.getEntry(ID).stale()).isTrue();

        cluster.advanceSlowly(MOMENT);
        assertThat(users.async().get(ID)).isNotDone();
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void softTimeout_joinedReaders_haveTheirOwnClocks() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        CompletableFuture<User> first = users.async().get(ID);
        cluster.advance(SOFT.dividedBy(2));
        CompletableFuture<User> second = users.async().get(ID);

        cluster.advance(SOFT.dividedBy(2));
        assertThat(first).isCompletedWithValue(V1);
        assertThat(second).isNotDone();

        cluster.advance(SOFT.dividedBy(2));
        assertThat(second).isCompletedWithValue(V1);
        assertThat(users.stats().joined()).isEqualTo(1);
        assertThat(users.stats().staleServed()).isEqualTo(2);
    }

    @Test
    void softTimeout_loadFailsLater_isServedStaleOn() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        begin(users);
        cluster.advance(SOFT);

        loads.fail(0, new IOException("unlucky"));
        cluster.advance(RETRY_AFTER.minus(MOMENT));

        assertThat(users.async().get(ID)).isCompletedWithValue(V1);
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void softTimeout_over_tellsListeners() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        events.clear();
        begin(users);

        cluster.advance(SOFT);

        assertThat(events).containsExactly(new CacheEvent.StaleServed("held", ID, null));
    }

    @Test
    void softTimeout_invalidatedMeanwhile_laterReadersGetNothingStale() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        begin(users);
        softly(n2).invalidate(ID);

        CompletableFuture<User> later = users.async().get(ID);
        cluster.advance(SOFT.multipliedBy(2));

        assertThat(later).isNotDone();
        assertThat(users.getIfPresent(ID)).isNull();
        assertThat(loads.begun()).isEqualTo(2);
    }

    @Test
    void softTimeout_invalidatedAfterwards_isServedStaleNoMore() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        begin(users);
        cluster.advance(SOFT);
        softly(n2).invalidate(ID);

        CompletableFuture<User> later = users.async().get(ID);
        cluster.advance(SOFT);

        assertThat(later).isNotDone();
        loads.end(0, V1);
        assertThat(users.getIfPresent(ID)).isNull();
    }

    @Test
    void softTimeout_blockingReader_isServedStaleWhileTheLoadGoesOn() {
        TwoLevelCache<Long, User> users = expired(blocking(n1, settings -> settings.softTimeout(SOFT)));
        cluster.commit(ID, "v2");
        n1.passTimeWhileWaiting();
        n1.background.hold();
        long before = n1.nanos.get();

        assertThat(users.get(ID)).isEqualTo(V1);

        assertThat(Duration.ofNanos(n1.nanos.get() - before)).isEqualTo(SOFT);
        assertThat(cluster.loads).hasValue(0);
        n1.background.run();
        assertThat(users.get(ID).email()).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void softTimeout_getAll_servesStale() {
        TwoLevelCache<Long, User> users = expired(softly(n1));
        CompletableFuture<Map<Long, User>> reader = users.async().getAll(List.of(ID));

        cluster.advance(SOFT);

        assertThat(reader).isCompletedWithValue(Map.of(ID, V1));
    }

    @Test
    void hardTimeout_over_failsAndTheLoadGoesOn() {
        TwoLevelCache<Long, User> users = held(n1, settings -> settings.hardTimeout(HARD));
        CompletableFuture<User> reader = users.async().get(ID);
        cluster.advance(HARD.minus(MOMENT));
        assertThat(reader).isNotDone();

        cluster.advance(MOMENT);

        assertThatThrownBy(reader::join).cause().isInstanceOfSatisfying(LoadTimeoutException.class, e -> {
            assertThat(e.cache()).isEqualTo("held");
            assertThat(e.key()).isEqualTo("456");
            assertThat(e).hasMessageContaining("hardTimeout (300 ms)");
        });
        assertThat(users.stats().loadTimeouts()).isEqualTo(1);
        loads.end(0, V1);
        assertThat(users.getIfPresent(ID)).isEqualTo(V1);
        assertThat(softly(n2).getIfPresent(ID)).isEqualTo(V1);
    }

    @Test
    void hardTimeout_over_tellsListeners() {
        TwoLevelCache<Long, User> users = held(n1, settings -> settings.hardTimeout(HARD));
        begin(users);

        cluster.advance(HARD);

        assertThat(events).singleElement().isInstanceOfSatisfying(CacheEvent.LoadFailed.class, event -> {
            assertThat(event.failure()).isInstanceOf(LoadTimeoutException.class);
            assertThat(event.took()).isEqualTo(HARD);
        });
    }

    @Test
    void hardTimeout_loadIsQuicker_isFresh() {
        TwoLevelCache<Long, User> users = held(n1, settings -> settings.hardTimeout(HARD));
        CompletableFuture<User> reader = users.async().get(ID);

        loads.end(0, V1);
        cluster.advance(HARD);

        assertThat(reader).isCompletedWithValue(V1);
        assertThat(users.stats().loadTimeouts()).isZero();
    }

    @Test
    void hardTimeout_valueIsRetained_servesIt() {
        TwoLevelCache<Long, User> users =
                expired(held(n1, settings -> settings.staleIfError(RETENTION).hardTimeout(HARD)));
        CompletableFuture<User> reader = users.async().get(ID);

        cluster.advance(HARD);

        assertThat(reader).isCompletedWithValue(V1);
        assertThat(users.stats().loadTimeouts()).isZero();
        assertThat(users.stats().staleServed()).isEqualTo(1);
    }

    @Test
    void hardTimeout_valueIsRetainedForOthersAlone_fails() {
        expired(softly(n1));
        CompletableFuture<User> reader =
                held(n2, settings -> settings.hardTimeout(HARD)).async().get(ID);

        cluster.advance(HARD);

        assertThat(reader).isCompletedExceptionally();
    }

    @Test
    void hardTimeout_joinedReaders_haveTheirOwnClocks() {
        TwoLevelCache<Long, User> users = held(n1, settings -> settings.hardTimeout(HARD));
        CompletableFuture<User> first = users.async().get(ID);
        cluster.advance(HARD.dividedBy(2));
        CompletableFuture<User> second = users.async().get(ID);

        cluster.advance(HARD.dividedBy(2));

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isNotDone();
        loads.end(0, V1);
        assertThat(second).isCompletedWithValue(V1);
    }

    @Test
    void hardTimeout_othersLoad_fails() {
        begin(held(n1, settings -> settings.hardTimeout(HARD)));
        CompletableFuture<User> reader =
                held(n2, settings -> settings.hardTimeout(HARD)).async().get(ID);

        cluster.advanceSlowly(HARD);

        assertThat(reader).isCompletedExceptionally();
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void hardTimeout_blockingReader_failsWhileTheLoadGoesOn() {
        TwoLevelCache<Long, User> users = blocking(n1, settings -> settings.hardTimeout(HARD));
        cluster.commit(ID, "v1");
        n1.passTimeWhileWaiting();
        n1.background.hold();
        long before = n1.nanos.get();

        assertThatThrownBy(() -> users.get(ID)).isInstanceOf(LoadTimeoutException.class);

        assertThat(Duration.ofNanos(n1.nanos.get() - before)).isEqualTo(HARD);
        n1.background.run();
        assertThat(users.getIfPresent(ID)).isEqualTo(V1);
    }

    @Test
    void bothTimeouts_valueIsRetained_servesItAtTheSoftOne() {
        TwoLevelCache<Long, User> users = expired(both(n1));
        CompletableFuture<User> reader = users.async().get(ID);

        cluster.advance(SOFT);

        assertThat(reader).isCompletedWithValue(V1);
        cluster.advance(HARD);
        assertThat(users.stats().loadTimeouts()).isZero();
    }

    @Test
    void bothTimeouts_nothingRetained_failsAtTheHardOne() {
        TwoLevelCache<Long, User> users = both(n1);
        CompletableFuture<User> reader = users.async().get(ID);
        cluster.advance(HARD.minus(MOMENT));
        assertThat(reader).isNotDone();

        cluster.advance(MOMENT);

        assertThatThrownBy(reader::join).hasCauseInstanceOf(LoadTimeoutException.class);
    }

    @Test
    void bothTimeouts_nearHit_asksNobody() {
        TwoLevelCache<Long, User> users = both(n1);
        users.put(ID, V1);

        assertThat(users.async().get(ID)).isCompletedWithValue(V1);

        assertThat(loads.begun()).isZero();
    }

    /** Begins to read, for nobody in particular. */
    private static void begin(TwoLevelCache<Long, User> users) {
        CompletableFuture<User> unused = users.async().get(ID);
    }

    /** Has the value's life end; it is retained if it is to be. */
    private TwoLevelCache<Long, User> expired(TwoLevelCache<Long, User> users) {
        users.put(ID, V1);
        cluster.advance(Cluster.TTL);
        return users;
    }

    private TwoLevelCache<Long, User> softly(Member member) {
        return held(
                member,
                settings -> settings.staleIfError(RETENTION, RETRY_AFTER).softTimeout(SOFT));
    }

    private TwoLevelCache<Long, User> both(Member member) {
        return held(
                member,
                settings -> settings.staleIfError(RETENTION, RETRY_AFTER)
                        .softTimeout(SOFT)
                        .hardTimeout(HARD));
    }

    private TwoLevelCache<Long, User> held(Member member, UnaryOperator<CacheBuilder<Long, User>> settings) {
        return settings.apply(plain(member, "held").asyncLoader(loads)).build();
    }

    private TwoLevelCache<Long, User> blocking(Member member, UnaryOperator<CacheBuilder<Long, User>> settings) {
        return settings.apply(plain(member, "blocking").loader(cluster::select).staleIfError(RETENTION, RETRY_AFTER))
                .build();
    }

    private CacheBuilder<Long, User> plain(Member member, String name) {
        return member.duet
                .cache(name, Long.class, User.class)
                .expireAfterWrite(Cluster.TTL)
                .ttlJitter(0)
                .refreshBeta(0)
                .onEvent(listener);
    }
}
