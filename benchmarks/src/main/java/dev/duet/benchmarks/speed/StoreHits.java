package dev.duet.benchmarks.speed;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/**
 * Reads of what the second level holds and the near cache does not: many keys, read in turn, each again after all the others,
 * by a node whose near cache has room for one in a hundred. That so many are misses is checked before.
 */
final class StoreHits {

    static final String SUITE = "store hit";
    static final String GET = "Redisson GET";
    static final String MAP_GET = "Hazelcast IMap get";

    /** How many keys there are. */
    static final int KEYS = 2_000;

    /** How many are near. */
    static final int NEAR = KEYS / 100;

    private static final int SAMPLE = 400;
    private static final double MOST_HITS = 0.05;

    private StoreHits() {}

    static List<Contender<Operation>> contenders() {
        List<Contender<Operation>> all = new ArrayList<>();
        all.add(new Contender<>(GET, GET, RedisGet::new));
        all.add(new Contender<>(MAP_GET, MAP_GET, MapGet::new));
        for (CacheSystem system : Items.SYSTEMS) {
            all.add(new Contender<>(
                    system.title(), Items.baseline(system, GET, MAP_GET), () -> new Get(filled(system))));
        }
        return all;
    }

    /** A node whose second level holds all keys, and whose near cache hardly any. */
    static CacheNode filled(CacheSystem system) {
        CacheNode node = Items.startWithoutLoads(system, NEAR);
        for (long key = 0; key < KEYS; key++) {
            node.put(key, Items.value(key));
        }
        int near = 0;
        for (long key = 0; key < KEYS; key += KEYS / SAMPLE) {
            near += node.isNear(key) ? 1 : 0;
            Items.check(key, node.get(key));
        }
        if (near > MOST_HITS * SAMPLE) {
            throw new IllegalStateException(near + " of " + SAMPLE + " keys are near, and should not be");
        }
        return node;
    }

    /** Has a key for each turn, and goes around. */
    private abstract static class Turns implements Operation {
        private long next;

        @Override
        public final Object run() {
            long key = next++ % KEYS;
            Object found = read(key);
            if (found == null) {
                throw new IllegalStateException("key " + key + " is lost");
            }
            return found;
        }

        abstract @Nullable Object read(long key);
    }

    private static final class Get extends Turns {
        private final CacheNode node;

        Get(CacheNode node) {
            this.node = node;
        }

        @Override
        @Nullable
        Object read(long key) {
            return node.get(key);
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private static final class RedisGet extends Turns {
        private final RedissonClient client = Clients.redis();

        RedisGet() {
            for (long key = 0; key < KEYS; key++) {
                client.<byte[]>getBucket(Items.redisKey(key)).set(Items.JSON.encode(Items.value(key)));
                Items.check(key, read(key));
            }
        }

        @Override
        @Nullable
        Object read(long key) {
            byte[] bytes = client.<byte[]>getBucket(Items.redisKey(key)).get();
            return Items.JSON.decode(bytes);
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }

    private static final class MapGet extends Turns {
        private final HazelcastInstance client = Clients.hazelcast();
        private final IMap<Long, String> map = client.getMap("bare");

        MapGet() {
            for (long key = 0; key < KEYS; key++) {
                map.set(key, Items.value(key), Items.TIME_TO_LIVE.toMillis(), TimeUnit.MILLISECONDS);
                Items.check(key, read(key));
            }
        }

        @Override
        @Nullable
        Object read(long key) {
            return map.get(key);
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
