package dev.duet.benchmarks.systems;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.MapLoader;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.config.Config;

/** Redisson's local cached map. */
public final class LocalCachedMapNode implements CacheNode {

    /** What results call one of {@link #withObjectKeys}. */
    public static final String OBJECT_KEYS = "RLocalCachedMap, object keys";

    static final String SETTINGS =
            "CacheProvider.CAFFEINE, EvictionPolicy.LRU, SyncStrategy.INVALIDATE, read-through by a MapLoader";

    private final RedissonClient client;
    private final RLocalCachedMap<Long, String> map;

    LocalCachedMapNode(NodeConfig config, LocalCachedMapOptions.ReconnectionStrategy reconnection) {
        this(
                config,
                LocalCachedMapOptions.<Long, String>name(NodeConfig.CACHE)
                        .cacheProvider(LocalCachedMapOptions.CacheProvider.CAFFEINE)
                        .reconnectionStrategy(reconnection));
    }

    private LocalCachedMapNode(NodeConfig config, LocalCachedMapOptions<Long, String> provided) {
        client = redisson(config.servers());
        LocalCachedMapOptions<Long, String> options = provided.evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU)
                .syncStrategy(LocalCachedMapOptions.SyncStrategy.INVALIDATE)
                .cacheSize(config.size())
                .timeToLive(config.timeToLive());
        LongFunction<@Nullable String> loader = config.loader();
        map = client.getLocalCachedMap(loader == null ? options : options.loader(mapLoader(loader)));
    }

    /**
     * A map that looks near entries up by the key itself, not by a hash of its bytes, which only Redisson's own near cache can
     * do: the fastest near hit that it has. Cleared after a reconnect.
     */
    public static CacheNode withObjectKeys(NodeConfig config) {
        return new LocalCachedMapNode(
                config,
                LocalCachedMapOptions.<Long, String>name(NodeConfig.CACHE)
                        .cacheProvider(LocalCachedMapOptions.CacheProvider.REDISSON)
                        .useObjectAsCacheKey(true)
                        .reconnectionStrategy(LocalCachedMapOptions.ReconnectionStrategy.CLEAR));
    }

    static RedissonClient redisson(Servers servers) {
        Config config = new Config();
        config.useSingleServer().setAddress(servers.redis());
        return Redisson.create(config);
    }

    private static MapLoader<Long, String> mapLoader(LongFunction<@Nullable String> loader) {
        return new MapLoader<>() {
            @Override
            @SuppressWarnings("NullAway") // null is how a MapLoader says that there is no value
            public String load(Long key) {
                return loader.apply(key);
            }

            @Override
            public Iterable<Long> loadAllKeys() {
                return List.of();
            }
        };
    }

    @Override
    public @Nullable String get(Long key) {
        return map.get(key);
    }

    @Override
    public void put(Long key, String value) {
        map.fastPut(key, value);
    }

    @Override
    public void invalidate(Long key) {
        map.fastRemove(key);
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        return map.getAll(Set.copyOf(keys));
    }

    @Override
    public boolean isNear(Long key) {
        return map.getCachedMap().containsKey(key);
    }

    @Override
    public Object nearCache() {
        return map;
    }

    @Override
    public void close() {
        map.destroy();
        client.shutdown();
    }
}
