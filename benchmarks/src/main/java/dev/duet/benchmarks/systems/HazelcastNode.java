package dev.duet.benchmarks.systems;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.RoutingMode;
import com.hazelcast.client.map.impl.nearcache.NearCachedClientMapProxy;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A client of Hazelcast with a near cache of objects, which loads what the map does not hold (cache-aside). */
public final class HazelcastNode implements CacheNode {

    static final String SETTINGS = "client, InMemoryFormat.OBJECT, LRU, invalidateOnChange;"
            + " hazelcast.map.invalidation.batch.size 10 (100), batchfrequency 1 s (10 s);"
            + " hazelcast.invalidation.max.tolerated.miss.count 0 (10), reconciliation every 30 s (60 s, the least is 30 s)";

    private final HazelcastInstance client;
    private final IMap<Long, String> map;
    private final @Nullable LongFunction<@Nullable String> loader;
    private final long lifeMillis;

    HazelcastNode(NodeConfig config) {
        loader = config.loader();
        lifeMillis = config.timeToLive().toMillis();
        ClientConfig settings = clientConfig(config.servers());
        settings.setProperty("hazelcast.invalidation.max.tolerated.miss.count", "0");
        settings.setProperty("hazelcast.invalidation.reconciliation.interval.seconds", "30");
        settings.addNearCacheConfig(new NearCacheConfig(NodeConfig.CACHE)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setInvalidateOnChange(true)
                .setTimeToLiveSeconds((int) config.timeToLive().toSeconds())
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.ENTRY_COUNT)
                        .setSize(config.size())));
        client = HazelcastClient.newHazelcastClient(settings);
        map = client.getMap(NodeConfig.CACHE);
    }

    /** How a client finds the cluster. */
    public static ClientConfig clientConfig(Servers servers) {
        ClientConfig config = new ClientConfig().setClusterName(servers.cluster());
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.getNetworkConfig().addAddress(servers.hazelcast());
        // To this address and no other, which may be a proxy's.
        config.getNetworkConfig().getClusterRoutingConfig().setRoutingMode(RoutingMode.SINGLE_MEMBER);
        return config;
    }

    /** The member that all nodes are clients of: on loopback, on a free port, alone. */
    public static Config memberConfig(String cluster) {
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.map.invalidation.batch.size", "10");
        config.setProperty("hazelcast.map.invalidation.batchfrequency.seconds", "1");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        return config;
    }

    @Override
    public @Nullable String get(Long key) {
        String value = map.get(key);
        if (value == null && loader != null) {
            value = loader.apply(key);
            if (value != null) {
                map.set(key, value, lifeMillis, TimeUnit.MILLISECONDS);
            }
        }
        return value;
    }

    @Override
    public void put(Long key, String value) {
        map.set(key, value, lifeMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void invalidate(Long key) {
        map.delete(key);
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        Map<Long, String> found = new HashMap<>(map.getAll(Set.copyOf(keys)));
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
        long hits = map.getLocalMapStats().getNearCacheStats().getHits();
        map.get(key);
        return map.getLocalMapStats().getNearCacheStats().getHits() > hits;
    }

    @Override
    public Object nearCache() {
        return ((NearCachedClientMapProxy<Long, String>) map).getNearCache();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
