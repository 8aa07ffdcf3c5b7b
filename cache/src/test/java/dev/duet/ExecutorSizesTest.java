package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That no executor, however small, keeps a cache from ending what waits for each other. */
class ExecutorSizesTest {

    private static final int CALLERS = 8;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Executors of an application. */
    enum Kind {
        ONE_THREAD {
            @Override
            Executor create(Collection<ExecutorService> pools) {
                return pool(1, pools);
            }
        },
        TWO_THREADS {
            @Override
            Executor create(Collection<ExecutorService> pools) {
                return pool(2, pools);
            }
        },
        DIRECT {
            @Override
            Executor create(Collection<ExecutorService> pools) {
                return Runnable::run;
            }
        },
        REFUSES {
            @Override
            Executor create(Collection<ExecutorService> pools) {
                return task -> {
                    throw new RejectedExecutionException("full");
                };
            }
        },
        DROPS {
            @Override
            Executor create(Collection<ExecutorService> pools) {
                return task -> {};
            }
        };

        abstract Executor create(Collection<ExecutorService> pools);

        static ExecutorService pool(int threads, Collection<ExecutorService> pools) {
            ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
                Thread thread = new Thread(task, "application");
                thread.setDaemon(true);
                return thread;
            });
            pools.add(pool);
            return pool;
        }
    }

    private final List<ExecutorService> pools = new ArrayList<>();
    private final List<Duet> duets = new ArrayList<>();
    private final ExecutorService callers = Kind.pool(CALLERS, pools);

    @AfterEach
    void close() {
        duets.forEach(Duet::close);
        pools.forEach(ExecutorService::shutdownNow);
    }

    private Duet duet(Executor executor) {
        Duet duet = Duet.builder()
                .store(InMemoryStore.create())
                .maxStaleness(Duration.ofMinutes(1))
                .executor(executor)
                .build();
        duets.add(duet);
        return duet;
    }

    private static CacheBuilder<Long, String> patient(CacheBuilder<Long, String> cache) {
        return cache.hardTimeout(Duration.ofMinutes(1));
    }

    /** Has all callers read a key of their own, on these threads. */
    private static void assertAllEnd(Executor threads, Function<Long, ?> read) {
        List<CompletableFuture<?>> reads = new ArrayList<>();
        LongStream.range(0, CALLERS)
                .forEach(key -> reads.add(CompletableFuture.supplyAsync(() -> read.apply(key), threads)));
        assertThat(CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0])))
                .succeedsWithin(LIMIT);
    }

    /** Caches, each of which asks the next one for its values. */
    private static TwoLevelCache<Long, String> chain(
            Duet duet, int caches, UnaryOperator<CacheBuilder<Long, String>> settings) {
        TwoLevelCache<Long, String> last = settings.apply(
                        duet.cache("c0", Long.class, String.class).loader(key -> "v" + key))
                .build();
        for (int i = 1; i < caches; i++) {
            TwoLevelCache<Long, String> next = last;
            last = settings.apply(duet.cache("c" + i, Long.class, String.class).loader(next::get))
                    .build();
        }
        return last;
    }

    @ParameterizedTest
    @EnumSource
    void get_loadersWithTimeoutsAskOtherCaches_allEnd(Kind kind) {
        TwoLevelCache<Long, String> cache = chain(duet(kind.create(pools)), 2, ExecutorSizesTest::patient);

        assertAllEnd(callers, cache::get);
    }

    @ParameterizedTest
    @EnumSource
    void get_loadersWithSoftTimeoutsAskTheirOwnCacheSeveralTimesOver_allEnd(Kind kind) {
        List<TwoLevelCache<Long, String>> self = new ArrayList<>();
        self.add(duet(kind.create(pools))
                .cache("self", Long.class, String.class)
                .staleIfError(Duration.ofHours(1))
                .softTimeout(Duration.ofMinutes(1))
                .loader(key -> key >= 50 ? "v" : self.get(0).get(key + 10))
                .build());

        assertAllEnd(callers, self.get(0)::get);
    }

    @ParameterizedTest
    @EnumSource
    void get_threadsOfTheExecutorItself_allEnd(Kind kind) {
        Executor shared = kind.create(pools);
        Executor threads = kind == Kind.REFUSES || kind == Kind.DROPS ? callers : shared;
        TwoLevelCache<Long, String> cache = chain(duet(shared), 2, ExecutorSizesTest::patient);

        assertAllEnd(threads, cache::get);
    }

    @ParameterizedTest
    @EnumSource
    void asyncGet_joinedByThreadsOfTheExecutorItself_allEnd(Kind kind) {
        Executor shared = kind.create(pools);
        Executor threads = kind == Kind.REFUSES || kind == Kind.DROPS ? callers : shared;
        TwoLevelCache<Long, String> cache = chain(duet(shared), 2, settings -> settings);

        assertAllEnd(threads, key -> cache.async().get(key).join());
    }

    @ParameterizedTest
    @EnumSource
    void asyncGet_loadersJoinAsyncGets_allEnd(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = duet.cache("values", Long.class, String.class)
                .loader(key -> "v")
                .build();
        TwoLevelCache<Long, String> cache = duet.cache("outer", Long.class, String.class)
                .loader(key -> values.async().get(key).join())
                .build();

        assertAllEnd(callers, key -> cache.async().get(key).join());
    }

    @ParameterizedTest
    @EnumSource
    void getAll_bulkLoadersWithTimeoutsAskOtherCaches_allEnd(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = patient(duet.cache("values", Long.class, String.class)
                        .bulkLoader(keys -> {
                            Map<Long, String> found = new HashMap<>();
                            keys.forEach(key -> found.put(key, "v"));
                            return found;
                        }))
                .build();
        TwoLevelCache<Long, String> cache = patient(
                        duet.cache("outer", Long.class, String.class).bulkLoader(values::getAll))
                .build();

        assertAllEnd(callers, key -> cache.getAll(List.of(key, key + 100)));
        assertAllEnd(
                callers,
                key -> cache.async().getAll(List.of(key + 200, key + 300)).join());
    }

    @ParameterizedTest
    @EnumSource
    void asyncPut_writersReadWithTimeouts_allEnd(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = chain(duet, 2, ExecutorSizesTest::patient);
        TwoLevelCache<Long, String> written = duet.cache("written", Long.class, String.class)
                .loader(key -> "v")
                .writer(new CacheWriter<Long, String>() {
                    @Override
                    public void write(Long key, String value) {
                        values.get(key);
                    }

                    @Override
                    public void delete(Long key) {
                        values.get(key);
                    }
                })
                .build();

        assertAllEnd(callers, key -> written.async().put(key, "w").join());
        assertAllEnd(
                callers,
                key -> written.async()
                        .update(key + 100, () -> CompletableFuture.completedFuture(values.get(key + 100)))
                        .join());
    }

    @ParameterizedTest
    @EnumSource
    void listeners_readWithTimeouts_areAllTold(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = chain(duet, 2, ExecutorSizesTest::patient);
        Map<Object, CompletableFuture<String>> told = new HashMap<>();
        LongStream.range(0, CALLERS).forEach(key -> told.put(key, new CompletableFuture<>()));
        TwoLevelCache<Long, String> cache = duet.cache("heard", Long.class, String.class)
                .loader(key -> "v")
                .onEvent(event -> {
                    if (event instanceof CacheEvent.Loaded loaded) {
                        told.get(loaded.key()).complete(values.get((Long) loaded.key()));
                    }
                })
                .build();

        assertAllEnd(callers, cache::get);

        told.values().forEach(each -> assertThat(each).succeedsWithin(LIMIT));
    }

    @ParameterizedTest
    @EnumSource
    void refreshes_readWithTimeouts_allEnd(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = chain(duet, 2, ExecutorSizesTest::patient);
        AtomicLong next = new AtomicLong();
        TwoLevelCache<Long, String> cache = duet.cache("refreshed", Long.class, String.class)
                .refreshAfterWrite(Duration.ofMillis(1))
                .loader(key -> values.get(next.incrementAndGet()))
                .build();
        assertAllEnd(callers, cache::get);

        await().atMost(LIMIT).until(() -> {
            LongStream.range(0, CALLERS).forEach(cache::get);
            return cache.stats().refreshes() >= CALLERS;
        });
    }

    @ParameterizedTest
    @EnumSource
    void memoized_withTimeouts_allEnd(Kind kind) {
        Duet duet = duet(kind.create(pools));
        TwoLevelCache<Long, String> values = chain(duet, 3, ExecutorSizesTest::patient);
        MemoizedFunction<Long, String> twice = patient(duet.cache("twice", Long.class, String.class))
                .memoize(key -> values.get(key) + values.get(key + 100));

        assertAllEnd(callers, twice);
    }
}
