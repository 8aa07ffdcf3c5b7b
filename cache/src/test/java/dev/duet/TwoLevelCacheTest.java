package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.Operation;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TwoLevelCacheTest {

    private static final long ID = 456;

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
    void get_cold_loadsOnceAndThenComesFromNear() {
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");

        CacheStats stats = n1.users.stats();
        assertThat(cluster.loads).hasValue(1);
        assertThat(stats.loads()).isEqualTo(1);
        assertThat(stats.nearHits()).isEqualTo(1);
        assertThat(stats.nearMisses()).isEqualTo(1);
        assertThat(stats.storeMisses()).isEqualTo(1);
        assertThat(stats.nearSize()).isEqualTo(1);
    }

    @Test
    void get_loadedOnAnotherNode_comesFromTheStoreInOneOperation() {
        n1.email(ID);
        int before = n2.link.operations().size();

        assertThat(n2.email(ID)).isEqualTo("v1");

        assertThat(n2.link.operations()).hasSize(before + 1);
        assertThat(n2.users.stats().storeHits()).isEqualTo(1);
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_nearHit_asksNobody() {
        n1.email(ID);
        int before = n1.link.operations().size();

        n1.email(ID);

        assertThat(n1.link.operations()).hasSize(before);
    }

    @Test
    void get_expired_loadsAgain() {
        n1.email(ID);
        cluster.commit(ID, "v2");
        cluster.advance(Cluster.TTL.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v1");

        cluster.advance(Duration.ofMillis(1));

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void get_withLoaderOfItsOwn_usesIt() {
        assertThat(n1.users.get(7L, key -> new User(key, "given", 1)).email()).isEqualTo("given");
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void get_absent_isNotRememberedByDefault() {
        assertThat(n1.email(7)).isNull();
        assertThat(n1.email(7)).isNull();
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void get_absentAndCached_expires() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Duration.ofSeconds(5)));
        assertThat(n3.email(7)).isNull();
        assertThat(n3.email(7)).isNull();
        assertThat(n2.email(7)).isNull();
        assertThat(cluster.loads).hasValue(1);
        cluster.commit(7, "inserted");

        cluster.advance(Duration.ofSeconds(5));

        assertThat(n3.email(7)).isEqualTo("inserted");
    }

    @Test
    void get_manyThreads_oneLoadsAndOthersJoin() throws Exception {
        CountDownLatch arrived = new CountDownLatch(20);
        CompletableFuture<Void> go = new CompletableFuture<>();
        n1.loadNext(key -> {
            go.get(10, TimeUnit.SECONDS);
            return cluster.select(key);
        });
        List<CompletableFuture<String>> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<String> reader = new CompletableFuture<>();
            readers.add(reader);
            Thread thread = new Thread(() -> {
                arrived.countDown();
                reader.complete(n1.email(ID));
            });
            thread.setDaemon(true);
            thread.start();
        }
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

        go.complete(null);

        for (CompletableFuture<String> reader : readers) {
            assertThat(reader).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("v1");
        }
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_leaseHeldElsewhere_waitsForTheFill() {
        CountDownLatch waits = new CountDownLatch(3);
        n2.pause(nanos -> {
            waits.countDown();
            Thread.onSpinWait();
        });
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        n1.loadNext(key -> {
            waiting.add(CompletableFuture.supplyAsync(() -> n2.email(key)));
            assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();
            return cluster.select(key);
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(waiting.get(0)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_leaseHolderDied_isTakenOverFromAtTheEndOfItsTerm() {
        n1.loadNext(key -> {
            long before = cluster.storeMicros.get();
            assertThat(elsewhere(() -> n2.email(key))).isEqualTo("v1");
            Duration waited = Duration.ofNanos((cluster.storeMicros.get() - before) * 1_000);
            assertThat(waited).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
            return new User(key, "too late", 0);
        });

        assertThat(n1.email(ID)).isEqualTo("too late");

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_loaderAsksForItsOwnKey_throws() {
        n1.loadNext(key -> n1.users.get(key));

        assertThatThrownBy(() -> n1.email(ID))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("loader of key '456'");
        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void get_loaderAsksForAnotherKey_loadsBoth() {
        cluster.commit(7, "seven");
        n1.loadNext(key -> n1.users.get(7L));

        assertThat(n1.email(ID)).isEqualTo("seven");
    }

    @Test
    void get_interruptedLoader_restoresTheFlagAndReleasesTheLease() throws Exception {
        n1.loadNext(key -> {
            throw new InterruptedException("stop");
        });

        boolean interrupted = elsewhere(() -> {
            assertThatThrownBy(() -> n1.email(ID)).isInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });

        assertThat(interrupted).isTrue();
        assertThat(n2.email(ID)).isEqualTo("v1");
    }

    @Test
    void getIfPresent_neverLoads() {
        assertThat(n1.users.getIfPresent(ID)).isNull();
        n2.email(ID);

        assertThat(n1.users.getIfPresent(ID)).isEqualTo(new User(ID, "v1", 1));
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.users.stats().storeMisses()).isEqualTo(1);
    }

    @Test
    void put_isSeenEverywhereWithoutLoading() {
        n2.email(ID);

        n1.users.put(ID, new User(ID, "put", 9));

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
        assertThat(cluster.loads).hasValue(1);
        assertThat(n1.users.stats().invalidationsSent()).isEqualTo(1);
        assertThat(n2.users.stats().invalidationsApplied()).isEqualTo(1);
    }

    @Test
    void put_duringUpdate_isNotKept() {
        n1.users.update(ID, () -> {
            n2.users.put(ID, new User(ID, "doubtful", 9));
            cluster.commit(ID, "v2");
        });

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void put_null_namesTheRemedy() {
        assertThatThrownBy(() -> n1.users.put(ID, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
    }

    @Test
    void put_expires() {
        n1.users.put(ID, new User(ID, "put", 9));
        cluster.advance(Cluster.TTL);

        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void update_othersReadOldValueUntilItIsDone_thenTheNewOneForOneLoad() {
        n1.email(ID);
        n2.email(ID);

        n1.users.update(ID, () -> {
            assertThat(n2.isNear(ID)).isFalse();
            assertThat(n2.email(ID)).isEqualTo("v1");
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void update_withResult_returnsIt() {
        String result = n1.users.update(ID, () -> {
            cluster.commit(ID, "v2");
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_throws_reachesTheCallerAsItselfAndLeavesNothing() {
        n1.email(ID);
        SQLException lost = new SQLException("connection lost; committed or not");

        assertThatThrownBy(() -> n1.users.update(ID, () -> {
                    cluster.commit(ID, "v2");
                    throw lost;
                }))
                .isSameAs(lost);

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_interrupted_isCompletedAllTheSame() throws Exception {
        n1.email(ID);

        boolean interrupted = elsewhere(() -> {
            n1.users.update(ID, () -> {
                cluster.commit(ID, "v2");
                n1.link.delay(Duration.ofMillis(100));
                Thread.currentThread().interrupt();
            });
            return Thread.interrupted();
        });

        n1.link.delay(Duration.ZERO);
        assertThat(interrupted).isTrue();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_slowerThanItsIntent_isRenewed() throws Exception {
        n1.email(ID);
        CountDownLatch renewed = new CountDownLatch(2);

        n1.users.update(ID, () -> {
            n1.link.afterNext(Operation.Renew.class, renewed::countDown);
            n1.link.afterNext(Operation.Renew.class, renewed::countDown);
            cluster.advance(Duration.ofMillis(700));
            assertThat(renewed.await(10, TimeUnit.SECONDS)).isTrue();
            cluster.advance(Duration.ofMillis(700));
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(cluster.loads).hasValue(1);
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_overlapping_leavesNoOldValue() {
        n1.email(ID);

        n1.users.update(ID, () -> {
            n2.users.update(ID, () -> cluster.commit(ID, "v2"));
            assertThat(n2.email(ID)).isEqualTo("v2");
            cluster.commit(ID, "v3");
        });

        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n2.email(ID)).isEqualTo("v3");
    }

    @Test
    void update_readersOfNewValueMeanwhile_keepNothing() {
        n1.users.update(ID, () -> {
            assertThat(n2.email(ID)).isEqualTo("v1");
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_intentRanOut_invalidatesAtTheEnd() {
        n1.users.update(ID, () -> {
            cluster.advance(Duration.ofSeconds(2));
            assertThat(n2.email(ID)).isEqualTo("v1");
            cluster.commit(ID, "v2");
        });

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void update_storeDownAtCompletion_isRightWhenTheIntentRanOut() {
        n1.email(ID);

        n1.users.update(ID, () -> {
            cluster.commit(ID, "v2");
            n1.link.down(true);
        });

        n1.link.down(false);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void invalidateAll_keys_dropsThemEverywhere() {
        List<Long> ids = LongStream.range(0, 100).boxed().toList();
        ids.forEach(id -> cluster.commit(id, "old"));
        ids.forEach(n1::email);
        ids.forEach(n2::email);
        ids.forEach(id -> cluster.commit(id, "new"));

        n1.users.invalidateAll(ids);

        assertThat(ids).allSatisfy(id -> {
            assertThat(n2.email(id)).isEqualTo("new");
            assertThat(n1.email(id)).isEqualTo("new");
        });
    }

    @Test
    void invalidateAll_leavesOtherCachesAlone() {
        TwoLevelCache<Long, String> names =
                n1.duet.cache("names", Long.class, String.class).build();
        names.put(ID, "Ann");

        n1.users.invalidateAll();

        assertThat(names.getIfPresent(ID)).isEqualTo("Ann");
    }

    @Test
    void nullKeys_areRefusedEverywhere() {
        TwoLevelCache<Long, User> users = n1.users;

        assertNullKey(() -> users.get(nothing()));
        assertNullKey(() -> users.get(nothing(), key -> null));
        assertNullKey(() -> users.getIfPresent(nothing()));
        assertNullKey(() -> users.put(nothing(), new User(1, "x", 1)));
        assertNullKey(() -> users.invalidate(nothing()));
        assertNullKey(() -> users.update(nothing(), () -> {}));
    }

    @Test
    void oversizedValue_isReturnedCountedAndNotCached() {
        Member n3 = cluster.node(0, settings -> settings.maximumValueSize(100));
        cluster.commit(ID, "x".repeat(100));

        assertThat(n3.email(ID)).hasSize(100);
        assertThat(n3.email(ID)).hasSize(100);

        assertThat(n3.users.stats().oversized()).isEqualTo(2);
        assertThat(n3.isNear(ID)).isFalse();
        assertThat(n2.users.getIfPresent(ID)).isNull();
    }

    @Test
    void oversizedValues_firstOfACache_isWarnedOfWithSizeLimitAndSetting() {
        Logger log = (Logger) LoggerFactory.getLogger("dev.duet.internal.Payloads");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log.addAppender(appender);
        log.setLevel(Level.DEBUG);
        log.setAdditive(false);
        try {
            Member n3 = cluster.node(0, settings -> settings.maximumValueSize(100));
            cluster.commit(ID, "x".repeat(100));

            n3.email(ID);
            n3.users.put(7L, new User(7, "x".repeat(200), 1));

            assertThat(n3.users.stats().oversized()).isEqualTo(2);
            assertThat(appender.list)
                    .filteredOn(event -> event.getLevel() == Level.WARN)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains("'users'", "'" + ID + "'", "maximumValueSize (100)")
                            .containsPattern("takes 1\\d\\d bytes"));
        } finally {
            log.detachAppender(appender);
            log.setLevel(null);
            log.setAdditive(true);
        }
    }

    @Test
    void oversizedPut_removesWhatWasThere() {
        Member n3 = cluster.node(0, settings -> settings.maximumValueSize(100));
        n3.email(ID);
        n2.email(ID);

        n3.users.put(ID, new User(ID, "x".repeat(100), 2));

        assertThat(n2.users.getIfPresent(ID)).isNull();
        assertThat(n3.users.getIfPresent(ID)).isNull();
    }

    @Test
    void evictions_boundTheNearCache() {
        Member n3 = cluster.node(0, settings -> settings.maximumSize(50));
        for (long id = 0; id < 500; id++) {
            cluster.commit(id, "user " + id);
            n3.email(id);
        }

        assertThat(n3.users.getIfPresent(7L)).isNotNull();
        await().untilAsserted(() -> assertThat(n3.users.stats().nearSize()).isLessThanOrEqualTo(50));
        assertThat(n3.users.stats().evictions()).isGreaterThanOrEqualTo(450);
    }

    @Test
    void weigher_boundsTheNearCacheByWeight() {
        Member n3 = cluster.node(
                0,
                settings -> settings.maximumWeight(
                                100, (id, user) -> user.email().length())
                        .cacheAbsence(Cluster.TTL));
        n3.email(7);
        for (long id = 0; id < 500; id++) {
            cluster.commit(id, "0123456789");
            n3.email(id);
        }

        await().untilAsserted(() -> assertThat(n3.users.stats().nearSize()).isLessThanOrEqualTo(11));
    }

    @Test
    void checkedException_ofLoader_reachesTheCallerAsItself() {
        IOException broken = new IOException("broken");
        n1.loadNext(key -> {
            throw broken;
        });

        assertThatThrownBy(() -> n1.users.get(ID)).isSameAs(broken);
    }

    private static void assertNullKey(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessageContaining("key");
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // null fits every type
    private static <T> T nothing() {
        return null;
    }
}
