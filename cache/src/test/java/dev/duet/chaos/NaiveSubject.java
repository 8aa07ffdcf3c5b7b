package dev.duet.chaos;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RBucket;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/**
 * Plain cache-aside over two levels, as one would write it in an afternoon: Caffeine in front of GET and SET, and a DEL and
 * a message after each write. No ticket, lease, intent or audit. The checker has to find it out.
 */
final class NaiveSubject implements Subject {

    private static final String ALL = "*";
    private static final int TIMEOUT_MILLIS = 500;
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final Cache<Long, Row> near =
            Caffeine.newBuilder().maximumSize(NEAR_SIZE).build();
    private final Rows database;
    private final RedissonClient redis;
    private final RTopic evictions;

    NaiveSubject(String address, Rows database) {
        this.database = database;
        Config config =
                new Config().setCodec(StringCodec.INSTANCE).setNettyThreads(2).setThreads(2);
        config.useSingleServer()
                .setAddress(address)
                .setTimeout(TIMEOUT_MILLIS)
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                .setRetryAttempts(0)
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1);
        redis = Redisson.create(config);
        evictions = redis.getTopic("evictions");
        evictions.addListener(String.class, (channel, key) -> evict(key));
    }

    @Override
    public Row get(long key) throws SQLException {
        Row row = getIfPresent(key);
        if (row == null) {
            row = database.find(key);
            bucket(key).set(row.version() + ":" + row.text());
            near.put(key, row);
        }
        return row;
    }

    @Override
    public @Nullable Row getIfPresent(long key) {
        Row row = near.getIfPresent(key);
        if (row == null) {
            String text = bucket(key).get();
            if (text != null) {
                int colon = text.indexOf(':');
                row = new Row(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
                near.put(key, row);
            }
        }
        return row;
    }

    @Override
    public void update(long key, Write write) throws Exception {
        write.run();
        invalidate(key);
    }

    @Override
    public void invalidate(long key) {
        bucket(key).delete();
        near.invalidate(key);
        evictions.publish(Long.toString(key));
    }

    @Override
    public void invalidateAll() {
        redis.getKeys().deleteByPattern("row:*");
        near.invalidateAll();
        evictions.publish(ALL);
    }

    @Override
    public void close() {
        redis.shutdown();
    }

    private void evict(String key) {
        if (key.equals(ALL)) {
            near.invalidateAll();
        } else {
            near.invalidate(Long.parseLong(key));
        }
    }

    private RBucket<String> bucket(long key) {
        return redis.getBucket("row:" + key);
    }
}
