package dev.duet;

import dev.duet.local.CoarseClock;
import dev.duet.store.Change;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import dev.duet.store.codec.Codecs;
import dev.duet.sync.ChangeFollower;
import dev.duet.sync.ChangeHandler;
import dev.duet.sync.FollowerStats;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of a two-level cache: one store, one follower of its change feed, and any number of named caches. An application
 * has one, for as long as it runs.
 *
 * <pre>{@code
 * Duet duet = Duet.builder()
 *     .store(RedisStore.connect("redis://127.0.0.1:6379"))
 *     .build();
 *
 * TwoLevelCache<Long, User> users = duet.cache("users", Long.class, User.class)
 *     .maximumSize(10_000)
 *     .expireAfterWrite(Duration.ofHours(1))
 *     .loader(database::findUser)
 *     .build();
 *
 * User user = users.get(456L);
 * users.update(456L, () -> database.updateEmail(456L, "new.email@example.com"));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Duet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Duet.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_AFTER = Duration.ofMillis(250);

    private final Map<String, DefaultTwoLevelCache<?, ?>> caches = new ConcurrentHashMap<>();
    private final Store store;
    private final Node node;
    private final ChangeFollower follower;
    private final boolean ownsClock;
    private volatile boolean closed;

    private Duet(Store store, Node node, boolean ownsClock) {
        this.store = store;
        this.node = node;
        this.ownsClock = ownsClock;
        this.follower =
                ChangeFollower.start(node.namespace(), new NearCaches(), node.scheduler(), RETRY_AFTER, START_TIMEOUT);
    }

    /** Configures a node. */
    public static DuetBuilder builder() {
        return new DuetBuilder();
    }

    static Duet start(
            Store store,
            NamespaceConfig config,
            Duration maxStaleness,
            Codecs codecs,
            @Nullable CoarseClock givenClock,
            @Nullable LongConsumer pause) {
        String name = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "duet-scheduler");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        CoarseClock clock = givenClock == null ? CoarseClock.start() : givenClock;
        Namespace namespace = null;
        try {
            namespace = store.open(config, name);
            Node node = new Node(
                    name,
                    namespace,
                    clock,
                    scheduler,
                    pause == null ? LockSupport::parkNanos : pause,
                    maxStaleness,
                    codecs,
                    new AtomicLong());
            Duet duet = new Duet(store, node, givenClock == null);
            LOG.info(
                    "Node {} joined namespace {} of {} ({} partitions, maxStaleness {})",
                    name,
                    config.name(),
                    store.address(),
                    config.partitions(),
                    maxStaleness);
            return duet;
        } catch (RuntimeException | Error e) {
            scheduler.shutdownNow();
            if (givenClock == null) {
                clock.close();
            }
            if (namespace != null) {
                namespace.close();
            }
            store.close();
            throw e;
        }
    }

    /**
     * Configures a cache.
     *
     * @param name the name, which all nodes share; 1 to 64 letters, digits, '_', '.' or '-'
     * @param keyType the type of the keys: String, Long, Integer, UUID, an enum, or a record of such
     * @param valueType the type of the values
     * @throws IllegalArgumentException if the name is not one
     */
    public <K, V> CacheBuilder<K, V> cache(String name, Class<K> keyType, Class<V> valueType) {
        return new CacheBuilder<>(this, name, keyType, valueType);
    }

    /** As {@link #cache(String, Class, Class)}, for values of a type with parameters. */
    public <K, V> CacheBuilder<K, V> cache(String name, Class<K> keyType, TypeRef<V> valueType) {
        return new CacheBuilder<>(this, name, keyType, valueType.type());
    }

    /** The name of this node: random, unique in the namespace; the origin of its changes. */
    public String node() {
        return node.name();
    }

    /** What this node heard of the change feed so far. */
    public FollowerStats changeFeedStats() {
        return follower.stats();
    }

    /** Leaves the namespace, and closes the store. The caches are of no use afterwards. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        follower.close();
        node.namespace().close();
        node.scheduler().shutdownNow();
        if (ownsClock) {
            node.clock().close();
        }
        store.close();
        LOG.info(
                "Node {} left namespace {}",
                node.name(),
                node.namespace().config().name());
    }

    @SuppressWarnings("unchecked") // a cache of an equal configuration has the same types
    synchronized <K, V> TwoLevelCache<K, V> register(CacheConfig<K, V> config) {
        if (closed) {
            throw new IllegalStateException("this Duet is closed");
        }
        DefaultTwoLevelCache<?, ?> other = caches.get(config.name());
        if (other == null) {
            DefaultTwoLevelCache<K, V> cache = new DefaultTwoLevelCache<>(new CacheCore<>(config, node));
            caches.put(config.name(), cache);
            return cache;
        }
        if (!other.core.config.equals(config)) {
            throw new IllegalArgumentException("there is a cache '" + config.name()
                    + "' with other settings already; build it once and share it, or give this one another name."
                    + " There: " + other.core.config + "; here: " + config);
        }
        return (TwoLevelCache<K, V>) other;
    }

    /** Hands what the follower learns to the caches. A cache that this node does not have holds nothing to drop. */
    private final class NearCaches implements ChangeHandler {
        @Override
        public void apply(Change change) {
            DefaultTwoLevelCache<?, ?> cache = caches.get(change.cache());
            if (cache != null) {
                cache.core.apply(change);
            }
        }

        @Override
        public void raiseFloor(int partition, long version) {
            caches.values().forEach(cache -> cache.core.raiseFloor(partition, version));
        }
    }
}
