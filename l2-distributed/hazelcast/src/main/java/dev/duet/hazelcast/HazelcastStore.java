package dev.duet.hazelcast;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.hazelcast.internal.HazelcastNamespace;
import dev.duet.hazelcast.internal.Instance;
import dev.duet.hazelcast.internal.Preparation;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import dev.duet.store.StoreUnavailableException;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The store on Hazelcast 5: on a member in this JVM, so that the application's own JVMs are the store, or on the members of a
 * cluster that this is a client of. Each operation is one entry processor, on the member that has its partition, with its
 * backups.
 *
 * <pre>{@code
 * Store store = HazelcastStore.embedded();
 * }</pre>
 *
 * <p>All members and clients need this module on their class path, and no class of the application's: what is stored is bytes.
 *
 * <p>Thread-safe. The stages that the store returns complete on a thread that brings Hazelcast's answers, or on one of the store's:
 * what depends on them must not block.
 */
public final class HazelcastStore implements Store {

    /** How many records a new namespace holds if none is given. */
    public static final int DEFAULT_MAXIMUM_RECORDS = 1_000_000;

    private static final long TIMEOUT_MILLIS = 10_000;

    private final Instance instance;
    private final Collection<Namespace> namespaces = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "duet-hazelcast");
        thread.setDaemon(true);
        return thread;
    });
    private volatile int maximumRecords = DEFAULT_MAXIMUM_RECORDS;

    private HazelcastStore(Instance instance) {
        this.instance = instance;
    }

    /**
     * On a member of its own, on 127.0.0.1, which finds others there; as {@link #embedded(Config)} with nothing configured.
     */
    public static HazelcastStore embedded() {
        return embedded(new Config());
    }

    /**
     * On a member of its own, which {@link #close()} shuts down. It starts with the first
     * {@link #open(NamespaceConfig, String)}.
     *
     * <p>The configuration is changed where the application left it as Hazelcast has it:
     *
     * <ul>
     *   <li>If nothing is said of how members join, they do by TCP-IP and on 127.0.0.1 alone, and not by multicast or what
     *       Hazelcast detects of its surroundings. With members on other machines, say
     *       {@code getNetworkConfig().getJoin()} and {@code getInterfaces()}.
     *   <li>Hazelcast does not phone home ({@code hazelcast.phone.home.enabled}) and logs by SLF4J
     *       ({@code hazelcast.logging.type}). A member that gives no sign of life for 10 seconds instead of 60 is given up
     *       ({@code hazelcast.max.no.heartbeat.seconds}), and members that were split look for each other every 10 seconds
     *       instead of after 5 minutes ({@code hazelcast.merge.first.run.delay.seconds}).
     *   <li>The maps {@code duet.*} are kept as objects with one backup, and never evicted or expired.
     * </ul>
     */
    public static HazelcastStore embedded(Config config) {
        return new HazelcastStore(Instance.embedded(Objects.requireNonNull(config, "config")));
    }

    /**
     * By a client of its own, which {@link #close()} shuts down. It connects with the first
     * {@link #open(NamespaceConfig, String)}, and again whenever it has lost its cluster; until then, operations fail at once.
     *
     * <p>The configuration is changed: the client starts and reconnects in the background.
     */
    public static HazelcastStore client(ClientConfig config) {
        return new HazelcastStore(Instance.client(Objects.requireNonNull(config, "config")));
    }

    /**
     * By a member or client that the application has. {@link #close()} leaves it running. Maps {@code duet.*} that are not
     * configured are configured as for {@link #embedded(Config)}; the rest of the configuration is the application's, which
     * sees that Hazelcast does not phone home.
     */
    public static HazelcastStore using(HazelcastInstance instance) {
        return new HazelcastStore(Instance.of(Objects.requireNonNull(instance, "instance")));
    }

    /**
     * How Duet has the map of a namespace, for an application to change and to add to a member's configuration: more backups, or
     * split-brain protection.
     *
     * <pre>{@code
     * config.addMapConfig(HazelcastStore.mapConfig("duet.*").setBackupCount(2));
     * }</pre>
     *
     * @param name {@code duet.} and the name of the namespace, or {@code duet.*} for all
     * @return a new one: kept as objects, one backup, no eviction, no expiry, merged by Duet after a split. What is changed of
     *     these but for the backups is refused when a namespace is opened.
     */
    public static MapConfig mapConfig(String name) {
        return Preparation.mapConfig(Objects.requireNonNull(name, "name"));
    }

    /**
     * How many records a namespace holds at most, but for pending writes, if this node is the first to open it; in equal parts
     * for its partitions, in each of which those not used for the longest time are evicted. By default
     * {@value #DEFAULT_MAXIMUM_RECORDS}.
     *
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public HazelcastStore maximumRecords(int newMaximumRecords) {
        if (newMaximumRecords < 1) {
            throw new IllegalArgumentException("maximumRecords must be at least 1, but is " + newMaximumRecords);
        }
        maximumRecords = newMaximumRecords;
        return this;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Starts the member or client first, unless that is done, and may be called again after it failed. It fails after 10
     * seconds at the latest, but for a member's start, which takes as long as Hazelcast does.
     *
     * @throws dev.duet.store.StoreUnavailableException if no member of the cluster answers, or this is closed
     * @throws dev.duet.store.StoreConfigurationException if a member cannot start with its configuration, or if the members do
     *     not have this module; the message names the remedy; or as for {@link Store#open}
     */
    @Override
    public Namespace open(NamespaceConfig config, String node) {
        if (closed.get()) {
            throw new StoreUnavailableException("the store on " + address() + " is closed", null);
        }
        Namespace namespace = HazelcastNamespace.open(
                instance.get(), address(), config, node, maximumRecords, TIMEOUT_MILLIS, executor);
        namespaces.add(namespace);
        return namespace;
    }

    /** {@inheritDoc} For instance {@code hazelcast://dev/127.0.0.1}. */
    @Override
    public String address() {
        return instance.address();
    }

    /** {@inheritDoc} Ends the subscriptions of its namespaces, and shuts down the member or client unless that was handed over. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        namespaces.forEach(Namespace::close);
        instance.close();
        executor.shutdown();
    }

    @Override
    public String toString() {
        return "HazelcastStore[" + address() + "]";
    }
}
