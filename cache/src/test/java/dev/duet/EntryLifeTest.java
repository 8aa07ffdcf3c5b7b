package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.Level;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long single values live: by policy, by what their loads say, by chance, and near. */
class EntryLifeTest {

    private static final long ID = 456;
    private static final User V1 = new User(ID, "v1", 1);
    private static final User V2 = new User(ID, "v2", 2);
    private static final Duration TTL = Cluster.TTL;
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration RETENTION = Duration.ofMinutes(10);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    private final AtomicInteger loads = new AtomicInteger();
    private final List<@Nullable PreviousValue<User>> given = new ArrayList<>();
    private LoadResult<User> result = LoadResult.of(V1);
    private ExpiryPolicy<Long, User> policy = (key, user) -> Duration.ofSeconds(10);

    private final ExpiryPolicy<Long, User> changingPolicy = (key, user) -> policy.expireAfterWrite(key, user);
    private final ConditionalLoader<Long, User> conditional = (key, previous) -> {
        loads.incrementAndGet();
        given.add(previous);
        return result;
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void expiry_loaded_livesForThatLongInBothLevels() {
        TwoLevelCache<Long, User> users1 = byPolicy(n1);
        TwoLevelCache<Long, User> users2 = byPolicy(n2);
        users1.get(ID);

        assertThat(users1.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(10));
        assertThat(users2.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(10));
        cluster.advance(Duration.ofSeconds(10).minus(MOMENT));
        assertThat(users1.getIfPresent(ID)).isEqualTo(V1);
        assertThat(users2.getIfPresent(ID)).isEqualTo(V1);
        cluster.advance(MOMENT);
        assertThat(users1.getIfPresent(ID)).isNull();
        assertThat(users2.getIfPresent(ID)).isNull();
    }

    @Test
    void withoutEnd_onEveryWay_expiresInIsNull() throws Exception {
        TwoLevelCache<Long, User> users1 = endless(n1);
        TwoLevelCache<Long, User> users2 = endless(n2);

        assertThat(users1.getEntry(ID).expiresIn()).as("loaded").isNull();
        assertThat(users1.getEntry(ID).expiresIn()).as("near").isNull();
        assertThat(users2.getEntry(ID).expiresIn()).as("from the store").isNull();
        assertThat(users2.getEntry(ID).expiresIn()).as("near, from the store").isNull();
        assertThat(users1.async().getEntry(2L).get().expiresIn()).as("async").isNull();
        assertThat(users2.async().getEntry(2L).get().expiresIn())
                .as("async, from the store")
                .isNull();
        users1.put(3L, V1);
        assertThat(users1.getEntry(3L).expiresIn()).as("put").isNull();
        assertThat(users2.getEntryIfPresent(3L).expiresIn()).as("peeked").isNull();
        users1.updateAndPut(4L, () -> V1);
        assertThat(users1.getEntry(4L).expiresIn()).as("updated").isNull();
        assertThat(users2.getEntry(4L).expiresIn()).as("updated elsewhere").isNull();
    }

    private static TwoLevelCache<Long, User> endless(Member member) {
        return member.duet
                .cache("endless", Long.class, User.class)
                .loader(key -> V1)
                .build();
    }

    @Test
    void expiry_eachValue_hasItsOwn() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> Duration.ofSeconds(key);

        users.put(5L, V1);
        users.put(7L, V1);

        assertThat(users.getEntry(5L).expiresIn()).isEqualTo(Duration.ofSeconds(5));
        assertThat(users.getEntry(7L).expiresIn()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void expiry_zeroOfALoad_isReturnedAndNotCached() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> Duration.ZERO;

        assertThat(users.get(ID)).isEqualTo(V1);
        assertThat(users.get(ID)).isEqualTo(V1);

        assertThat(loads).hasValue(2);
        assertThat(byPolicy(n2).getIfPresent(ID)).isNull();
    }

    @Test
    void expiry_negativeOfALoad_isReturnedAndNotCached() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> Duration.ofSeconds(-1);

        assertThat(users.get(ID)).isEqualTo(V1);

        assertThat(users.getIfPresent(ID)).isNull();
    }

