package dev.duet.benchmarks.speed;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.benchmarks.systems.LocalCachedMapNode;
import dev.duet.benchmarks.systems.NodeConfig;
import dev.duet.local.CoarseClock;
import dev.duet.local.Freshness;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.springframework.cache.caffeine.CaffeineCache;

/**
 * Fills near caches and measures them, in a JVM of its own, as {@link HeapSize} needs: what they take beside the keys and the
 * values themselves, which all share. A copy that a system makes of a key counts.
 */
final class NearMemory {

    private static final int PARTITIONS = 64;
    private static final int THREADS = 16;

    private final int entries;
    private final int size;
    private final List<Long> keys = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final Map<String, Double> bytes = new LinkedHashMap<>();
    private final HeapSize heap = new HeapSize(NearMemory::isOutside);

    private NearMemory(int entries) {
        this.entries = entries;
        this.size = entries + entries / 4;
        for (long key = 0; key < entries; key++) {
            keys.add(key);
            values.add(Items.value(key));
        }
    }

    /**
     * Measures all systems, and writes a line for each: its name, a tab, and bytes per entry.
     *
     * @param args how many entries, and the file
     */
    public static void main(String[] args) throws Exception {
        NearMemory memory = new NearMemory(Integer.parseInt(args[0]));
        memory.local();
        memory.twoLevels();
        List<String> lines = new ArrayList<>();
        memory.bytes.forEach((system, value) -> lines.add(system + '\t' + value));
        Files.write(Path.of(args[1]), lines);
        System.exit(0);
    }

    private static boolean isOutside(Object object) {
        return object instanceof Long
                || (object instanceof String text && text.length() == Items.VALUE_SIZE)
                || object instanceof CoarseClock;
    }

    private void local() {
        Cache<Long, String> bare = Caffeine.newBuilder().maximumSize(size).build();
        fill(bare::put);
        measure(NearHits.BARE, bare, bare.estimatedSize());

        Cache<Object, Object> expiring = Caffeine.newBuilder()
                .maximumSize(size)
                .expireAfterWrite(Items.TIME_TO_LIVE)
                .build();
        CaffeineCache spring = new CaffeineCache("hits", expiring);
        fill(spring::put);
        measure(NearHits.EXPIRING, expiring, expiring.estimatedSize());
        measure(NearHits.SPRING, spring, expiring.estimatedSize());

        try (CoarseClock clock = CoarseClock.start()) {
            NearCache<Long, String> near =
                    new NearCache<>(NearCacheConfig.ofSize(size, PARTITIONS), clock, new Freshness());
            fill((key, value) -> NearHits.fill(near, clock, key, value));
            measure("Duet", near, near.estimatedSize());
        }

        try (CacheManager manager = CacheManagerBuilder.newCacheManagerBuilder().build(true)) {
            org.ehcache.Cache<Long, String> ehcache = NearHits.ehcache(manager, size);
            fill(ehcache::put);
            Object map = HeapSize.field(HeapSize.field(ehcache, "store"), "map");
            long found = keys.stream().filter(ehcache::containsKey).count();
            measure(NearHits.EHCACHE, map, found);
        }
    }

    private void twoLevels() {
        node(CacheSystem.JETCACHE_ON_REDISSON, near -> near);
        node(CacheSystem.JETCACHE_ON_LETTUCE, near -> near);
        node(CacheSystem.REDISSON_CLEAR, map -> HeapSize.field(map, "cache"));
        node(
                LocalCachedMapNode.OBJECT_KEYS,
                LocalCachedMapNode.withObjectKeys(config(CacheSystem.REDISSON_CLEAR)),
                map -> List.of(HeapSize.field(map, "cache"), HeapSize.field(map, "cacheKeyMap")));
        node(
                CacheSystem.HAZELCAST_NEAR_CACHE,
                near -> HeapSize.field(HeapSize.field(near, "nearCacheRecordStore"), "records"));
    }

    private NodeConfig config(CacheSystem system) {
        return new NodeConfig(SpeedServers.of(system.backend()), size, Items.TIME_TO_LIVE, null);
    }

    private void node(CacheSystem system, Function<Object, Object> root) {
        node(system.title(), system.start(config(system)), root);
    }

    private void node(String name, CacheNode opened, Function<Object, Object> root) {
        try (CacheNode node = opened) {
            fillAtOnce(node);
            long near = keys.stream().filter(node::isNear).count();
            measure(name, root.apply(Objects.requireNonNull(node.nearCache())), near);
        } catch (RuntimeException | InterruptedException | ExecutionException e) {
            throw new IllegalStateException(name + " failed", e);
        }
    }

    private void fill(BiConsumer<Long, String> put) {
        for (int i = 0; i < entries; i++) {
            put.accept(keys.get(i), values.get(i));
        }
    }

    /** Puts and reads each key, by many threads, since each waits for a server. */
    private void fillAtOnce(CacheNode node) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                ends.add(threads.submit(() -> {
                    for (int i = first; i < entries; i += THREADS) {
                        node.put(keys.get(i), values.get(i));
                        Items.check(keys.get(i), node.get(keys.get(i)));
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private void measure(String system, Object root, long held) {
        if (held != entries) {
            throw new IllegalStateException(system + " holds " + held + " of " + entries + " entries");
        }
        bytes.put(system, (double) heap.of(root) / entries);
    }
}
