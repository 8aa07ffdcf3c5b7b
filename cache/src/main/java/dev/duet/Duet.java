package dev.duet;

import dev.duet.internal.LoadScope;
import dev.duet.internal.OpenWrites;
import dev.duet.internal.WillingExecutor;
import dev.duet.local.Freshness;
import dev.duet.store.CacheException;
import dev.duet.store.Change;
import dev.duet.store.Namespace;
import dev.duet.store.Store;
import dev.duet.store.StoreUnavailableException;
import dev.duet.sync.ChangeFollower;
import dev.duet.sync.ChangeHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
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
    private final Namespace namespace;
    private final Machinery machinery;
    private final Node node;
    private final ChangeFollower follower;

    /** When the node was closed, by its clock, which is at the end of time afterwards. */
    private volatile long closedAt = Long.MAX_VALUE;

    private Duet(Store store, Namespace namespace, DuetConfig config, Machinery machinery) {
        this.store = store;
        this.namespace = namespace;
        this.machinery = machinery;
        StoreLink link = new StoreLink(
                namespace,
                store.address(),
                machinery.waiting(),
                machinery.clock(),
                config.storeTimeout(),
                machinery.scheduler(),
                config.maximumOwedInvalidations(),
                this::degraded,
                this::recovered);
        this.node = new Node(
                machinery.name(),
                link,
                machinery.clock(),
                machinery.housekeeper(),
                new Freshness(),
                machinery.scheduler(),
                machinery.waiting(),
                config.maxStaleness(),
                config.whenStoreIsDown(),
                config.codecs(),
                new OpenWrites(),
                machinery.tokens(),
                new WillingExecutor(config.executor(), machinery.background(), machinery.scheduler()),
                machinery.random(),
                new LoadScope.Stack(),
                new Lifetime(machinery.name()));
        this.follower = ChangeFollower.start(
                namespace,
                new NearCaches(),
                machinery.scheduler(),
                machinery.clock()::read,
                config.maxStaleness(),
                RETRY_AFTER);
    }

    /** Configures a node. */
    public static DuetBuilder builder() {
        return new DuetBuilder();
    }

    static Duet start(Store store, DuetConfig config, Machinery machinery) {
        Namespace namespace = null;
        try {
            namespace = LateNamespace.open(store, config.namespace(), machinery.name(), config.failFast());
            Duet duet = new Duet(store, namespace, config, machinery);
            duet.awaitFeed(config);
            return duet;
        } catch (RuntimeException | Error e) {
            if (namespace != null) {
                namespace.close();
            }
            machinery.close();
            store.close();
            throw e;
        }
    }

    /** Waits until the feed stands; if it does not, fails, or goes on without the store. */
    private void awaitFeed(DuetConfig config) {
        try {
            machinery.waiting().await(follower.ready().toCompletableFuture(), START_TIMEOUT.toNanos());
            LOG.info(
                    "Node {} joined namespace {} of {} ({} partitions, maxStaleness {})",
                    node.name(),
                    config.namespace().name(),
                    store.address(),
                    config.namespace().partitions(),
                    config.maxStaleness());
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (config.failFast()) {
                follower.close();
                throw cause instanceof CacheException known
                        ? known
                        : new StoreUnavailableException(
                                "the change feed could not be subscribed to within " + START_TIMEOUT, cause);
            }
            node.link().down(String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            follower.close();
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while subscribing to the change feed", e);
        }
    }

    private void degraded() {
        caches.values()
                .forEach(cache -> cache.core.degraded(String.valueOf(node.link().reason())));
        probe();
    }

    private void recovered() {
        caches.values().forEach(cache -> cache.core.recovered());
    }

    /** Asks the store whether it answers, as long as it is taken not to; beside the audits, which may be far apart. */
    private void probe() {
        try {
            ScheduledFuture<?> unused = machinery
                    .scheduler()
                    .schedule(
                            () -> {
                                if (!node.lifetime().isOver() && node.link().isDown()) {
                                    follower.audit();
                                    probe();
                                }
                            },
                            RETRY_AFTER.toNanos(),
                            TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not probed: the node is being closed");
        }
    }

    /**
     * A function that computes once for each argument in the whole cluster, and remembers what came of it: short for
     * {@code cache(name, argumentType, resultType).memoize(function)}, where its life, its bound and a {@linkplain
     * CacheBuilder#codeVersion version of its code} can be set.
     *
     * @param name the name, as for {@link #cache}
     * @param argumentType the type of the argument; several go into a record, all of whose components make up the key
     * @param resultType the type of the result
     * @param function computes; called from the threads of callers
     * @throws IllegalStateException if this {@code Duet} is closed
     */
    public <A, R> MemoizedFunction<A, R> memoize(
            String name,
            Class<A> argumentType,
            Class<R> resultType,
            Function<? super A, ? extends @Nullable R> function) {
        return cache(name, argumentType, resultType).memoize(function);
    }

    /**
     * Configures a cache.
     *
     * @param name the name, which all nodes share; 1 to 64 letters, digits, '_', '.' or '-'
     * @param keyType the type of the keys: String, Long, Integer, UUID, an enum, or a record of such
     * @param valueType the type of the values
     * @throws IllegalArgumentException if the name is not one
     * @throws IllegalStateException if this {@code Duet} is closed
     */
    public <K, V> CacheBuilder<K, V> cache(String name, Class<K> keyType, Class<V> valueType) {
        node.lifetime().check();
        return new CacheBuilder<>(this, name, keyType, valueType);
    }

    /** As {@link #cache(String, Class, Class)}, for values of a type with parameters. */
    public <K, V> CacheBuilder<K, V> cache(String name, Class<K> keyType, TypeRef<V> valueType) {
        node.lifetime().check();
        return new CacheBuilder<>(this, name, keyType, valueType.type());
    }

    /** The name of this node: random, unique in the namespace; the origin of its changes. */
    public String node() {
        return node.name();
    }

    /** What this node did so far. */
    public DuetStats stats() {
        StoreLink link = node.link();
        return new DuetStats(
                follower.stats(),
                follower.unreadable(),
                follower.failedAudits(),
                freshnessLag(),
                link.outages(),
                link.degradedTime(),
                link.refused(),
                link.timeouts(),
                link.owed.size(),
                link.paid(),
                link.owed.overflows());
    }

    /** How this node is doing. */
    public Health health() {
        StoreLink link = node.link();
        Duration lag = freshnessLag();
        int owed = link.owed.size();
        if (node.lifetime().isOver()) {
            return new Health(Health.Status.CLOSED, "this Duet is closed", lag, owed);
        }
        if (link.isDown()) {
            return new Health(Health.Status.DOWN, link.reason(), lag, owed);
        }
        if (owed > 0) {
            return new Health(
                    Health.Status.STALE,
                    "other nodes may read old values of what this one has written, as the store could not be told of it: "
                            + link.owedBecause(),
                    lag,
                    owed);
        }
        if (lag.compareTo(node.maxStaleness()) >= 0) {
            return new Health(
                    Health.Status.STALE,
                    "the change feed has not been confirmed for " + lag.toMillis() + " ms",
                    lag,
                    owed);
        }
        return new Health(Health.Status.UP, link.room.full(), lag, owed);
    }

    private Duration freshnessLag() {
        long provenAt = node.freshness().until() - node.maxStaleness().toNanos();
        return Duration.ofNanos(Math.max(0, Math.min(node.clock().read(), closedAt) - provenAt));
    }

    /**
     * Leaves the namespace, and closes the store. From its beginning on, every method of the caches throws an {@link
     * IllegalStateException} before it touches anything; but for those that only say what there is, as {@code name()} and {@code
     * stats()}. What has begun by then goes on: loads return to their callers, and writes that were announced end without the
     * store, where their intents run out. What is pending of caches that write
     * behind is written first, for {@link WriteBehind#closeTimeout} at most; other nodes write the rest. What is still owed to the store is
     * lost with this node, and logged. Idempotent.
     */
    @Override
    public void close() {
        if (!ended()) {
            return;
        }
        closedAt = node.clock().read();
        caches.values().forEach(cache -> cache.core.near.close());
        caches.values().forEach(DefaultTwoLevelCache::close);
        StoreLink link = node.link();
        if (!link.owed.isEmpty()) {
            LOG.warn(
                    "Node {} leaves while the store does not know of {} keys or caches that it has written, in {}: other"
                            + " nodes may read their old values until the end of their lives",
                    node.name(),
                    link.owed.size(),
                    link.owed.names());
        }
        follower.close();
        link.close();
        namespace.close();
        machinery.close();
        store.close();
        link.giveUp();
        caches.values().forEach(cache -> cache.core.readers.wakeAll()); // their pauses have gone with the scheduler
        LOG.info("Node {} left namespace {}", node.name(), link.config().name());
    }

    /** Lets nobody begin anything from now on; false if that was so already. Not while a cache is being registered. */
    private synchronized boolean ended() {
        return node.lifetime().end();
    }

    @SuppressWarnings("unchecked") // a cache of an equal configuration has the same types
    synchronized <K, V> TwoLevelCache<K, V> register(CacheConfig<K, V> config) {
        node.lifetime().check();
        DefaultTwoLevelCache<?, ?> other = caches.get(config.storeName());
        if (other == null) {
            DefaultTwoLevelCache<K, V> cache = new DefaultTwoLevelCache<>(new CacheCore<>(config, node));
            cache.start();
            caches.put(config.storeName(), cache);
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
        public void hinted(String cache, String key) {
            loadEnded(cache, key, false);
        }

        @Override
        public void loadFailed(String cache, String key) {
            loadEnded(cache, key, true);
        }

        private void loadEnded(String cache, String key, boolean failed) {
            DefaultTwoLevelCache<?, ?> there = caches.get(cache);
            if (there != null) {
                there.core.hinted(key, failed);
            }
        }

        @Override
        public void raiseFloor(int partition, long version) {
            caches.values().forEach(cache -> {
                cache.core.raiseFloor(partition, version);
                cache.core.invalidated(null, false);
            });
        }

        @Override
        public long highestKept(int partition) {
            return caches.values().stream()
                    .mapToLong(cache -> cache.core.near.highest(partition))
                    .max()
                    .orElse(0);
        }

        @Override
        public void fresh(long sentAt) {
            if (node.link().isSettled()) {
                node.freshness().extend(sentAt + node.maxStaleness().toNanos());
            }
        }

        @Override
        public void audited(@Nullable Throwable failure) {
            node.link().probed(failure);
        }
    }
}
