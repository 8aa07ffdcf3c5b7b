package dev.duet.benchmarks.systems;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RBucket;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Cache-aside over two levels, as one would write it in an afternoon. No ticket, lease, intent or audit. */
final class NaiveNode implements CacheNode {

    private static final String PREFIX = NodeConfig.CACHE + ":";

    private final Cache<Long, String> near;
    private final RedissonClient client;
    private final RTopic evictions;
    private final Duration life;
    private final @Nullable LongFunction<@Nullable String> loader;

    NaiveNode(NodeConfig config) {
        loader = config.loader();
        life = config.timeToLive();
        near = Caffeine.newBuilder()
                .maximumSize(config.size())
                .expireAfterWrite(life)
                .build();
        client = LocalCachedMapNode.redisson(config.servers());
        evictions = client.getTopic("evictions", StringCodec.INSTANCE);
        evictions.addListener(String.class, (channel, key) -> near.invalidate(Long.valueOf(key)));
    }

    @Override
    public @Nullable String get(Long key) {
        String value = near.getIfPresent(key);
        if (value != null) {
            return value;
        }
        value = bucket(key).get();
        if (value == null && loader != null) {
            value = loader.apply(key);
            if (value != null) {
                bucket(key).set(value, life);
            }
        }
        if (value != null) {
            near.put(key, value);
        }
        return value;
    }

    @Override
    public void put(Long key, String value) {
        bucket(key).set(value, life);
        near.put(key, value);
        evictions.publish(key.toString());
    }

    @Override
    public void invalidate(Long key) {
        bucket(key).delete();
        near.invalidate(key);
        evictions.publish(key.toString());
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        Map<Long, String> found = new HashMap<>(near.getAllPresent(keys));
        List<Long> missing =
                keys.stream().filter(key -> !found.containsKey(key)).toList();
        Map<String, String> stored = client.getBuckets(StringCodec.INSTANCE)
                .get(missing.stream().map(key -> PREFIX + key).toArray(String[]::new));
        for (Long key : missing) {
            String value = stored.get(PREFIX + key);
            if (value != null) {
                near.put(key, value);
            } else {
                value = get(key);
            }
            if (value != null) {
                found.put(key, value);
            }
        }
        return found;
    }

    @Override
    public boolean isNear(Long key) {
        return near.policy().getIfPresentQuietly(Objects.requireNonNull(key)) != null;
    }

    @Override
    public void close() {
        client.shutdown();
    }

    private RBucket<String> bucket(Long key) {
        return client.getBucket(PREFIX + key, StringCodec.INSTANCE);
    }
}
