package dev.duet.redis.internal;

import dev.duet.store.CacheException;
import dev.duet.store.StoreUnavailableException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * The client of a store: one that was handed over, or one of its own, which is made when it is first wanted. An attempt to
 * make it that fails leaves nothing behind, and the next one starts anew. Thread-safe.
 */
public final class Client implements AutoCloseable {

    private final Supplier<RedissonClient> maker;
    private final boolean owned;
    private final String address;

    /** Held while a client is being made, so that there is one. */
    private final ReentrantLock making = new ReentrantLock();

    /** Guarded by this. */
    private @Nullable RedissonClient client;

    /** Guarded by this. */
    private boolean closed;

    private Client(Supplier<RedissonClient> maker, boolean owned, String address) {
        this.maker = maker;
        this.owned = owned;
        this.address = address;
    }

    /** A client of the store's own. */
    public static Client of(ClientConfig config) {
        return new Client(() -> Redisson.create(new Config(config)), true, config.address());
    }

    /** A client that was handed over, which {@link #close()} leaves open. */
    public static Client of(RedissonClient client, String address) {
        return new Client(() -> client, false, address);
    }

    /**
     * The client, connected at least once. Blocks while it is made, for as long as its configuration allows.
     *
     * @throws CacheException if it cannot be made; it says what to do
     * @throws StoreUnavailableException also if this is closed
     */
    public RedissonClient get() {
        making.lock();
        try {
            RedissonClient there = client();
            return there != null ? there : keep(make());
        } finally {
            making.unlock();
        }
    }

    private synchronized @Nullable RedissonClient client() {
        if (closed) {
            throw closed();
        }
        return client;
    }

    private RedissonClient make() {
        try {
            return maker.get();
        } catch (RuntimeException e) {
            throw Failures.translate(e, address);
        }
    }

    private RedissonClient keep(RedissonClient made) {
        synchronized (this) {
            if (!closed) {
                client = made;
                return made;
            }
        }
        release(made);
        throw closed();
    }

    private StoreUnavailableException closed() {
        return new StoreUnavailableException("the store on Redis at " + address + " is closed", null);
    }

    /** Closes the client, unless it was handed over, and does not wait for commands under way. Idempotent. */
    @Override
    public void close() {
        RedissonClient made;
        synchronized (this) {
            made = closed ? null : client;
            closed = true;
        }
        if (made != null) {
            release(made);
        }
    }

    private void release(RedissonClient client) {
        if (owned) {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }
}
