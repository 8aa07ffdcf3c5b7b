package dev.duet.redis;

import dev.duet.redis.internal.Client;
import dev.duet.redis.internal.ClientConfig;
import dev.duet.redis.internal.RedisNamespace;
import dev.duet.redis.internal.RedisUri;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * The store on Redis 6.2 or later, or on Valkey. Each operation is one Lua script, so one round trip, on the master.
 *
 * <pre>{@code
 * Store store = RedisStore.connect("redis://127.0.0.1:6379");
 * }</pre>
 *
 * <p>For a cluster, sentinels, TLS with a certificate of one's own and all else that a URI cannot say, a Redisson
 * configuration can be given, or a client that the application has anyway. It must read from masters only, as a replica
 * may answer with what was already invalidated.
 *
 * <p>A Redis that was restarted, even if it lost nothing, or a replica that was promoted starts cold: it may hold values
 * from before changes that every node was told of, and nobody can tell. So whatever was stored before counts as absent from
 * the moment at which the first node finds out, which is before any of them reads there (anomalies A16, A17). Writes under
 * way go on.
 *
 * <p>Thread-safe. The stages that the store returns complete on a network thread: what depends on them must not block.
 */
public final class RedisStore implements Store {

    private final Client client;
    private final String address;
    private final Collection<Namespace> namespaces = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisStore(Client client, String address) {
        this.client = client;
        this.address = address;
    }

    /**
     * The store on a single server, by a client of its own, which {@link #close()} closes. Nothing is sent before
     * {@link #open(NamespaceConfig, String)}, which connects.
     *
     * <p>The URI is {@code redis://[user[:password]@]host[:port][/database][?timeout=500ms&connectTimeout=2s]}, or
     * {@code rediss://} for TLS, which verifies the certificate and the host's name. User and password are
     * percent-encoded. The port is 6379 by default, the database 0. Durations are whole numbers of {@code ms} or
     * {@code s}: {@code timeout} is how long an answer may take, {@code connectTimeout} how long a connection may take
     * to stand; each is 2 seconds by default. A command is sent once, so it fails after about the timeout at the latest,
     * and at once if the connection breaks; broken connections are replaced within about a second of the server's
     * return.
     *
     * @throws IllegalArgumentException if the URI is none of this shape; the message names the part that is wrong
     */
    public static RedisStore connect(String uri) {
        return connect(ClientConfig.of(RedisUri.parse(uri)));
    }

    /**
     * The store where a Redisson configuration says, by a client of its own, which {@link #close()} closes. Nothing is sent
     * before {@link #open(NamespaceConfig, String)}, which connects. Timeouts, retries and threads are those of the
     * configuration.
     *
     * @throws dev.duet.store.StoreConfigurationException if the configuration reads from replicas ({@code readMode}
     *     other than {@code MASTER}, which is Redisson's default for more than one server), does not keep the order of
     *     messages, renames keys, never pings ({@code pingConnectionInterval} 0) or names no server
     */
    public static RedisStore connect(Config config) {
        ClientConfig own = new ClientConfig(config);
        own.check();
        return new RedisStore(Client.of(own), own.address());
    }

    /**
     * Uses a client that the application has. {@link #close()} leaves it open. Nothing is sent before
     * {@link #open(NamespaceConfig, String)}.
     *
     * <p>A change feed whose connection hangs without an error is replaced once the client finds that out, after about its
     * {@code pingConnectionInterval} and {@code timeout}: 33 seconds by Redisson's defaults. Set the interval to a second or
     * so, as {@link #connect(String)} does. It also calls {@code setReferenceEnabled(false)}: else the client looks at each
     * argument of a call for objects of its own, which takes a microsecond or so.
     *
     * @throws dev.duet.store.StoreConfigurationException if the client is not fit, as for {@link #connect(Config)}
     */
    public static RedisStore using(RedissonClient client) {
        ClientConfig config = new ClientConfig(client.getConfig());
        config.check();
        return new RedisStore(Client.of(client, config.address()), config.address());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Connects first, unless that is done, and may be called again after it failed: a store whose server is down needs
     * no other one once that is up. It fails after about the timeouts for connecting and for an answer at the latest.
     *
     * <p>Redis older than 6.2 is refused. The namespace {@code duet} is described by the hash {@code duet:namespace}.
     *
     * @throws dev.duet.store.StoreUnavailableException if the server cannot be reached, or this is closed
     * @throws dev.duet.store.StoreConfigurationException if it refuses the user, the password or the database, or if TLS
     *     fails; the message names the remedy; or as for {@link Store#open}
     */
    @Override
    public Namespace open(NamespaceConfig config, String node) {
        Namespace namespace = RedisNamespace.open(client.get(), address, config, node);
        namespaces.add(namespace);
        return namespace;
    }

    /** {@inheritDoc} For instance {@code redis://127.0.0.1:6379/0}. */
    @Override
    public String address() {
        return address;
    }

    /** {@inheritDoc} Ends the subscriptions of its namespaces, and closes the client unless that was handed over. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        namespaces.forEach(Namespace::close);
        client.close();
    }

    @Override
    public String toString() {
        return "RedisStore[" + address + "]";
    }
}
