package dev.duet.benchmarks.speed;

import dev.duet.Duet;
import dev.duet.DuetBuilder;
import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.benchmarks.systems.CacheSystem.Backend;
import dev.duet.benchmarks.systems.DuetNode;
import dev.duet.benchmarks.systems.HazelcastNode;
import dev.duet.benchmarks.systems.NodeConfig;
import dev.duet.hazelcast.HazelcastStore;
import dev.duet.redis.RedisStore;
import dev.duet.store.codec.Codecs;
import dev.duet.store.codec.ValueCodec;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys, values and nodes that all suites with a second level have in common. */
final class Items {

    /** Of all that is cached. */
    static final Duration TIME_TO_LIVE = Duration.ofHours(1);

    /** As the store encodes. */
    static final ValueCodec<String> JSON = Codecs.json().codecFor(String.class);

    /** The characters of a value. */
    static final int VALUE_SIZE = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String FILLER = "v".repeat(VALUE_SIZE);

    /**
     * The systems with two levels that are compared. Redisson's reconnection strategies make no difference to speed, but for
     * LOAD, which writes a log as well.
     */
    static final List<CacheSystem> SYSTEMS = List.of(
            CacheSystem.DUET_ON_REDIS,
            CacheSystem.DUET_ON_HAZELCAST,
            CacheSystem.JETCACHE_ON_REDISSON,
            CacheSystem.JETCACHE_ON_LETTUCE,
            CacheSystem.REDISSON_CLEAR,
            CacheSystem.HAZELCAST_NEAR_CACHE,
            CacheSystem.NAIVE);

    /** These, and what has neither of their servers, and so no bare client of one to be compared with. */
    static final List<CacheSystem> WITH_SERVERS_OF_THEIR_OWN = Stream.concat(
                    SYSTEMS.stream(), Stream.of(CacheSystem.INFINISPAN_NEAR_CACHE))
            .toList();

    private Items() {}

    /** The value of a key: 200 characters. */
    static String value(long key) {
        return (key + " " + FILLER).substring(0, VALUE_SIZE);
    }

    /** The key of Redis that a bare client has an item at, as long as the store's. */
    static String redisKey(long key) {
        return "duet:{17}:items:" + key;
    }

    /** Joins a node into which nothing is loaded. */
    static CacheNode start(CacheSystem system, int nearSize) {
        return start(system, nearSize, null);
    }

    /** Joins a node that has a loader, as a node in production does, and is never to use it: a load is an error. */
    static CacheNode startWithoutLoads(CacheSystem system, int nearSize) {
        return start(system, nearSize, key -> {
            throw new IllegalStateException("key " + key + " is not stored");
        });
    }

    /** Joins a node. */
    static CacheNode start(CacheSystem system, int nearSize, @Nullable LongFunction<@Nullable String> loader) {
        NodeConfig config = new NodeConfig(SpeedServers.of(system.backend()), nearSize, TIME_TO_LIVE, loader);
        return switch (system) {
            case DUET_ON_REDIS -> new DuetNode(duetOnRedis(), config);
            case DUET_ON_HAZELCAST ->
                new DuetNode(
                        Duet.builder()
                                .store(HazelcastStore.client(HazelcastNode.clientConfig(config.servers())))
                                .storeTimeout(PATIENCE),
                        config);
            default -> system.start(config);
        };
    }

    /** Duet's defaults, but that it waits for a store on a busy machine as long as the others do, and not half a second. */
    static DuetBuilder duetOnRedis() {
        String patient = "?timeout=" + PATIENCE.toSeconds() + "s";
        return Duet.builder()
                .store(RedisStore.connect(SpeedServers.redis() + patient))
                .storeTimeout(PATIENCE);
    }

    /** One of two baselines: that of the server that is the system's second level. */
    static String baseline(CacheSystem system, String redis, String hazelcast) {
        return system.backend() == Backend.REDIS ? redis : hazelcast;
    }

    /** Throws if a value is not that of the key. */
    static String check(long key, @Nullable Object found) {
        String value = value(key);
        if (!value.equals(found)) {
            throw new IllegalStateException("key " + key + " has " + found);
        }
        return value;
    }
}
