package dev.duet.benchmarks;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.MultiLevelCacheBuilder;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.external.ExternalCacheBuilder;
import com.alicp.jetcache.redis.lettuce.JetCacheCodec;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.redisson.RedissonCacheBuilder;
import com.alicp.jetcache.support.BroadcastManager;
import com.alicp.jetcache.support.CacheNotifyMonitor;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.duet.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ExpiryPolicyBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.springframework.cache.caffeine.CaffeineCache;

/**
 * The peers of {@link NearHitBenchmark}, each as its documentation has it for two levels whose nodes tell each other of writes;
 * with the same size and time to live as the others, on real servers where there are two levels. Each fills itself, and reads
 * each key once more, so that it is near.
 */
public final class NearHitPeers {

    private static final int KEYS = NearHitBenchmark.KEYS;
    private static final int SIZE = (int) NearHitBenchmark.SIZE;
    private static final Duration TIME_TO_LIVE = NearHitBenchmark.TIME_TO_LIVE;

    private NearHitPeers() {}

    /** What a system has near. */
    private interface Reads {
        @Nullable
        Object get(Long key);
    }

    private static void warm(Reads reads) {
        for (int round = 0; round < 2; round++) {
            for (long key = 0; key < KEYS; key++) {
                Object value = reads.get(key);
                if (!("value " + key).equals(value)) {
                    throw new IllegalStateException("key " + key + " has " + value);
                }
            }
        }
        System.gc();
    }

    private static RedissonClient redisson(RedisServer server) {
        org.redisson.config.Config config = new org.redisson.config.Config();
        config.useSingleServer().setAddress("redis://127.0.0.1:" + server.port());
        return Redisson.create(config);
    }

    /** Spring's cache over Caffeine, which has one level and tells nobody. */
    @State(Scope.Benchmark)
    public static class Spring {
        private final CaffeineCache cache = new CaffeineCache(
                "hits",
                Caffeine.newBuilder()
                        .maximumSize(SIZE)
                        .expireAfterWrite(TIME_TO_LIVE)
                        .build());

        /** Fills the cache. */
        public Spring() {
            NearHitBenchmark.forEachEntry(cache::put);
            warm(this::get);
        }

        @Nullable
        Object get(Long key) {
            return cache.get(key, String.class);
        }
    }

    /** Ehcache's heap tier, which has one level and tells nobody. */
    @State(Scope.Benchmark)
    public static class Ehcache {
        private final CacheManager manager =
                CacheManagerBuilder.newCacheManagerBuilder().build(true);
        private final org.ehcache.Cache<Long, String> cache = manager.createCache(
                "hits",
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                                Long.class, String.class, ResourcePoolsBuilder.heap(SIZE))
                        .withExpiry(ExpiryPolicyBuilder.timeToLiveExpiration(TIME_TO_LIVE)));

        /** Fills the cache. */
        public Ehcache() {
            NearHitBenchmark.forEachEntry(cache::put);
            warm(this::get);
        }

        @Nullable
        Object get(Long key) {
            return cache.get(key);
        }

