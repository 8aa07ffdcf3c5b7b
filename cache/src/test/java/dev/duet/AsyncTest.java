package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Level;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads and writes that do not block. */
class AsyncTest {

    private static final long ID = 456;

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final AsyncTwoLevelCache<Long, User> users = n1.users.async();
    private final User v1 = new User(ID, "v1", 1);

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A cache of the first node whose loads end when the test says so. */
    private TwoLevelCache<Long, User> later(CompletableFuture<User> answer) {
        return n1.duet
                .cache("later", Long.class, User.class)
                .asyncLoader((key, executor) -> {
                    cluster.loads.incrementAndGet();
                    return answer;
                })
                .build();
    }

    @Test
    void synchronous_isTheCacheItIsOf() {
        assertThat(users.synchronous()).isSameAs(n1.users);
    }

    @Test
    void reads_near_completeAtOnce() {
        n1.email(ID);
        n1.background.hold();

        assertThat(users.get(ID)).isCompletedWithValue(v1);
        assertThat(users.getIfPresent(ID)).isCompletedWithValue(v1);
        assertThat(users.getEntry(ID).join().level()).isEqualTo(Level.NEAR);
        assertThat(users.getAll(List.of(ID))).isCompletedWithValue(Map.of(ID, v1));
        assertThat(n1.background.run()).isZero();
    }

