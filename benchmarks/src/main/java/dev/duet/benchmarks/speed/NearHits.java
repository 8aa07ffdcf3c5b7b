package dev.duet.benchmarks.speed;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.benchmarks.systems.LocalCachedMapNode;
import dev.duet.benchmarks.systems.NodeConfig;
import dev.duet.local.CoarseClock;
import dev.duet.local.FillOutcome;
import dev.duet.local.Freshness;
import dev.duet.local.Housekeeper;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.local.NearLife;
import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ExpiryPolicyBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.caffeine.CaffeineCache;

/** The systems whose near hits are compared, each filled with the same keys and values and with room for some more. */
final class NearHits {

    static final String SUITE = "near hit";
    static final String BARE = "Bare Caffeine";
    static final String EXPIRING = "Caffeine, expireAfterWrite";
    static final String NEAR_CACHE = "Duet, near cache alone";
    static final String SPRING = "Spring Caffeine";
    static final String EHCACHE = "Ehcache heap";

    /** How many keys there are. */
    static final int KEYS = 10_000;

    /** For how many there is room. Caffeine notes nothing of a read before it is half full, so that all are to be fuller. */
    static final int SIZE = KEYS + KEYS / 4;

    private static final int PARTITIONS = 64;

    private NearHits() {}

    /** Reads, as the system itself has it. */
    interface Reads {
        @Nullable
        Object get(Long key);
    }

    /**
     * A system that has all keys near.
     *
     * @param reads its read
     * @param isNear whether a key is near, as far as it can be asked
     * @param resource what to close
     */
    record Near(Reads reads, Predicate<Long> isNear, AutoCloseable resource) {

        private Near(Reads reads, AutoCloseable resource) {
            this(reads, key -> true, resource);
        }

        private Near(CacheNode node) {
            this(node::get, node::isNear, node);
            forEachEntry(node::put);
        }

        /** Reads each key twice, of which the second is a hit, and compares the values. */
        void check() {
            for (int round = 0; round < 2; round++) {
                for (long key = 0; key < KEYS; key++) {
                    Object value = reads.get(key);
                    if (!value(key).equals(value)) {
                        throw new IllegalStateException("key " + key + " has " + value);
                    }
                }
            }
            for (long key = 0; key < KEYS; key += KEYS / 100) {
                if (!isNear.test(key)) {
                    throw new IllegalStateException("key " + key + " is not near");
                }
            }
        }
    }

    static List<Contender<Near>> contenders() {
        List<Contender<Near>> all = new ArrayList<>();
        all.add(new Contender<>(BARE, BARE, NearHits::bare));
        all.add(new Contender<>(EXPIRING, BARE, NearHits::expiring));
        all.add(new Contender<>(NEAR_CACHE, BARE, NearHits::nearCache));
        all.add(new Contender<>("Duet", BARE, NearHits::duet));
        all.add(new Contender<>(SPRING, BARE, NearHits::spring));
        all.add(new Contender<>(EHCACHE, BARE, NearHits::ehcache));
        for (CacheSystem system : Items.WITH_SERVERS_OF_THEIR_OWN) {
            if (system != CacheSystem.DUET_ON_REDIS && system != CacheSystem.DUET_ON_HAZELCAST) {
                all.add(new Contender<>(system.title(), BARE, () -> new Near(Items.start(system, SIZE))));
            }
        }
        all.add(new Contender<>(
                LocalCachedMapNode.OBJECT_KEYS,
                BARE,
                () -> new Near(LocalCachedMapNode.withObjectKeys(
                        new NodeConfig(SpeedServers.of(CacheSystem.Backend.REDIS), SIZE, Items.TIME_TO_LIVE, null)))));
        return all;
    }

    private static Near bare() {
        Cache<Long, String> cache = Caffeine.newBuilder().maximumSize(SIZE).build();
        forEachEntry(cache::put);
        return new Near(cache::getIfPresent, () -> {});
    }

    private static Near expiring() {
        Cache<Long, String> cache = Caffeine.newBuilder()
                .maximumSize(SIZE)
                .expireAfterWrite(Items.TIME_TO_LIVE)
                .build();
        forEachEntry(cache::put);
        return new Near(cache::getIfPresent, () -> {});
    }

    private static Near nearCache() {
        CoarseClock clock = CoarseClock.start();
        Housekeeper housekeeper = Housekeeper.start();
        NearCache<Long, String> cache =
                new NearCache<>(NearCacheConfig.ofSize(SIZE, PARTITIONS), clock, Freshness.endless(), housekeeper);
        forEachEntry((key, value) -> fill(cache, clock, key, value));
        return new Near(cache::lookup, () -> {
            housekeeper.close();
            clock.close();
        });
    }

    /** Fills a key of Duet's near cache as a cache with a loader and a time to live does. */
    static void fill(NearCache<Long, String> cache, CoarseClock clock, Long key, String value) {
        int partition = (int) (key % PARTITIONS);
        long asked = clock.read();
        long deadline = asked + Items.TIME_TO_LIVE.toNanos();
        long trusted = asked + Duration.ofSeconds(1).toNanos();
        NearLife life = new NearLife(trusted, deadline, deadline - trusted, deadline, key, false);
        if (cache.fill(key, cache.ticket(key), value, partition, 1, life) != FillOutcome.FILLED) {
            throw new IllegalStateException("the near cache did not take key " + key);
        }
    }

    /** Duet over a store in memory: a near hit does not reach it. */
    private static Near duet() {
        Duet duet = Duet.builder().store(InMemoryStore.create()).build();
        TwoLevelCache<Long, String> cache = duet.cache("hits", Long.class, String.class)
                .maximumSize(SIZE)
                .expireAfterWrite(Items.TIME_TO_LIVE)
                .loader(key -> {
                    throw new IllegalStateException("key " + key + " is not near");
                })
                .build();
        forEachEntry(cache::put);
        if (cache.stats().nearSize() != KEYS) {
            throw new IllegalStateException("the near cache did not take all keys: " + cache.stats());
        }
        return new Near(cache::get, duet);
    }

    /** Spring's cache over Caffeine, which has one level and tells nobody. */
    private static Near spring() {
        CaffeineCache cache = new CaffeineCache(
                "hits",
                Caffeine.newBuilder()
                        .maximumSize(SIZE)
                        .expireAfterWrite(Items.TIME_TO_LIVE)
                        .build());
        forEachEntry(cache::put);
        return new Near(key -> cache.get(key, String.class), () -> {});
    }

    /** Ehcache's heap tier, which has one level and tells nobody. */
    private static Near ehcache() {
        CacheManager manager = CacheManagerBuilder.newCacheManagerBuilder().build(true);
        org.ehcache.Cache<Long, String> cache = ehcache(manager, SIZE);
        forEachEntry(cache::put);
        return new Near(cache::get, manager);
    }

    /** An empty cache with Ehcache's heap tier. */
    static org.ehcache.Cache<Long, String> ehcache(CacheManager manager, int size) {
        return manager.createCache(
                "hits",
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                                Long.class, String.class, ResourcePoolsBuilder.heap(size))
                        .withExpiry(ExpiryPolicyBuilder.timeToLiveExpiration(Items.TIME_TO_LIVE)));
    }

    private static void forEachEntry(BiConsumer<Long, String> action) {
        for (long key = 0; key < KEYS; key++) {
            action.accept(key, value(key));
        }
    }

    private static String value(long key) {
        return "value " + key;
    }
}