        /** Closes the cache. */
        @TearDown
        public void close() {
            manager.close();
        }
    }

    /** Redisson's local cached map: Caffeine, invalidation, cleared after a reconnect. */
    @State(Scope.Benchmark)
    public static class LocalCachedMap {
        private final RedisServer server = RedisServer.start();
        private final RedissonClient client = redisson(server);
        private final RLocalCachedMap<Long, String> cache =
                client.getLocalCachedMap(LocalCachedMapOptions.<Long, String>name("hits")
                        .cacheProvider(LocalCachedMapOptions.CacheProvider.CAFFEINE)
                        .syncStrategy(LocalCachedMapOptions.SyncStrategy.INVALIDATE)
                        .reconnectionStrategy(LocalCachedMapOptions.ReconnectionStrategy.CLEAR)
                        .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU)
                        .cacheSize(SIZE)
                        .timeToLive(TIME_TO_LIVE));

        /** Fills the cache, both levels. */
        public LocalCachedMap() {
            NearHitBenchmark.forEachEntry(cache::fastPut);
            warm(this::get);
        }

        @Nullable
        Object get(Long key) {
            return cache.get(key);
        }

        /** Ends client and server. */
        @TearDown
        public void close() {
            client.shutdown();
            server.close();
        }
    }

    /** JetCache on Redisson. */
    @State(Scope.Benchmark)
    public static class JetCacheOnRedisson extends JetCache {
        /** Connects. */
        public JetCacheOnRedisson() {
            this(RedisServer.start());
        }

        private JetCacheOnRedisson(RedisServer server) {
            this(server, redisson(server));
        }

        private JetCacheOnRedisson(RedisServer server, RedissonClient client) {
            super(server, RedissonCacheBuilder.createBuilder().redissonClient(client), client::shutdown);
        }
    }

    /** JetCache on Lettuce. */
    @State(Scope.Benchmark)
    public static class JetCacheOnLettuce extends JetCache {
        /** Connects. */
        public JetCacheOnLettuce() {
            this(RedisServer.start());
        }

        private JetCacheOnLettuce(RedisServer server) {
            this(server, RedisClient.create(RedisURI.create("127.0.0.1", server.port())));
        }

        private JetCacheOnLettuce(RedisServer server, RedisClient client) {
            super(
                    server,
                    RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                            .redisClient(client)
                            .pubSubConnection(subscription(client)),
                    client::shutdown);
        }
    }

    /** By JetCache's codec, which says nothing of its types. */
    @SuppressWarnings("unchecked")
    private static StatefulRedisPubSubConnection<byte[], byte[]> subscription(RedisClient client) {
        return client.connectPubSub(new JetCacheCodec());
    }

    /** JetCache with two levels that are kept in step ({@code syncLocal}). */
    @State(Scope.Benchmark)
    public abstract static class JetCache {
        private final SimpleCacheManager manager = new SimpleCacheManager();
        private final Cache<Long, String> cache;
        private final RedisServer server;
        private final Runnable shutdown;

        JetCache(RedisServer server, ExternalCacheBuilder<?> builder, Runnable shutdown) {
            this.server = server;
            this.shutdown = shutdown;
            builder.keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                    .keyPrefix("hits:")
                    .valueEncoder(JavaValueEncoder.INSTANCE)
                    .valueDecoder(JavaValueDecoder.INSTANCE)
                    .broadcastChannel("hits")
                    .expireAfterWrite(TIME_TO_LIVE.toMillis(), TimeUnit.MILLISECONDS);
            Cache<Long, String> local = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                    .limit(SIZE)
                    .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                    .expireAfterWrite(TIME_TO_LIVE.toMillis(), TimeUnit.MILLISECONDS)
                    .buildCache();
            Cache<Long, String> remote = builder.buildCache();
            cache = MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
                    .addCache(local, remote)
                    .useExpireOfSubCache(true)
                    .buildCache();
            BroadcastManager broadcast = builder.createBroadcastManager(manager);
            broadcast.startSubscribe();
            manager.putBroadcastManager("default", broadcast);
            manager.putCache("default", "hits", cache);
            cache.config().getMonitors().add(new CacheNotifyMonitor(manager, "default", "hits"));
            NearHitBenchmark.forEachEntry(cache::put);
            warm(this::get);
        }

        @Nullable
        Object get(Long key) {
            return cache.get(key);
        }

        /** Ends client and server. */
        @TearDown
        public void close() {
            manager.close();
            shutdown.run();
            server.close();
        }
    }

    /** A client of Hazelcast with a near cache of objects. */
    @State(Scope.Benchmark)
    public static class HazelcastNearCache {
        private final String cluster = "hits-" + UUID.randomUUID();
        private final HazelcastInstance member = Hazelcast.newHazelcastInstance(memberConfig());
        private final HazelcastInstance client = HazelcastClient.newHazelcastClient(clientConfig());
        private final IMap<Long, String> cache = client.getMap("hits");

        /** Fills the cache, both levels. */
        public HazelcastNearCache() {
            NearHitBenchmark.forEachEntry(cache::set);
            warm(this::get);
        }

        private Config memberConfig() {
            Config config = new Config().setClusterName(cluster);
            config.setProperty("hazelcast.logging.type", "slf4j");
            config.setProperty("hazelcast.phone.home.enabled", "false");
            config.setProperty("hazelcast.socket.bind.any", "false");
            // Hazelcast tells near caches in batches: smaller and more often than by default (100 and 10 s).
            config.setProperty("hazelcast.map.invalidation.batch.size", "10");
            config.setProperty("hazelcast.map.invalidation.batchfrequency.seconds", "1");
            config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
            config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
            config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
            return config;
        }

        private ClientConfig clientConfig() {
            ClientConfig config = new ClientConfig().setClusterName(cluster);
            config.setProperty("hazelcast.logging.type", "slf4j");
            config.getNetworkConfig()
                    .addAddress("127.0.0.1:"
                            + member.getCluster().getLocalMember().getAddress().getPort());
            return config.addNearCacheConfig(new NearCacheConfig("hits")
                    .setInMemoryFormat(InMemoryFormat.OBJECT)
                    .setTimeToLiveSeconds((int) TIME_TO_LIVE.toSeconds())
                    .setEvictionConfig(new EvictionConfig()
                            .setEvictionPolicy(EvictionPolicy.LRU)
                            .setMaxSizePolicy(MaxSizePolicy.ENTRY_COUNT)
                            .setSize(SIZE)));
        }

        @Nullable
        Object get(Long key) {
            return cache.get(key);
        }

        /** Ends client and member. */
        @TearDown
        public void close() {
            client.shutdown();
            member.shutdown();
        }
    }
}