    @Test
    void get_cold_happensInTheBackgroundAlone() {
        n1.background.hold();
        CompletableFuture<User> user = users.get(ID);

        assertThat(user).isNotDone();
        assertThat(cluster.loads).hasValue(0);

        n1.background.run();
        assertThat(user).isCompletedWithValue(v1);
        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void getAll_cold_happensInTheBackgroundAlone() {
        n1.background.hold();
        CompletableFuture<Map<Long, User>> all = users.getAll(List.of(ID, 7L));

        assertThat(all).isNotDone();
        assertThat(cluster.loads).hasValue(0);

        n1.background.run();
        assertThat(all).isCompletedWithValue(Map.of(ID, v1));
    }

    @Test
    void getIfPresent_neverLoads() {
        assertThat(users.getIfPresent(ID)).isCompletedWithValue(null);
        n2.email(ID);

        assertThat(users.getIfPresent(ID)).isCompletedWithValue(v1);
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void getEntry_saysWhereItCameFrom() {
        n2.email(ID);

        CacheEntry<User> entry = users.getEntry(ID).join();

        assertThat(entry.level()).isEqualTo(Level.STORE);
        assertThat(entry.expiresIn()).isEqualTo(Cluster.TTL);
        assertThat(users.getEntry(7L).join().isAbsent()).isTrue();
    }

    @Test
    void get_asyncLoader_takesNoThreadMeanwhile() {
        CompletableFuture<User> answer = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = later(answer);
        n1.background.hold();
        CompletableFuture<User> user = cache.async().get(ID);
        n1.background.run();

        assertThat(n1.background.run()).isZero();
        assertThat(user).isNotDone();
        answer.complete(v1);
        n1.background.run();

        assertThat(user).isCompletedWithValue(v1);
        assertThat(cache.getIfPresent(ID)).isEqualTo(v1);
    }

    @Test
    void get_asyncLoader_isGivenTheBackground() {
        List<Executor> given = new ArrayList<>();
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("given", Long.class, User.class)
                .asyncLoader((key, executor) -> {
                    given.add(executor);
                    return CompletableFuture.supplyAsync(() -> v1, executor);
                })
                .build();
        n1.background.hold();
        CompletableFuture<User> user = cache.async().get(ID);

        assertThat(n1.background.run()).isGreaterThanOrEqualTo(3);
        assertThat(user).isCompletedWithValue(v1);
        assertThat(given).hasSize(1).doesNotContainNull();
    }

    @Test
    void get_blockingOnACacheWithAnAsyncLoader_waitsForIt() throws Exception {
        CompletableFuture<User> answer = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = later(answer);
        CompletableFuture<User> first = cache.async().get(ID);

        CompletableFuture<User> second = CompletableFuture.supplyAsync(() -> cache.get(ID));
        answer.complete(v1);

        assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(v1);
        assertThat(first).isCompletedWithValue(v1);
        assertThat(cluster.loads).hasValue(1);
        assertThat(elsewhere(() -> cache.get(7L))).isEqualTo(v1);
    }

    @Test
    void get_whileABlockingOneLoads_joinsIt() {
        List<CompletableFuture<User>> joined = new ArrayList<>();
        n1.loadNext(key -> {
            joined.add(elsewhere(() -> users.get(key)));
            assertThat(joined.get(0)).isNotDone();
            return cluster.select(key);
        });

        n1.email(ID);

        assertThat(joined.get(0)).isCompletedWithValue(v1);
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_cancelled_loadGoesOnForOthersAndForTheCache() {
        CompletableFuture<User> answer = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = later(answer);
        CompletableFuture<User> first = cache.async().get(ID);
        CompletableFuture<User> second = cache.async().get(ID);
        CompletableFuture<Map<Long, User>> all = cache.async().getAll(List.of(ID));

        first.cancel(true);
        all.cancel(true);
        answer.complete(v1);

        assertThat(first).isCancelled();
        assertThat(second).isCompletedWithValue(v1);
        assertThat(cache.getIfPresent(ID)).isEqualTo(v1);
    }

    @Test
    void get_completedByItsOwner_concernsNobodyElse() {
        CompletableFuture<User> answer = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = later(answer);
        CompletableFuture<User> first = cache.async().get(ID);
        CompletableFuture<User> second = cache.async().get(ID);

        first.complete(new User(ID, "mine", 9));
        answer.complete(v1);

        assertThat(second).isCompletedWithValue(v1);
        assertThat(cache.getIfPresent(ID)).isEqualTo(v1);
    }

    @Test
    void getIfPresent_completedByItsOwner_concernsNobodyElse() {
        n1.email(ID);
        users.get(ID).obtrudeValue(null);
        users.getIfPresent(ID).obtrudeValue(null);
        users.getAll(List.of(ID)).obtrudeValue(Map.of());

        assertThat(users.get(ID)).isCompletedWithValue(v1);
    }

    @Test
    void get_loaderFails_failsWithItsOwnExceptionAndReleasesTheLease() {
        IOException broken = new IOException("broken");
        n1.loadNext(key -> {
            throw broken;
        });

        assertThatThrownBy(() -> users.get(ID).join())
                .isInstanceOf(CompletionException.class)
                .hasCause(broken);

        assertThat(n2.email(ID)).isEqualTo("v1");
    }

    @Test
    void getAll_loaderFails_failsWithItsOwnException() {
        IOException broken = new IOException("broken");
        n1.loadNext(key -> {
            throw broken;
        });

        assertThatThrownBy(() -> users.getAll(List.of(ID, 7L)).join())
                .isInstanceOf(CompletionException.class)
                .hasCause(broken);
    }

    @Test
    void get_asyncLoadersOwnStageFails_failsWithItsOwnException() {
        IOException broken = new IOException("broken");
        TwoLevelCache<Long, User> cache = later(CompletableFuture.failedFuture(broken));

        assertThatThrownBy(() -> cache.get(ID)).isSameAs(broken);
        assertThatThrownBy(() -> cache.async().get(ID).join()).hasCause(broken);
    }

    @Test
    void get_asyncLoaderThrows_failsWithThat() {
        IOException broken = new IOException("broken");
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("odd", Long.class, User.class)
                .asyncLoader((key, executor) -> {
                    throw broken;
                })
                .build();

        assertThatThrownBy(() -> cache.get(ID)).isSameAs(broken);
    }

    @Test
    void get_asyncLoaderReturnsNoStage_namesTheRemedy() {
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("odd", Long.class, User.class)
                .asyncLoader((key, executor) -> nothing())
                .build();

        assertThatThrownBy(() -> cache.get(ID))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("asyncLoader of cache 'odd' returned null; return a stage");
    }

    @Test
    void get_asyncLoaderCompletesWithNull_isAbsent() {
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("absent", Long.class, User.class)
                .asyncLoader((key, executor) -> CompletableFuture.<User>completedFuture(null))
                .cacheAbsence(Duration.ofSeconds(5))
                .build();

        assertThat(cache.async().get(ID)).isCompletedWithValue(null);
        assertThat(cache.getEntryIfPresent(ID)).isNotNull();
    }

    @Test
    void get_withLoaderOfItsOwn_usesIt() {
        User given = new User(7, "given", 1);

        assertThat(users.get(7L, (key, executor) -> CompletableFuture.completedFuture(given)))
                .isCompletedWithValue(given);
        assertThat(n1.isNear(7)).isTrue();
        assertThatThrownBy(() -> users.get(8L, (key, executor) -> nothing()).join())
                .hasMessageContaining("the loader of cache 'users' returned null");
    }

    @Test
    void get_leaseHeldElsewhere_waitsWithoutAThread() {
        List<CompletableFuture<User>> waiting = new ArrayList<>();
        n2.background.hold();
        n2.pause(nanos -> {});
        n1.loadNext(key -> {
            waiting.add(n2.users.async().get(key));
            assertThat(waiting.get(0)).isNotDone();
            return cluster.select(key);
        });

        n1.email(ID);
        n2.background.run();

        assertThat(waiting.get(0)).isCompletedWithValue(v1);
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void get_withoutLoader_failsInTheFuture() {
        TwoLevelCache<Long, User> cache =
                n1.duet.cache("none", Long.class, User.class).build();

        assertThatThrownBy(() -> cache.async().get(ID).join())
                .hasCauseInstanceOf(CacheException.class)
                .hasMessageContaining("loader(…)");
    }

    @Test
    void keyRefusedByTheCodec_failsInTheFuture() {
        TwoLevelCache<String, String> cache = n1.duet
                .cache("texts", String.class, String.class)
                .loader(key -> key)
                .build();
        String bad = "half of a pair: \uD83D";
        AsyncTwoLevelCache<String, String> async = cache.async();

        for (CompletableFuture<?> future : List.of(
                async.get(bad),
                async.getEntry(bad),
                async.getIfPresent(bad),
                async.getAll(List.of(bad)),
                async.put(bad, "x"),
                async.invalidate(bad))) {
            assertThatThrownBy(future::join).hasCauseInstanceOf(CodecException.class);
        }
    }

    @Test
    void put_isSeenEverywhere() {
        n2.email(ID);

        users.put(ID, new User(ID, "put", 2)).join();

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
    }

    @Test
    void putAll_isOneRoundTrip() {
        int before = n1.link.roundTrips().size();

        users.putAll(Map.of(1L, new User(1, "one", 1), 2L, new User(2, "two", 1)))
                .join();

        assertThat(n1.link.roundTrips()).hasSize(before + 1);
        assertThat(n2.email(2)).isEqualTo("two");
    }

    @Test
    void invalidate_ownCopiesAreDroppedWhenItCompletes() {
        n1.email(ID);
        n1.link.holdFeed();
        n1.background.hold();
        CompletableFuture<Void> done = users.invalidate(ID);
        assertThat(done).isNotDone();
        n1.background.run();

        assertThat(done).isCompleted();
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void invalidateAll_dropsEverything() {
        n1.email(ID);
        n2.email(ID);
        n1.link.holdFeed();

        users.invalidateAll().join();

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.isNear(ID)).isFalse();
    }

    @Test
    void invalidateAll_keys_dropsThem() {
        n1.email(ID);
        n2.email(ID);

        users.invalidateAll(List.of(ID, 7L)).join();

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.isNear(ID)).isFalse();
    }

    @Test
    void writes_storeDownAndRejected_failInTheFuture() {
        Member strict = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        AsyncTwoLevelCache<Long, User> async = strict.users.async();
        strict.link.down(true);

        for (CompletableFuture<?> future :
                List.of(async.put(ID, v1), async.invalidate(ID), async.invalidateAll(), async.putAll(Map.of(ID, v1)))) {
            assertThatThrownBy(future::join).hasCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void writes_storeDown_areOwed() {
        n1.email(ID);
        n1.link.down(true);

        users.put(ID, new User(ID, "put", 2)).join();

        assertThat(n1.duet.stats().owed()).isEqualTo(1);
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void nulls_areRefusedAtOnce() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> users.get(nothing()),
                () -> users.get(nothing(), (key, executor) -> CompletableFuture.completedFuture(null)),
                () -> users.getEntry(nothing()),
                () -> users.getIfPresent(nothing()),
                () -> users.put(nothing(), v1),
                () -> users.invalidate(nothing()))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key is null");
        }
        assertThatThrownBy(() -> users.get(ID, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loader");
        assertThatThrownBy(() -> users.put(ID, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
    }

    @Test
    void executorRefuses_theNodesOwnPoolRunsTheSteps() {
        try (Duet duet = Duet.builder()
                .store(InMemoryStore.create())
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build()) {
            TwoLevelCache<Long, String> cache = duet.cache("full", Long.class, String.class)
                    .loader(key -> Thread.currentThread().getName())
                    .hardTimeout(Duration.ofSeconds(10))
                    .build();

            assertThat(cache.async().get(1L).join()).startsWith("duet-worker");
            assertThat(cache.get(2L)).startsWith("duet-worker");
        }
    }

    @Test
    void close_loadUnderWay_ends() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Duet duet = Duet.builder().store(InMemoryStore.create()).build();
        TwoLevelCache<Long, String> cache = duet.cache("later", Long.class, String.class)
                .asyncLoader((key, executor) -> answer)
                .build();
        CompletableFuture<String> one = cache.async().get(1L);

        duet.close();
        answer.complete("loaded");

        assertThat(one).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("loaded");
    }

    @Test
    void close_readersThatWaitForAnotherNodesLoad_loadThemselves() {
        InMemoryStore store = InMemoryStore.create();
        CompletableFuture<String> never = new CompletableFuture<>();
        Duet holder = Duet.builder().store(store).build();
        Duet closed = Duet.builder().store(store).build();
        CompletableFuture<String> unused = holder.cache("users", Long.class, String.class)
                .asyncLoader((key, executor) -> never)
                .build()
                .async()
                .get(1L);
        TwoLevelCache<Long, String> cache = closed.cache("users", Long.class, String.class)
                .loader(key -> "loaded")
                .build();
        CompletableFuture<String> waiting = cache.async().get(1L);
        CompletableFuture<String> blocked = CompletableFuture.supplyAsync(() -> cache.get(1L));
        while (cache.stats().nearMisses() < 2) {
            Thread.onSpinWait();
        }
        assertThat(waiting).isNotDone();

        closed.close();

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("loaded");
        assertThat(blocked).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("loaded");
        holder.close();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // null fits every type
    private static <T> T nothing() {
        return null;
    }
}
