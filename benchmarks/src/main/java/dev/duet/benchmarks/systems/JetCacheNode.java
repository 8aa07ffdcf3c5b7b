package dev.duet.benchmarks.systems;

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
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/** JetCache with two levels whose near ones are kept in step, as {@code syncLocal} sets it up. */
final class JetCacheNode implements CacheNode {

    static final String SETTINGS =
            "multilevel, Caffeine, syncLocal with a broadcastChannel, cachePenetrateProtect, fastjson2 keys, Java values";

    private final SimpleCacheManager manager = new SimpleCacheManager();
    private final Cache<Long, String> local;
    private final Cache<Long, String> cache;
    private final Runnable shutdown;

    private JetCacheNode(ExternalCacheBuilder<?> builder, NodeConfig config, Runnable shutdown) {
        this.shutdown = shutdown;
        long life = config.timeToLive().toMillis();
        builder.keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .keyPrefix(NodeConfig.CACHE + ":")
                .valueEncoder(JavaValueEncoder.INSTANCE)
                .valueDecoder(JavaValueDecoder.INSTANCE)
                .broadcastChannel(NodeConfig.CACHE)
                .expireAfterWrite(life, TimeUnit.MILLISECONDS);
        local = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                .limit(config.size())
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .expireAfterWrite(life, TimeUnit.MILLISECONDS)
                .buildCache();
        Cache<Long, String> remote = builder.buildCache();
        MultiLevelCacheBuilder.MultiLevelCacheBuilderImpl levels = MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
                .addCache(local, remote)
                .useExpireOfSubCache(true);
        LongFunction<@Nullable String> loader = config.loader();
        if (loader != null) {
            levels.<Long, String>loader(key -> loader.apply(key)).cachePenetrateProtect(true);
        }
        cache = levels.buildCache();
        BroadcastManager broadcast = builder.createBroadcastManager(manager);
        broadcast.startSubscribe();
        manager.putBroadcastManager("default", broadcast);
        manager.putCache("default", NodeConfig.CACHE, cache);
        cache.config().getMonitors().add(new CacheNotifyMonitor(manager, "default", NodeConfig.CACHE));
    }

    static CacheNode onRedisson(NodeConfig config) {
        RedissonClient client = LocalCachedMapNode.redisson(config.servers());
        return new JetCacheNode(RedissonCacheBuilder.createBuilder().redissonClient(client), config, client::shutdown);
    }

    static CacheNode onLettuce(NodeConfig config) {
        RedisClient client =
                RedisClient.create(RedisURI.create("127.0.0.1", config.servers().redisPort()));
        return new JetCacheNode(
                RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                        .redisClient(client)
                        .pubSubConnection(subscription(client)),
                config,
                client::shutdown);
    }

    /** By JetCache's codec, which says nothing of its types. */
    @SuppressWarnings("unchecked")
    private static StatefulRedisPubSubConnection<byte[], byte[]> subscription(RedisClient client) {
        return client.connectPubSub(new JetCacheCodec());
    }

    @Override
    public @Nullable String get(Long key) {
        return cache.get(key);
    }

    @Override
    public void put(Long key, String value) {
        // put alone does not wait for Lettuce
        cache.PUT(key, value).getResultCode();
    }

    @Override
    public void invalidate(Long key) {
        cache.remove(key);
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        return cache.getAll(Set.copyOf(keys));
    }

    @Override
    public boolean isNear(Long key) {
        return local.get(key) != null;
    }

    @Override
    public Object nearCache() {
        return local.unwrap(com.github.benmanes.caffeine.cache.Cache.class);
    }

    @Override
    public void close() {
        manager.close();
        shutdown.run();
    }
}
