package dev.duet.benchmarks.speed;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;

/** One call that reads a hundred keys, all in the second level and none near, as {@link StoreHits} has it. */
final class BulkReads {

    static final String SUITE = "bulk";
    static final String MGET = "Redisson MGET";
    static final String MAP_GET_ALL = "Hazelcast IMap getAll";
    private static final int MANY = 100;

    private BulkReads() {}

    static List<Contender<Operation>> contenders() {
        List<Contender<Operation>> all = new ArrayList<>();
        all.add(new Contender<>(MGET, MGET, RedisGet::new));
        all.add(new Contender<>(MAP_GET_ALL, MAP_GET_ALL, MapGet::new));
        for (CacheSystem system : Items.SYSTEMS) {
            all.add(new Contender<>(
                    system.title(),
                    Items.baseline(system, MGET, MAP_GET_ALL),
                    () -> new GetAll(StoreHits.filled(system))));
        }
        return all;
    }

    /** Has a hundred keys for each turn, and goes around. */
    private abstract static class Turns implements Operation {
        private final List<List<Long>> batches = new ArrayList<>();
        private int next;

        Turns() {
            for (long first = 0; first < StoreHits.KEYS; first += MANY) {
                List<Long> batch = new ArrayList<>();
                for (long key = first; key < first + MANY; key++) {
                    batch.add(key);
                }
                batches.add(batch);
            }
        }

        /** Runs once, and looks at each value. */
        final void check() {
            read(batches.get(1)).forEach(Items::check);
        }

        @Override
        public final Object run() {
            Map<Long, String> found = read(batches.get(next++ % batches.size()));
            if (found.size() != MANY) {
                throw new IllegalStateException("found " + found.size() + " of " + MANY);
            }
            return found;
        }

        abstract Map<Long, String> read(List<Long> keys);
    }

    private static final class GetAll extends Turns {
        private final CacheNode node;

        GetAll(CacheNode node) {
            this.node = node;
            check();
        }

        @Override
        Map<Long, String> read(List<Long> keys) {
            return node.getAll(keys);
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private static final class RedisGet extends Turns {
        private final RedissonClient client = Clients.redis();

        RedisGet() {
            for (long key = 0; key < StoreHits.KEYS; key++) {
                client.<byte[]>getBucket(Items.redisKey(key)).set(Items.JSON.encode(Items.value(key)));
            }
            check();
        }

        @Override
        Map<Long, String> read(List<Long> keys) {
            Map<String, byte[]> stored =
                    client.getBuckets().get(keys.stream().map(Items::redisKey).toArray(String[]::new));
            Map<Long, String> found = new HashMap<>();
            for (Long key : keys) {
                byte[] bytes = stored.get(Items.redisKey(key));
                if (bytes != null) {
                    found.put(key, Items.JSON.decode(bytes));
                }
            }
            return found;
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
            for (long key = 0; key < StoreHits.KEYS; key++) {
                map.set(key, Items.value(key), Items.TIME_TO_LIVE.toMillis(), TimeUnit.MILLISECONDS);
            }
            check();
        }

        @Override
        Map<Long, String> read(List<Long> keys) {
            return map.getAll(Set.copyOf(keys));
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
