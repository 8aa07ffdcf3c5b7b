package dev.duet.benchmarks.systems;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.infinispan.client.hotrod.MetadataValue;
import org.infinispan.client.hotrod.RemoteCache;
import org.infinispan.client.hotrod.RemoteCacheManager;
import org.infinispan.client.hotrod.configuration.ClientIntelligence;
import org.infinispan.client.hotrod.configuration.ConfigurationBuilder;
import org.infinispan.client.hotrod.configuration.NearCacheConfiguration;
import org.infinispan.client.hotrod.configuration.NearCacheMode;
import org.infinispan.client.hotrod.near.DefaultNearCacheFactory;
import org.infinispan.client.hotrod.near.NearCache;
import org.infinispan.client.hotrod.near.NearCacheFactory;
import org.jspecify.annotations.Nullable;

/** A Hot Rod client of Infinispan with a near cache, which loads what the server does not hold (cache-aside). */
final class InfinispanNode implements CacheNode {

    static final String SETTINGS =
            "Hot Rod client, NearCacheMode.INVALIDATED, nearCacheMaxEntries, nearCacheUseBloomFilter(true);"
                    + " ProtoStream; ClientIntelligence.BASIC, as there is one server; lifespans end by the server's"
                    + " expiration reaper, every 60 s (the default)";

    private final RemoteCacheManager client;
    private final RemoteCache<Long, String> cache;
    private final Peephole near = new Peephole();
    private final @Nullable LongFunction<@Nullable String> loader;
    private final long lifeMillis;

    InfinispanNode(NodeConfig config) {
        loader = config.loader();
        lifeMillis = config.timeToLive().toMillis();
        ConfigurationBuilder settings = new ConfigurationBuilder();
        settings.addServers(config.servers().infinispan());
        // To this address and no other, which may be a proxy's.
        settings.clientIntelligence(ClientIntelligence.BASIC);
        settings.remoteCache(NodeConfig.CACHE)
                .nearCacheMode(NearCacheMode.INVALIDATED)
                .nearCacheMaxEntries(config.size())
                .nearCacheUseBloomFilter(true)
                .nearCacheFactory(near);
        client = new RemoteCacheManager(settings.build());
        cache = client.getCache(NodeConfig.CACHE);
    }

    @Override
    public @Nullable String get(Long key) {
        String value = cache.get(key);
        if (value == null && loader != null) {
            value = loader.apply(key);
            if (value != null) {
                put(key, value);
            }
        }
        return value;
    }

    @Override
    public void put(Long key, String value) {
        cache.put(key, value, lifeMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void invalidate(Long key) {
        cache.remove(key);
    }

    /** In Infinispan's bulk call, which asks the server for every key and leaves nothing near. */
    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        Map<Long, String> found = new HashMap<>(cache.getAll(Set.copyOf(keys)));
        for (Long key : keys) {
            if (!found.containsKey(key)) {
                String value = get(key);
                if (value != null) {
                    found.put(key, value);
                }
            }
        }
        return found;
    }

    @Override
    public boolean isNear(Long key) {
        return near.holds(key);
    }

    @Override
    public void close() {
        client.close();
    }

    /** Makes the near cache that Infinispan would have made, and keeps hold of it: the client's statistics slow hits down. */
    private static final class Peephole implements NearCacheFactory {

        private volatile @Nullable NearCache<Object, ?> made;

        @Override
        @SuppressWarnings("unchecked") // keys are only looked up
        public <K, V> NearCache<K, V> createNearCache(
                NearCacheConfiguration config, BiConsumer<K, MetadataValue<V>> removed) {
            NearCache<K, V> cache = DefaultNearCacheFactory.INSTANCE.createNearCache(config, removed);
            made = (NearCache<Object, ?>) cache;
            return cache;
        }

        boolean holds(Long key) {
            MetadataValue<?> value = Objects.requireNonNull(made).get(key);
            return value != null && value.getValue() != null;
        }
    }
}
