package dev.duet.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.local.CoarseClock;
import dev.duet.local.FillOutcome;
import dev.duet.local.Freshness;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.local.NearLife;
import dev.duet.store.InMemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.RunnerException;

/**
 * A hit on a warm key: Zipf-distributed keys over a cache that holds them all, with a time to live wherever there is
 * one to set; and peers, with one level or two. The keys asked for are equal to the cached ones and not the same objects,
 * as in an application.
 *
 * <p>To run all of it, interleaved, with one and two threads and allocation, from the root of the project:
 *
 * <pre>{@code mvn -B -q -pl benchmarks -am -DskipTests package exec:exec@near-hit}</pre>
 *
 * <p>It prints a table of ratios to {@code bareCaffeine} and writes {@code benchmarks/results/near-hit.json}. To add a
 * system, add a state that fills it, and a method.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NearHitBenchmark {

    static final int KEYS = 10_000;
    private static final int DRAWS = 1 << 14;
    // Caffeine notes nothing of a read before it is half full, so all systems are to be fuller than that.
    static final long SIZE = KEYS + KEYS / 4;
    static final Duration TIME_TO_LIVE = Duration.ofHours(1);

    /** Made by JMH. */
    public NearHitBenchmark() {}

    /**
     * Runs the suite.
     *
     * @param args the number of rounds, two if left out; the file for the results, {@code results/near-hit.json} if
     *     left out
     * @throws RunnerException if a benchmark fails
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws RunnerException, IOException {
        int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 2;
        Path json = Path.of((args.length > 1) ? args[1] : "results/near-hit.json");
        new Interleaved(NearHitBenchmark.class, "bareCaffeine", 1, 2).run(rounds, json);
    }

    /**
     * The upper bound: Caffeine bounded by size, and nothing else.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object bareCaffeine(BareCaffeine system, Keys keys) {
        return system.cache.getIfPresent(keys.next());
    }

    /**
     * Caffeine bounded by size, with its own expiry.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object caffeineExpireAfterWrite(ExpiringCaffeine system, Keys keys) {
        return system.cache.getIfPresent(keys.next());
    }

    /**
     * Duet's near cache: deadline, floor and hit counter included.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object duetNearCache(DuetNearCache system, Keys keys) {
        return system.cache.lookup(keys.next());
    }

    /**
     * The whole of Duet: {@code get} of a two-level cache with a time to live, answered near.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object duetCache(DuetCache system, Keys keys) {
        return system.cache.get(keys.next());
    }

    /**
     * Spring's cache over Caffeine.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object springCaffeine(NearHitPeers.Spring system, Keys keys) {
        return system.get(keys.next());
    }

    /**
     * Ehcache's heap tier.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object ehcacheHeap(NearHitPeers.Ehcache system, Keys keys) {
        return system.get(keys.next());
    }

    /**
     * Redisson's local cached map.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object redissonLocalCachedMap(NearHitPeers.LocalCachedMap system, Keys keys) {
        return system.get(keys.next());
    }

    /**
     * JetCache, two levels, on Redisson.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object jetCacheOnRedisson(NearHitPeers.JetCacheOnRedisson system, Keys keys) {
        return system.get(keys.next());
    }

    /**
     * JetCache, two levels, on Lettuce.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object jetCacheOnLettuce(NearHitPeers.JetCacheOnLettuce system, Keys keys) {
        return system.get(keys.next());
    }

    /**
     * The near cache of a Hazelcast client.
     *
     * @param system what is measured
     * @param keys what is asked for
     * @return the value
     */
    @Benchmark
    public @Nullable Object hazelcastNearCache(NearHitPeers.HazelcastNearCache system, Keys keys) {
        return system.get(keys.next());
    }

    /** The keys of a thread, each thread at its own place in the sequence. */
    @State(Scope.Thread)
    public static class Keys {
        private final Long[] drawn = ZipfKeys.draw(KEYS, DRAWS);
        private int next = (int) Thread.currentThread().getId() * (DRAWS / 7);

        /** Made by JMH. */
        public Keys() {}

        Long next() {
            return drawn[next++ & (DRAWS - 1)];
        }
    }

    /** Caffeine, bounded. */
    @State(Scope.Benchmark)
    public static class BareCaffeine {
        private final Cache<Long, String> cache =
                Caffeine.newBuilder().maximumSize(SIZE).build();

        /** Fills the cache. */
        public BareCaffeine() {
            forEachEntry(cache::put);
        }
    }

    /** Caffeine, bounded and expiring. */
    @State(Scope.Benchmark)
    public static class ExpiringCaffeine {
        private final Cache<Long, String> cache = Caffeine.newBuilder()
                .maximumSize(SIZE)
                .expireAfterWrite(TIME_TO_LIVE)
                .build();

        /** Fills the cache. */
        public ExpiringCaffeine() {
            forEachEntry(cache::put);
        }
    }

    /** Duet's near cache with deadlines and a running clock. */
    @State(Scope.Benchmark)
    public static class DuetNearCache {
        private static final int PARTITIONS = 64;

        private final CoarseClock clock = CoarseClock.start();
        private final NearCache<Long, String> cache =
                new NearCache<>(NearCacheConfig.ofSize(SIZE, PARTITIONS), clock, new Freshness());

        /** Fills the cache. */
        public DuetNearCache() {
            long deadline = clock.read() + TIME_TO_LIVE.toNanos();
            forEachEntry((key, value) -> {
                int partition = (int) (key % PARTITIONS);
                if (cache.fill(key, cache.ticket(key), value, partition, 1, NearLife.of(deadline, deadline))
                        != FillOutcome.FILLED) {
                    throw new IllegalStateException("the near cache did not take key " + key);
                }
            });
        }

        /** Stops the clock. */
        @TearDown
        public void close() {
            clock.close();
        }
    }

    /** Duet over a store in memory. */
    @State(Scope.Benchmark)
    public static class DuetCache {
        private final Duet duet = Duet.builder().store(InMemoryStore.create()).build();
        private final TwoLevelCache<Long, String> cache = duet.cache("hits", Long.class, String.class)
                .maximumSize(SIZE)
                .expireAfterWrite(TIME_TO_LIVE)
                .loader(key -> {
                    throw new IllegalStateException("key " + key + " is not near");
                })
                .build();

        /** Fills the cache, both levels. */
        public DuetCache() {
            forEachEntry(cache::put);
            if (cache.stats().nearSize() != KEYS) {
                throw new IllegalStateException("the near cache did not take all keys: " + cache.stats());
            }
        }

        /** Stops the node. */
        @TearDown
        public void close() {
            duet.close();
        }
    }

    static void forEachEntry(BiConsumer<Long, String> action) {
        for (long key = 0; key < KEYS; key++) {
            action.accept(key, "value " + key);
        }
        System.gc(); // moves together what lies scattered between the leavings of filling it
    }
}
