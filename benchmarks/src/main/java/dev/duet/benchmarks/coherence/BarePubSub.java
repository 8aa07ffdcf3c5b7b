package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.NodeConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/**
 * The yardstick of propagation: after a write each node is told the value by Redis' pub/sub, and keeps what it was told last.
 * One message one way and nothing else, so that no system that tells its nodes by pub/sub can be faster. Not a cache: its
 * loader has to know what this node wrote last.
 */
final class BarePubSub implements CacheNode {

    private final Map<Long, String> told = new ConcurrentHashMap<>();
    private final NodeConfig config;
    private final RedissonClient client;
    private final RTopic topic;

    BarePubSub(NodeConfig config) {
        this.config = config;
        Config settings = new Config();
        settings.useSingleServer().setAddress(config.servers().redis());
        client = Redisson.create(settings);
        topic = client.getTopic("values", StringCodec.INSTANCE);
        topic.addListener(String.class, (channel, message) -> {
            int colon = message.indexOf(':');
            told.put(Long.valueOf(message.substring(0, colon)), message.substring(colon + 1));
        });
    }

    @Override
    public @Nullable String get(Long key) {
        String value = told.get(key);
        return value == null ? Objects.requireNonNull(config.loader()).apply(key) : value;
    }

    @Override
    public void put(Long key, String value) {
        topic.publish(key + ":" + value);
    }

    @Override
    public void invalidate(Long key) {
        put(key, String.valueOf(Objects.requireNonNull(config.loader()).apply(key)));
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        Map<Long, String> found = new HashMap<>(told);
        found.keySet().retainAll(keys);
        return found;
    }

    @Override
    public boolean isNear(Long key) {
        return told.containsKey(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