    @Test
    void expiry_zeroOfAPut_removesWhatWasThere() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        users.put(ID, V1);
        policy = (key, user) -> Duration.ZERO;

        users.put(ID, V2);

        assertThat(users.getIfPresent(ID)).isNull();
        assertThat(byPolicy(n2).getIfPresent(ID)).isNull();
    }

    @Test
    void expiry_nullOfALoad_namesThePolicyAndKeepsNobodyWaiting() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> nothing();
        assertThatThrownBy(() -> users.get(ID))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("expiry policy of cache 'policy'")
                .hasMessageContaining("zero");
        policy = (key, user) -> TTL;
        long before = cluster.storeMicros.get();

        assertThat(byPolicy(n2).get(ID)).isEqualTo(V1);

        assertThat(cluster.storeMicros).hasValue(before);
    }

    @Test
    void expiry_nullOfAPut_namesThePolicy() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> nothing();

        assertThatThrownBy(() -> users.put(ID, V1))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("expiry policy");
    }

    @Test
    void expiry_throws_reachesTheReaderAsItself() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        IllegalStateException wrong = new IllegalStateException("no end in sight");
        policy = (key, user) -> {
            throw wrong;
        };

        assertThatThrownBy(() -> users.get(ID)).isSameAs(wrong);
    }

    @Test
    void expiry_veryLong_isTheLongest() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> Duration.ofSeconds(Long.MAX_VALUE);

        users.get(ID);

        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofDays(36_500));
    }

    @Test
    void expiry_loadSaysItsLife_isNotAsked() {
        TwoLevelCache<Long, User> users = byPolicy(n1);
        policy = (key, user) -> nothing();
        result = LoadResult.of(V1).expiresAfter(Duration.ofSeconds(3));

        users.get(ID);

        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void expiresAfter_said_takesThePlaceOfTheSetting() {
        TwoLevelCache<Long, User> users = conditional(n1);
        result = LoadResult.of(V1).expiresAfter(Duration.ofSeconds(3));
        users.get(ID);
        cluster.advance(Duration.ofSeconds(3).minus(MOMENT));
        assertThat(users.getIfPresent(ID)).isEqualTo(V1);
        assertThat(conditional(n2).getIfPresent(ID)).isEqualTo(V1);

        cluster.advance(MOMENT);

        assertThat(users.getIfPresent(ID)).isNull();
        assertThat(conditional(n2).getIfPresent(ID)).isNull();
    }

    @Test
    void uncached_isReturnedAndKeptNowhere() {
        TwoLevelCache<Long, User> users = conditional(n1);
        result = LoadResult.of(V1).uncached();

        assertThat(users.get(ID)).isEqualTo(V1);

        assertThat(users.getIfPresent(ID)).isNull();
        assertThat(conditional(n2).getIfPresent(ID)).isNull();
        assertThat(n1.link.operations()).noneMatch(Operation.Fill.class::isInstance);
    }

    @Test
    void uncached_ofARefresh_dropsTheValueBefore() {
        TwoLevelCache<Long, User> users = refreshing(n1);
        users.get(ID);
        result = LoadResult.of(V2).uncached();
        cluster.advance(TTL.dividedBy(2));

        users.get(ID);

        assertThat(users.getIfPresent(ID)).isNull();
    }

    @Test
    void absent_withoutCacheAbsence_isNotRemembered() {
        TwoLevelCache<Long, User> users = conditional(n1);
        result = LoadResult.absent();

        assertThat(users.get(ID)).isNull();
        assertThat(users.get(ID)).isNull();

        assertThat(loads).hasValue(2);
    }

    @Test
    void absent_withALifeOfItsOwn_isRememberedForThat() {
        TwoLevelCache<Long, User> users = conditional(n1);
        result = LoadResult.<User>absent().expiresAfter(Duration.ofSeconds(3));
        assertThat(users.get(ID)).isNull();
        cluster.advance(Duration.ofSeconds(3).minus(MOMENT));
        assertThat(users.get(ID)).isNull();
        assertThat(conditional(n2).get(ID)).isNull();
        assertThat(loads).hasValue(1);

        cluster.advance(MOMENT);
        users.get(ID);

        assertThat(loads).hasValue(2);
    }

    @Test
    void absent_withCacheAbsence_isRememberedForThat() {
        TwoLevelCache<Long, User> users = build(
                n1,
                "absence",
                settings -> settings.conditionalLoader(conditional).cacheAbsence(Duration.ofSeconds(5)));
        result = LoadResult.absent();
        users.get(ID);

        assertThat(users.getEntry(ID).isAbsent()).isTrue();
        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void previous_firstLoad_isNull() {
        conditional(n1).get(ID);

        assertThat(given).hasSize(1).containsOnlyNulls();
    }

    @Test
    void previous_refresh_isTheValueWithItsValidatorAndAge() {
        TwoLevelCache<Long, User> users = refreshing(n1);
        result = LoadResult.of(V1).validator("etag");
        users.get(ID);
        cluster.advance(TTL.dividedBy(2));

        users.get(ID);

        assertThat(given).last().isEqualTo(new PreviousValue<>(V1, "etag", TTL.dividedBy(2)));
    }

    @Test
    void previous_refreshOfWhatAnotherNodeLoaded_isThat() {
        result = LoadResult.of(V1).validator("etag");
        refreshing(n1).get(ID);
        TwoLevelCache<Long, User> users = refreshing(n2);
        users.get(ID);
        cluster.advance(TTL.dividedBy(2));

        users.get(ID);

        assertThat(given).last().isEqualTo(new PreviousValue<>(V1, "etag", TTL.dividedBy(2)));
    }

    @Test
    void previous_put_hasNoValidator() {
        TwoLevelCache<Long, User> users = refreshing(n1);
        users.put(ID, V1);
        cluster.advance(TTL.dividedBy(2));

        users.get(ID);

        assertThat(given).containsExactly(new PreviousValue<>(V1, null, TTL.dividedBy(2)));
    }

    @Test
    void previous_expiredAndRetained_isTheValueOnEveryNode() {
        result = LoadResult.of(V1).validator("etag");
        retaining(n1).get(ID);
        cluster.advance(TTL.plusSeconds(5));
        result = LoadResult.of(V2).uncached();

        retaining(n2).get(ID);

        assertThat(given).last().isEqualTo(new PreviousValue<>(V1, "etag", TTL.plusSeconds(5)));
    }

    @Test
    void previous_storeIsSlow_isAsOldAsWhenTheLoaderIsCalled() {
        retaining(n1).get(ID);
        cluster.advance(TTL);
        n2.link.afterNext(Operation.Lease.class, () -> cluster.advance(Duration.ofMillis(70)));

        retaining(n2).get(ID);

        assertThat(Objects.requireNonNull(given.get(1)).age()).isEqualTo(TTL.plusMillis(70));
    }

    @Test
    void previous_expiredAndNotRetained_isNull() {
        TwoLevelCache<Long, User> users = conditional(n1);
        users.get(ID);
        cluster.advance(TTL);

        users.get(ID);

        assertThat(given).hasSize(2).containsOnlyNulls();
    }

    @Test
    void previous_invalidated_isNull() {
        TwoLevelCache<Long, User> users = retaining(n1);
        users.get(ID);
        cluster.advance(TTL);
        retaining(n2).invalidate(ID);

        users.get(ID);

        assertThat(given).hasSize(2).containsOnlyNulls();
    }

    @Test
    void previous_storeDown_isNull() {
        TwoLevelCache<Long, User> users = retaining(n1);
        users.get(ID);
        cluster.advance(TTL);
        n1.link.down(true);

        users.get(ID);

        assertThat(given).hasSize(2).containsOnlyNulls();
    }

    @Test
    void unchanged_refresh_renewsTheLifeAndKeepsValueAndValidator() {
        TwoLevelCache<Long, User> users = refreshing(n1);
        result = LoadResult.of(V1).validator("etag");
        users.get(ID);
        result = LoadResult.unchanged();
        cluster.advance(TTL.dividedBy(2));
        users.get(ID);

        assertThat(users.getEntry(ID)).isEqualTo(new CacheEntry<>(V1, false, Level.NEAR, TTL));
        assertThat(refreshing(n2).getEntry(ID)).isEqualTo(new CacheEntry<>(V1, false, Level.STORE, TTL));
        cluster.advance(TTL.dividedBy(2));
        users.get(ID);
        assertThat(given).last().isEqualTo(new PreviousValue<>(V1, "etag", TTL.dividedBy(2)));
    }

    @Test
    void unchanged_expiredAndRetained_renewsTheLife() {
        result = LoadResult.of(V1).validator("etag");
        retaining(n1).get(ID);
        cluster.advance(TTL);
        result = LoadResult.unchanged();

        assertThat(retaining(n2).getEntry(ID)).isEqualTo(new CacheEntry<>(V1, false, Level.SOURCE, TTL));

        assertThat(retaining(n1).getEntry(ID)).isEqualTo(new CacheEntry<>(V1, false, Level.STORE, TTL));
        assertThat(loads).hasValue(2);
    }

    @Test
    void unchanged_withALife_livesForThat() {
        TwoLevelCache<Long, User> users = retaining(n1);
        users.get(ID);
        cluster.advance(TTL);
        result = LoadResult.<User>unchanged().expiresAfter(Duration.ofSeconds(3));

        users.get(ID);

        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void unchanged_withAPolicy_asksIt() {
        TwoLevelCache<Long, User> users = build(
                n1,
                "both",
                settings -> settings.conditionalLoader(conditional).staleIfError(RETENTION),
                changingPolicy);
        users.get(ID);
        cluster.advance(Duration.ofSeconds(10));
        policy = (key, user) -> Duration.ofSeconds(user.version());
        result = LoadResult.unchanged();

        users.get(ID);

        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void unchanged_withAValidator_keepsThatOne() {
        TwoLevelCache<Long, User> users = retaining(n1);
        result = LoadResult.of(V1).validator("old");
        users.get(ID);
        cluster.advance(TTL);
        result = LoadResult.<User>unchanged().validator("new");
        users.get(ID);
        cluster.advance(TTL);

        assertThat(users.get(ID)).isEqualTo(V1);

        assertThat(given).last().isEqualTo(new PreviousValue<>(V1, "new", TTL));
    }

    @Test
    void unchanged_withoutPrevious_saysSo() {
        TwoLevelCache<Long, User> users = conditional(n1);
        result = LoadResult.unchanged();

        assertThatThrownBy(() -> users.get(ID))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("unchanged")
                .hasMessageContaining("no previous value")
                .hasMessageContaining("456");
    }

    @Test
    void unchanged_uncached_isServedOnceAndDropped() {
        TwoLevelCache<Long, User> users = retaining(n1);
        users.get(ID);
        cluster.advance(TTL);
        result = LoadResult.<User>unchanged().uncached();

        assertThat(users.get(ID)).isEqualTo(V1);

        result = LoadResult.of(V2);
        assertThat(users.get(ID)).isEqualTo(V2);
        assertThat(given).last().isNull();
    }

    @Test
    void unchanged_invalidatedDuringTheLoad_isNotKept() {
        TwoLevelCache<Long, User> users1 = build(
                n1,
                "retaining",
                settings -> settings.staleIfError(RETENTION).conditionalLoader((key, previous) -> {
                    retaining(n2).invalidate(key);
                    return LoadResult.unchanged();
                }));
        users1.put(ID, V1);
        cluster.advance(TTL);

        assertThat(users1.get(ID)).isEqualTo(V1); // this read began before

        assertThat(users1.getIfPresent(ID)).isNull();
        assertThat(retaining(n2).getIfPresent(ID)).isNull();
    }

    @Test
    void expireAfterAccess_notRead_leavesTheNearCacheAlone() {
        TwoLevelCache<Long, User> users = idle();
        users.get(ID);

        cluster.advance(Duration.ofSeconds(5));

        assertThat(users.getEntry(ID).level()).isEqualTo(Level.STORE);
        assertThat(loads).hasValue(1);
    }

    @Test
    void expireAfterAccess_readByGet_stays() {
        TwoLevelCache<Long, User> users = idle();
        assertStays(() -> users.get(ID));
    }

    @Test
    void expireAfterAccess_readByGetEntry_stays() {
        TwoLevelCache<Long, User> users = idle();
        assertStays(() -> users.getEntry(ID));
    }

    @Test
    void expireAfterAccess_readByGetAll_stays() {
        TwoLevelCache<Long, User> users = idle();
        assertStays(() -> users.getAll(List.of(ID)));
    }

    @Test
    void expireAfterAccess_readWithoutBlocking_stays() {
        TwoLevelCache<Long, User> users = idle();
        assertStays(() -> users.async().get(ID).join());
    }

    private void assertStays(Runnable read) {
        read.run();
        int before = n1.link.operations().size();
        cluster.advance(Duration.ofSeconds(4));
        read.run();

        cluster.advance(Duration.ofSeconds(4));
        read.run();

        assertThat(n1.link.operations()).hasSize(before);
    }

    private TwoLevelCache<Long, User> idle() {
        return build(
                n1,
                "idle",
                settings -> settings.expireAfterAccess(Duration.ofSeconds(5)).conditionalLoader(conditional));
    }

    @Test
    void ttlJitter_none_leavesLivesAsTheyAre() {
        assertThat(jittered(0)).isEqualTo(TTL);
    }

    @Test
    void ttlJitter_byChance_shortensByThatPart() {
        assertThat(jittered(0.5)).isEqualTo(Duration.ofSeconds(54));
    }

    @Test
    void ttlJitter_most_shortensByTheWholePart() {
        assertThat(jittered(Math.nextDown(1.0)))
                .isBetween(Duration.ofSeconds(48), Duration.ofSeconds(48).plus(MOMENT));
    }

    @Test
    void ttlJitter_put_isShortenedToo() {
        n1.random = 0.5;
        TwoLevelCache<Long, User> users1 = jittering(n1);

        users1.put(ID, V1);

        assertThat(users1.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(54));
        assertThat(jittering(n2).getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(54));
    }

    @Test
    void ttlJitter_lifeThatTheLoadSaid_isShortenedToo() {
        n1.random = 0.5;
        result = LoadResult.of(V1).expiresAfter(Duration.ofSeconds(10));
        TwoLevelCache<Long, User> users = jittering(n1);

        users.get(ID);

        assertThat(users.getEntry(ID).expiresIn()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void nearExpireAfterWrite_over_asksTheStore() {
        TwoLevelCache<Long, User> users1 = nearBriefly(n1);
        users1.get(ID);
        cluster.advance(Duration.ofSeconds(10).minus(MOMENT));
        assertThat(users1.getEntry(ID).level()).isEqualTo(Level.NEAR);

        cluster.advance(MOMENT);

        CacheEntry<User> entry = users1.getEntry(ID);
        assertThat(entry.level()).isEqualTo(Level.STORE);
        assertThat(entry.expiresIn()).isEqualTo(TTL.minusSeconds(10));
        assertThat(users1.getEntry(ID).level()).isEqualTo(Level.NEAR);
        assertThat(loads).hasValue(1);
    }

    @Test
    void nearExpireAfterWrite_put_isKeptBriefly() {
        TwoLevelCache<Long, User> users = nearBriefly(n1);
        users.put(ID, V1);

        cluster.advance(Duration.ofSeconds(10));

        assertThat(users.getEntry(ID).level()).isEqualTo(Level.STORE);
    }

    @Test
    void nearExpireAfterWrite_lateInTheLife_endsWithTheLife() {
        TwoLevelCache<Long, User> users1 = nearBriefly(n1);
        users1.get(ID);
        cluster.advance(TTL.minusSeconds(1));
        assertThat(users1.getIfPresent(ID)).isEqualTo(V1);

        cluster.advance(Duration.ofSeconds(1));

        assertThat(users1.getIfPresent(ID)).isNull();
    }

    @Test
    void nearExpireAfterWrite_overAndLoaderDown_isNotStale() throws IOException {
        TwoLevelCache<Long, User> users = build(
                n1,
                "brief",
                settings -> settings.staleIfError(RETENTION)
                        .nearExpireAfterWrite(Duration.ofSeconds(10))
                        .loader(key -> {
                            throw new IOException("unlucky");
                        }));
        users.put(ID, V1);
        cluster.advance(Duration.ofSeconds(10));

        assertThat(users.getEntry(ID).stale()).isFalse();
    }

    /** What a value has to live that is loaded when chance comes to {@code random}; the same in both levels. */
    private Duration jittered(double random) {
        n1.random = random;
        TwoLevelCache<Long, User> users = jittering(n1);
        users.get(ID);
        Duration near = users.getEntry(ID).expiresIn();
        assertThat(jittering(n2).getEntry(ID).expiresIn()).isEqualTo(near);
        return Objects.requireNonNull(near);
    }

    private TwoLevelCache<Long, User> jittering(Member member) {
        return member.duet
                .cache("jitter", Long.class, User.class)
                .expireAfterWrite(TTL)
                .ttlJitter(0.2)
                .refreshBeta(0)
                .conditionalLoader(conditional)
                .build();
    }

    private TwoLevelCache<Long, User> nearBriefly(Member member) {
        return build(
                member,
                "brief",
                settings ->
                        settings.nearExpireAfterWrite(Duration.ofSeconds(10)).conditionalLoader(conditional));
    }

    private TwoLevelCache<Long, User> conditional(Member member) {
        return build(member, "conditional", settings -> settings.conditionalLoader(conditional));
    }

    private TwoLevelCache<Long, User> refreshing(Member member) {
        return build(
                member,
                "refreshing",
                settings -> settings.refreshAfterWrite(TTL.dividedBy(2)).conditionalLoader(conditional));
    }

    private TwoLevelCache<Long, User> retaining(Member member) {
        return build(
                member,
                "retaining",
                settings -> settings.staleIfError(RETENTION).conditionalLoader(conditional));
    }

    private TwoLevelCache<Long, User> byPolicy(Member member) {
        return build(member, "policy", settings -> settings.conditionalLoader(conditional), changingPolicy);
    }

    private static TwoLevelCache<Long, User> build(
            Member member, String name, UnaryOperator<CacheBuilder<Long, User>> settings) {
        return settings.apply(plain(member, name).expireAfterWrite(TTL)).build();
    }

    private static TwoLevelCache<Long, User> build(
            Member member,
            String name,
            UnaryOperator<CacheBuilder<Long, User>> settings,
            ExpiryPolicy<Long, User> policy) {
        return settings.apply(plain(member, name).expiry(policy)).build();
    }

    private static CacheBuilder<Long, User> plain(Member member, String name) {
        return member.duet.cache(name, Long.class, User.class).ttlJitter(0).refreshBeta(0);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // null on purpose, of every type
    private static <T> T nothing() {
        return null;
    }
}
