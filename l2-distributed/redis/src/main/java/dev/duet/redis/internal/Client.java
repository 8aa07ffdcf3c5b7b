package dev.duet.redis.internal;

import dev.duet.store.CacheException;
import dev.duet.store.StoreUnavailableException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/**
 * The client of a store: one that was handed over, or one of its own, which is made when it is first wanted. An attempt to
 * make it that fails leaves nothing behind, and the next one starts anew. Thread-safe.
 */
public final class Client implements AutoCloseable {

    private final Supplier<Opened> maker;
    private final String address;

    /** Whether a server takes connections, as far as can be said without a client. */
    private final BooleanSupplier reachable;

    /** Whether making it has failed; guarded by {@link #making}. */
    private boolean failed;

    /** Held while a client is being made, so that there is one. */
    private final ReentrantLock making = new ReentrantLock();

    /** Guarded by this. */
    private @Nullable Opened client;

    /** Guarded by this. */
    private boolean closed;

    private Client(Supplier<Opened> maker, BooleanSupplier reachable, String address) {
        this.maker = maker;
        this.reachable = reachable;
        this.address = address;
    }

    /** A client, and how it is closed. */
    private record Opened(RedissonClient client, Runnable closing) {}

    /** A client of the store's own. */
    public static Client of(ClientConfig config) {
        return new Client(
                () -> {
                    OwnClient own = OwnClient.open(config);
                    return new Opened(own.client(), own::close);
                },
                config::isReachable,
                config.address());
    }

    /** A client that was handed over, which {@link #close()} leaves open. */
    public static Client of(RedissonClient client, String address) {
        return new Client(() -> new Opened(client, () -> {}), () -> true, address);
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
            Opened there = client();
            return (there != null ? there : keep(make())).client();
        } finally {
            making.unlock();
        }
    }

    private synchronized @Nullable Opened client() {
        if (closed) {
            throw closed();
        }
        return client;
    }

    /** Tries again only if a server takes connections: each attempt of the client's logs, and starts threads. */
    private Opened make() {
        if (failed && !reachable.getAsBoolean()) {
            throw new StoreUnavailableException(
                    "Redis at " + address + " still takes no connection; see that it runs and can be reached from here",
                    null);
        }
        try {
            return maker.get();
        } catch (RuntimeException e) {
            failed = true;
            throw Failures.translate(e, address);
        }
    }

    private Opened keep(Opened made) {
        synchronized (this) {
            if (!closed) {
                client = made;
                return made;
            }
        }
        made.closing().run();
        throw closed();
    }

    private StoreUnavailableException closed() {
        return new StoreUnavailableException("the store on Redis at " + address + " is closed", null);
    }

    /** Closes the client, unless it was handed over, and does not wait for commands under way. Idempotent. */
    @Override
    public void close() {
        Opened made;
        synchronized (this) {
            made = closed ? null : client;
            closed = true;
        }
        if (made != null) {
            made.closing().run();
        }
    }
}
