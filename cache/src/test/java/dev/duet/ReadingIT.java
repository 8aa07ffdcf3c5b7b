package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.store.Level;
import dev.duet.testkit.JvmProcess;
import dev.duet.testkit.RedisExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How several nodes read, on a real Redis, each with connections of its own. */
class ReadingIT {

    private static final Logger LOG = LoggerFactory.getLogger("reading");
    private static final int READERS = 200;
    private static final long ID = 456;

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    record User(long id, String email, long version) {}

    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicLong version = new AtomicLong(1);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @Test
    void coldKeyAndExpiryAndInvalidation_200ThreadsOnEachOf3Nodes_oneLoadEach() throws Exception {
        Duration life = Duration.ofSeconds(3);
        UnaryOperator<CacheBuilder<Long, User>> settings = builder ->
                builder.expireAfterWrite(life).ttlJitter(0).refreshBeta(0).loader(this::slowly);
        List<TwoLevelCache<Long, User>> nodes = List.of(node(settings), node(settings), node(settings));
        ExecutorService threads = Executors.newFixedThreadPool(READERS * nodes.size());
        open.add(0, threads::shutdownNow);

        assertThat(stampede(threads, nodes)).containsOnly(1L);
        assertThat(loads).as("cold").hasValue(1);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> nodes.stream().allMatch(node -> node.getIfPresent(ID) == null));
        assertThat(stampede(threads, nodes)).containsOnly(1L);
        assertThat(loads).as("after an expiry").hasValue(2);

