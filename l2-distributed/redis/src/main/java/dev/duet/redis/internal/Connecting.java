package dev.duet.redis.internal;

import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;

/** Opens and closes clients. */
public final class Connecting {

    private Connecting() {}

    /**
     * A client that is connected.
     *
     * @throws dev.duet.store.CacheException if that fails; it says what to do
     */
    public static RedissonClient connect(ClientConfig config) {
        try {
            return Redisson.create(config);
        } catch (RuntimeException e) {
            throw Failures.translate(e, config.address());
        }
    }

    /** Closes a client, and does not wait for commands under way. */
    public static void disconnect(RedissonClient client) {
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
