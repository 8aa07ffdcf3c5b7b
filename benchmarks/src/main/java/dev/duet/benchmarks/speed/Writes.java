package dev.duet.benchmarks.speed;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.zaxxer.hikari.HikariDataSource;
import dev.duet.CacheBuilder;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/**
 * Writes that other nodes are told of: {@code put} to a key that nothing is cached of, and {@code invalidate} of one that is
 * cached in both levels; and Duet's other ways to write. Behind what is written later, the flusher works against
 * PostgreSQL with its default settings, on the same machine.
 */
final class Writes {

    static final String SUITE = "write";
    static final String SET = "Redisson SET";
    static final String MAP_SET = "Hazelcast IMap set";

    private static final int NEAR = 10_000;
    private static final int FEW = 16;
    // so many that the one who writes is never held up, however far it gets ahead
    private static final long MOST_PENDING = 10_000_000;

    private Writes() {}

    static List<Contender<Operation>> contenders() {
        List<Contender<Operation>> all = new ArrayList<>();
        all.add(new Contender<>(SET, SET, () -> new RedisSet(1)));
        all.add(new Contender<>(MAP_SET, MAP_SET, () -> new MapSet(1)));
        for (CacheSystem system : systems()) {
            String baseline = Items.baseline(system, SET, MAP_SET);
            all.add(new Contender<>(system.title(), baseline, () -> new Put(Items.start(system, NEAR))));
            all.add(new Contender<>(
                    system.title() + ", invalidate", baseline, () -> new Invalidate(Items.start(system, NEAR))));
        }
        String duet = CacheSystem.DUET_ON_REDIS.title();
        all.add(new Contender<>(duet + ", write-behind", SET, () -> new Database(Writes::behind, Long.MAX_VALUE)));
        all.add(new Contender<>(duet + ", write-behind, 16 keys", SET, () -> new Database(Writes::behind, FEW)));
        all.add(new Contender<>(
                duet + ", write-through", SET, () -> new Database(CacheBuilder::writer, Long.MAX_VALUE)));
        return all;
    }

    private static List<CacheSystem> systems() {
        List<CacheSystem> systems = new ArrayList<>(Items.SYSTEMS);
        systems.add(systems.indexOf(CacheSystem.REDISSON_CLEAR) + 1, CacheSystem.REDISSON_LOAD);
        return systems;
    }

    private static CacheBuilder<Long, String> behind(CacheBuilder<Long, String> cache, ItemWriter writer) {
        return cache.writeBehind(WriteBehind.<Long, String>to(writer).maximumPending(MOST_PENDING));
    }

    private static final class Put extends NodeOperation {
        private final String value = Items.value(0);
        private long next;

        Put(CacheNode node) {
            super(node);
            node.put(-1L, Items.value(-1));
            Items.check(-1, node.get(-1L));
        }

        @Override
        public @Nullable Object run() {
            node.put(next++, value);
            return null;
        }
    }

    private static final class Invalidate extends NodeOperation {
        private long next;

        Invalidate(CacheNode node) {
            super(node);
            prepare();
            Items.check(next, node.get(next));
            run();
            if (node.get(next) != null) {
                throw new IllegalStateException("not invalidated");
            }
        }

        @Override
        public void prepare() {
            next = (next + 1) % NEAR;
            node.put(next, Items.value(next));
        }

        @Override
        public @Nullable Object run() {
            node.invalidate(next);
            return null;
        }
    }

    /** A cache with a database behind it. */
    private static final class Database implements Operation {
        private final HikariDataSource database = Clients.postgres();
        private final Duet duet = Items.duetOnRedis().build();
        private final TwoLevelCache<Long, String> cache;
        private final String value = Items.value(0);
        private final long keys;
        private long next;

        Database(BiFunction<CacheBuilder<Long, String>, ItemWriter, CacheBuilder<Long, String>> settings, long keys) {
            this.keys = keys;
            cache = settings.apply(duet.cache("items", Long.class, String.class), new ItemWriter(database))
                    .build();
            run();
            if (!value.equals(cache.getIfPresent(0L))) {
                throw new IllegalStateException("not written");
            }
        }

        @Override
        public @Nullable Object run() {
            cache.put(next++ % keys, value);
            return null;
        }

        @Override
        public void close() {
            duet.close();
            database.close();
        }
    }

    /** The lower bound: a command with as many bytes as a record has, made before. */
    static final class RedisSet implements Operation {
        private final RedissonClient client = Clients.redis();
        // with the quotes of its JSON and the header of a record
        private final byte[] value = new byte[Items.value(0).length() + 64];
        private final int times;
        private long next;

        RedisSet(int times) {
            this.times = times;
            run();
            if (client.<byte[]>getBucket(Items.redisKey(0)).get().length != value.length) {
                throw new IllegalStateException("not set");
            }
        }

        @Override
        public @Nullable Object run() {
            String key = Items.redisKey(next++);
            for (int i = 0; i < times; i++) {
                client.<byte[]>getBucket(key).set(value);
            }
            return null;
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }

    /** The lower bound on Hazelcast. */
    static final class MapSet implements Operation {
        private final HazelcastInstance client = Clients.hazelcast();
        private final IMap<Long, String> map = client.getMap("bare");
        private final String value = Items.value(0);
        private final int times;
        private long next;

        MapSet(int times) {
            this.times = times;
            run();
            Items.check(0, map.get(0L));
        }

        @Override
        public @Nullable Object run() {
            long key = next++;
            for (int i = 0; i < times; i++) {
                map.set(key, value, Items.TIME_TO_LIVE.toMillis(), TimeUnit.MILLISECONDS);
            }
            return null;
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