        version.set(2);
        nodes.get(1).invalidate(ID);
        await().until(() -> nodes.stream().allMatch(node -> node.stats().invalidationsApplied() > 0));
        assertThat(stampede(threads, nodes)).containsOnly(2L);
        assertThat(loads).as("after an invalidation").hasValue(3);
        assertThat(nodes.stream().mapToLong(node -> node.stats().leaseWaits()).sum())
                .as("nodes that waited for another's load")
                .isPositive();
    }

    private User slowly(long id) throws InterruptedException {
        loads.incrementAndGet();
        Thread.sleep(300); // a slow query, so that everybody else comes meanwhile
        return new User(id, "v", version.get());
    }

    /** Has all threads of all nodes read at once; the versions that they got. */
    private static Set<Long> stampede(ExecutorService threads, List<TwoLevelCache<Long, User>> nodes) throws Exception {
        CyclicBarrier start = new CyclicBarrier(READERS * nodes.size());
        List<Future<Long>> answers = new ArrayList<>();
        for (TwoLevelCache<Long, User> node : nodes) {
            for (int i = 0; i < READERS; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    return node.get(ID).version();
                }));
            }
        }
        Set<Long> versions = ConcurrentHashMap.newKeySet();
        for (Future<Long> answer : answers) {
            versions.add(answer.get(60, TimeUnit.SECONDS));
        }
        return versions;
    }

    @Test
    void A56_sourceFailsSlowly_slowestReaderOf8NodesWaitsForTwoLoadsAtMost() throws Exception {
        long takes = 700;
        List<TwoLevelCache<Long, User>> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(node(builder -> builder.loader(key -> {
                loads.incrementAndGet();
                Thread.sleep(takes); // a source that fails after its own timeout
                throw new IOException("timed out");
            })));
        }
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        open.add(0, threads::shutdownNow);
        CyclicBarrier start = new CyclicBarrier(nodes.size());
        List<Future<Long>> times = new ArrayList<>();
        for (TwoLevelCache<Long, User> node : nodes) {
            times.add(threads.submit(() -> {
                start.await();
                long began = System.nanoTime();
                assertThatThrownBy(() -> node.get(ID)).isInstanceOf(IOException.class);
                return (System.nanoTime() - began) / 1_000_000;
            }));
        }
        long slowest = 0;
        for (Future<Long> time : times) {
            slowest = Math.max(slowest, time.get(60, TimeUnit.SECONDS));
        }

        LOG.info("the slowest of {} readers of a failing source waited {} ms", nodes.size(), slowest);
        assertThat(slowest).isLessThan(2 * takes + 600);
        assertThat(loads).hasValueLessThanOrEqualTo(nodes.size());
    }

    @Test
    void holderOfTheLeaseIsKilled_theOthersLoadOnce() throws Exception {
        try (JvmProcess holder = JvmProcess.start(
                "holder",
                LeaseHolder.class,
                List.of("-Xmx128m"),
                List.of(REDIS.server().uri(), String.valueOf(ID)))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> holder.output().contains(LeaseHolder.LOADING));
            List<TwoLevelCache<Long, User>> nodes = List.of(node(), node());
            ExecutorService threads = Executors.newFixedThreadPool(20);
            open.add(0, threads::shutdownNow);
            List<Future<Long>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                TwoLevelCache<Long, User> node = nodes.get(i % 2);
                answers.add(threads.submit(() -> node.get(ID).version()));
            }
            await().until(() -> nodes.stream().allMatch(node -> node.stats().leaseWaits() > 0));
            // Longer than a lease stands unless its holder renews it, as this one does.
            Thread.sleep(3_000);
            assertThat(loads).as("while the holder lives").hasValue(0);
            long killed = System.nanoTime();

            holder.kill();

            for (Future<Long> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            }
            LOG.info("taken over {} ms after the holder was killed", (System.nanoTime() - killed) / 1_000_000);
            assertThat(loads).as("besides that of the holder").hasValue(1);
        }
    }

    @Test
    void hotKeyOver100Lives_isRefreshedByOneLoadEach_andNoReaderWaits() throws Exception {
        int lives = 100;
        AtomicInteger loading = new AtomicInteger();
        List<String> overlaps = Collections.synchronizedList(new ArrayList<>());
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.expireAfterWrite(Duration.ofMillis(500))
                .refreshBeta(2)
                .loader(key -> {
                    if (loading.incrementAndGet() > 1) {
                        overlaps.add(Thread.currentThread().getName() + " at load " + loads);
                    }
                    Thread.sleep(5);
                    loading.decrementAndGet();
                    return select(key);
                });
        List<TwoLevelCache<Long, User>> nodes = List.of(node(settings), node(settings), node(settings));
        nodes.forEach(node -> node.get(ID)); // warm
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicLong slow = new AtomicLong();
        AtomicLong slowest = new AtomicLong();
        AtomicLong stalls = new AtomicLong();
        AtomicLong longestStall = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (TwoLevelCache<Long, User> node : nodes) {
            threads.add(start("reader", over, () -> {
                long began = System.nanoTime();
                node.get(ID);
                long took = System.nanoTime() - began;
                reads.incrementAndGet();
                slowest.accumulateAndGet(took, Math::max);
                if (took > 1_000_000) {
                    slow.incrementAndGet();
                }
                LockSupport.parkNanos(500_000);
            }));
        }
        for (int i = 0; i < nodes.size(); i++) {
            threads.add(start("pulse", over, () -> {
                long began = System.nanoTime();
                LockSupport.parkNanos(1_000_000);
                long took = System.nanoTime() - began;
                longestStall.accumulateAndGet(took, Math::max);
                if (took > 10_000_000) {
                    stalls.incrementAndGet(); // the machine gave this thread no time when it was due
                }
            }));
        }

        await().atMost(Duration.ofMinutes(2)).until(() -> loads.get() > lives);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }

        long waited = sum(nodes, CacheStats::leaseWaits)
                + sum(nodes, CacheStats::loads)
                - sum(nodes, CacheStats::refreshes)
                - 1;
        LOG.info(
                "{} reads over {} lives: {} took more than 1 ms, the slowest {} ms; {} were answered by the store;"
                        + " {} loaded or waited for a load; {} refreshes; {} stalls of the machine, the longest {} ms;"
                        + " loads at the same time: {}",
                reads,
                loads,
                slow,
                slowest.get() / 1e6,
                sum(nodes, CacheStats::storeHits),
                waited,
                sum(nodes, CacheStats::refreshes),
                stalls,
                longestStall.get() / 1e6,
                overlaps);
        nodes.forEach(node -> LOG.info("{}", node.stats()));
        if (longestStall.get()
                < 1_000_000_000) { // a loader that is held up for longer may lose its lease, as it should
            assertThat(overlaps).as("loads at the same time").isEmpty();
        }
        assertThat(sum(nodes, CacheStats::storeFillsRefused)).isZero();
        assertThat(waited)
                .as("readers that loaded or waited for a load, on a machine that stalled %s times", stalls)
                .isLessThanOrEqualTo(stalls.get());
    }

    private static long sum(List<TwoLevelCache<Long, User>> nodes, ToLongFunction<CacheStats> counter) {
        return nodes.stream()
                .mapToLong(node -> counter.applyAsLong(node.stats()))
                .sum();
    }

    private static Thread start(String name, AtomicBoolean over, Runnable step) {
        Thread thread = new Thread(
                () -> {
                    while (!over.get()) {
                        step.run();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void loaderFails_everyNodeServesTheStaleValue_andOneAsksAgainInAWhile() {
        AtomicBoolean down = new AtomicBoolean();
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.expireAfterWrite(Duration.ofMillis(300))
                .ttlJitter(0)
                .refreshBeta(0)
                .staleIfError(Duration.ofMinutes(1), Duration.ofSeconds(20))
                .loader(key -> {
                    if (down.get()) {
                        loads.incrementAndGet();
                        throw new IllegalStateException("the database is down");
                    }
                    return select(key);
                });
        TwoLevelCache<Long, User> n1 = node(settings);
        TwoLevelCache<Long, User> n2 = node(settings);
        assertThat(n1.getEntry(ID).stale()).isFalse();
        down.set(true);
        await().until(() -> n1.getIfPresent(ID) == null);
        loads.set(0);

        CacheEntry<User> here = n1.getEntry(ID);
        CacheEntry<User> there = n2.getEntry(ID);

        assertThat(here.stale()).isTrue();
        assertThat(here.value()).isEqualTo(there.value());
        assertThat(there.stale()).isTrue();
        assertThat(there.level()).isEqualTo(Level.STORE);
        assertThat(node(settings).getEntry(ID).stale()).isTrue();
        assertThat(loads).as("attempts to load").hasValue(1);

        n2.invalidate(ID);
        await().until(() -> n1.stats().invalidationsApplied() > 0);
        assertThatThrownBy(() -> n1.get(ID)).hasMessage("the database is down");
        assertThatThrownBy(() -> n2.get(ID)).hasMessage("the database is down");
    }

    @Test
    void conditionalLoader_onAnotherNode_isGivenTheValueAndItsValidator() {
        List<PreviousValue<User>> previous = Collections.synchronizedList(new ArrayList<>());
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.expireAfterWrite(Duration.ofMillis(300))
                .refreshBeta(0)
                .staleIfError(Duration.ofMinutes(1))
                .conditionalLoader((key, before) -> {
                    if (before != null) {
                        previous.add(before);
                        return LoadResult.unchanged();
                    }
                    return LoadResult.of(select(key)).validator("etag-1");
                });
        TwoLevelCache<Long, User> n1 = conditional(settings);
        TwoLevelCache<Long, User> n2 = conditional(settings);
        n1.get(ID);
        await().until(() -> n2.getIfPresent(ID) == null);

        assertThat(n2.get(ID).version()).isEqualTo(1);

        assertThat(loads).hasValue(1);
        assertThat(previous).singleElement().satisfies(before -> {
            assertThat(before.validator()).isEqualTo("etag-1");
            assertThat(before.value().version()).isEqualTo(1);
            assertThat(before.age()).isGreaterThanOrEqualTo(Duration.ofMillis(280));
        });
    }

    @Test
    void absence_isKnownOnAnotherNode_andIsNotTheSameAsNotCached() {
        UnaryOperator<CacheBuilder<Long, User>> settings =
                builder -> builder.cacheAbsence(Duration.ofMinutes(1)).loader(key -> {
                    loads.incrementAndGet();
                    return null;
                });
        TwoLevelCache<Long, User> n1 = conditional(settings);
        TwoLevelCache<Long, User> n2 = conditional(settings);
        assertThat(n1.get(ID)).isNull();

        assertThat(n2.getEntryIfPresent(ID)).satisfies(entry -> {
            assertThat(entry.isAbsent()).isTrue();
            assertThat(entry.level()).isEqualTo(Level.STORE);
        });
        assertThat(n2.getEntryIfPresent(7L)).isNull();
        assertThat(n2.get(ID)).isNull();
        assertThat(loads).hasValue(1);
        assertThat(n2.stats().absentHits()).isEqualTo(2);
    }

    @Test
    void lifeThatALoadHasSaid_holdsOnAnotherNode() {
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.expireAfterWrite(Duration.ofHours(1))
                .refreshBeta(0)
                .conditionalLoader((key, before) -> LoadResult.of(select(key)).expiresAfter(Duration.ofMillis(400)));
        TwoLevelCache<Long, User> n1 = conditional(settings);
        TwoLevelCache<Long, User> n2 = conditional(settings);
        n1.get(ID);

        assertThat(n2.getEntry(ID).expiresIn()).isLessThanOrEqualTo(Duration.ofMillis(400));

        // A near entry may live longer than the store's by the granularity of the node's clock.
        await().atMost(Duration.ofSeconds(20)).until(() -> n2.getIfPresent(ID) == null && n1.getIfPresent(ID) == null);
    }

    @Test
    void softTimeout_onANodeWithNothingNear_servesWhatTheStoreRetains_andKeepsWhatIsLoaded() {
        AtomicBoolean slow = new AtomicBoolean();
        CountDownLatch go = new CountDownLatch(1);
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.expireAfterWrite(Duration.ofSeconds(1))
                .ttlJitter(0)
                .refreshBeta(0)
                .staleIfError(Duration.ofMinutes(1))
                .softTimeout(Duration.ofMillis(50))
                .loader(key -> {
                    if (slow.get()) {
                        go.await();
                    }
                    return select(key);
                });
        TwoLevelCache<Long, User> n1 = conditional(settings);
        TwoLevelCache<Long, User> n2 = conditional(settings);
        n1.get(ID);
        slow.set(true);
        version.set(2);
        await().until(() -> n1.getIfPresent(ID) == null);

        CacheEntry<User> entry = n2.getEntry(ID);

        assertThat(entry.stale()).isTrue();
        assertThat(entry.value().version()).isEqualTo(1);
        slow.set(false);
        go.countDown();
        await().until(() -> n2.get(ID).version() == 2);
        assertThat(loads).hasValue(2);
    }

    @Test
    void warm_onTwoNodes_loadsEachKeyOnceAndTellsHowFarItIs() {
        List<Long> keys = LongStream.range(0, 1_200).boxed().toList();
        TwoLevelCache<Long, User> n1 = node(builder -> builder.bulkLoader(this::selectAll));
        TwoLevelCache<Long, User> n2 = node(builder -> builder.bulkLoader(this::selectAll));
        List<WarmProgress> told = new ArrayList<>();

        assertThat(n1.warm(keys, told::add)).isEqualTo(new WarmProgress(1_200, 1_200, 1_200, 0));
        assertThat(n2.warm(keys, progress -> {})).isEqualTo(new WarmProgress(1_200, 1_200, 0, 0));

        assertThat(told).extracting(WarmProgress::done).containsExactly(500L, 1_000L, 1_200L);
        assertThat(loads).hasValue(1_200);
    }

    private Map<Long, User> selectAll(Set<? extends Long> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, this::select));
    }

    @Test
    void getAll_10000KeysOnTwoNodes_loadsEachOnceByOneCallAndReadsTheRestFromTheStore() {
        AtomicInteger calls = new AtomicInteger();
        UnaryOperator<CacheBuilder<Long, User>> settings =
                builder -> builder.maximumSize(20_000).bulkLoader(keys -> {
                    calls.incrementAndGet();
                    return keys.stream().collect(Collectors.toMap(key -> key, this::select));
                });
        TwoLevelCache<Long, User> n1 = node(settings);
        TwoLevelCache<Long, User> n2 = node(settings);
        List<Long> keys = LongStream.range(0, 10_000).boxed().toList();

        Map<Long, User> loaded = timed("loaded", () -> n1.getAll(keys));
        Map<Long, User> found = timed("found in the store", () -> n2.getAll(keys));
        Map<Long, User> near = timed("found near", () -> n2.getAll(keys));

        assertThat(loaded.keySet()).containsExactlyElementsOf(keys);
        assertThat(found).isEqualTo(loaded);
        assertThat(near).isEqualTo(loaded);
        assertThat(calls).hasValue(1);
        assertThat(loads).hasValue(10_000);
        assertThat(n2.stats().storeHits()).isEqualTo(10_000);

        timed("put", () -> {
            n1.putAll(keys.stream().collect(Collectors.toMap(key -> key, key -> new User(key, "put", 2))));
            return Map.of();
        });
        assertThat(n1.getAll(keys).values()).allMatch(user -> user.version() == 2);
        timed("invalidated", () -> {
            n2.invalidateAll(keys);
            return Map.of();
        });
        assertThat(n2.getIfPresent(5L)).isNull();
    }

    private static Map<Long, User> timed(String what, Supplier<Map<Long, User>> call) {
        long began = System.nanoTime();
        Map<Long, User> result = call.get();
        LOG.info("10,000 keys {} in {} ms", what, (System.nanoTime() - began) / 1_000_000);
        return result;
    }

    @Test
    void getAll_keysThatOverlapOnThreeNodes_eachIsLoadedOnce() throws Exception {
        Map<Long, Integer> loaded = new ConcurrentHashMap<>();
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.bulkLoader(keys -> {
            keys.forEach(key -> loaded.merge(key, 1, Integer::sum));
            Thread.sleep(50);
            return keys.stream().collect(Collectors.toMap(key -> key, this::select));
        });
        List<TwoLevelCache<Long, User>> nodes = List.of(node(settings), node(settings), node(settings));
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Map<Long, User>>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            TwoLevelCache<Long, User> node = nodes.get(i);
            List<Long> keys = new ArrayList<>(
                    LongStream.range(i * 100L, i * 100L + 400).boxed().toList());
            Collections.rotate(keys, i * 133);
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return node.getAll(keys);
            }));
        }
        start.countDown();

        for (CompletableFuture<Map<Long, User>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS)).hasSize(400);
        }
        assertThat(loaded).hasSize(600);
        assertThat(loaded.values()).containsOnly(1);
    }

    @Test
    void async_manyKeysOnTwoNodes_joinAndHoldNoThread() throws Exception {
        ConcurrentHashMap<Long, CompletableFuture<User>> queries = new ConcurrentHashMap<>();
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.asyncLoader((key, executor) -> {
            loads.incrementAndGet();
            return queries.computeIfAbsent(key, k -> new CompletableFuture<>());
        });
        AsyncTwoLevelCache<Long, User> n1 = conditional(settings).async();
        AsyncTwoLevelCache<Long, User> n2 = conditional(settings).async();
        List<CompletableFuture<User>> answers = new ArrayList<>();
        for (long key = 0; key < 1_000; key++) {
            answers.add(n1.get(key));
            answers.add(n2.get(key));
        }
        await().until(() -> queries.size() == 1_000);
        long workers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("duet-worker") && thread.getState() == Thread.State.BLOCKED)
                .count();
        assertThat(workers).isZero();
        answers.get(0).cancel(false);

        queries.forEach((key, query) -> query.complete(new User(key, "async", 1)));

        for (CompletableFuture<User> answer : answers.subList(1, answers.size())) {
            assertThat(answer.get(30, TimeUnit.SECONDS).email()).isEqualTo("async");
        }
        assertThat(n1.getIfPresent(0L).get(10, TimeUnit.SECONDS).email()).isEqualTo("async");
        assertThat(loads).hasValue(1_000);
    }

    @Test
    void memoize_onTwoNodes_computesOnce_andApartByCodeVersion() {
        MemoizedFunction<Route, Long> n1 = duet().memoize("routes", Route.class, Long.class, this::length);
        MemoizedFunction<Route, Long> n2 = duet().memoize("routes", Route.class, Long.class, this::length);
        MemoizedFunction<Route, Long> next =
                duet().cache("routes", Route.class, Long.class).codeVersion("2").memoize(route -> 2 * length(route));
        Route route = new Route("Ulm", "Bonn", 3);

        assertThat(n1.apply(route)).isEqualTo(10);
        assertThat(n2.apply(new Route("Ulm", "Bonn", 3))).isEqualTo(10);
        assertThat(loads).hasValue(1);
        assertThat(next.apply(route)).isEqualTo(20);
        next.cache().invalidateAll();
        assertThat(n2.cache().getIfPresent(route)).isEqualTo(10);
    }

    record Route(String from, String to, int vehicles) {}

    private long length(Route route) {
        loads.incrementAndGet();
        return (long) route.from().length() + route.to().length() + route.vehicles();
    }

    private User select(long id) {
        loads.incrementAndGet();
        return new User(id, "v", version.get());
    }

    private Duet duet() {
        Duet duet = Duet.builder()
                .store(RedisStore.connect(REDIS.server().uri()))
                .storeTimeout(Duration.ofSeconds(10)) // a busy machine is no outage
                .build();
        open.add(0, duet);
        return duet;
    }

    private TwoLevelCache<Long, User> node() {
        return node(builder -> builder);
    }

    private TwoLevelCache<Long, User> node(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return conditional(builder -> settings.apply(builder.loader(this::select)));
    }

    /** A node whose loader is of another kind. */
    private TwoLevelCache<Long, User> conditional(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return settings.apply(duet().cache("users", Long.class, User.class)).build();
    }
}
