package dev.duet;

import dev.duet.internal.Flights;
import dev.duet.internal.Payloads;
import dev.duet.internal.StatsCounter;
import dev.duet.local.FillOutcome;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.store.CacheException;
import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Level;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import dev.duet.store.codec.KeyCodec;
import dev.duet.store.codec.ValueCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the read path and the write path of one cache share: its near cache, its flights, its way to the store. Thread-safe.
 *
 * <p>Implementation note. The near cache is dropped before flights are detached; both happen before a write returns, so
 * that every later read on this node starts anew (promise P2). A change that another node made is acted upon in the same
 * way, without a promise about the instant.
 */
final class CacheCore<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(CacheCore.class);

    /** Stands in the near cache for the fact that there is no value. */
    static final Object NOTHING = new Object();

    final CacheConfig<K, V> config;
    final Node node;
    final StatsCounter stats = new StatsCounter();
    final NearCache<K, Object> near;
    final Flights<K, V> flights;
    final Payloads<V> payloads;
    private final KeyCodec<K> keys;

    CacheCore(CacheConfig<K, V> config, Node node) {
        this.config = config;
        this.node = node;
        this.near = new NearCache<>(nearConfig(config, node), node.clock(), node.freshness());
        this.flights =
                new Flights<>(node.clock(), node.waiting(), node.maxStaleness().toNanos());
        this.keys = KeyCodec.forType(config.keyType());
        ValueCodec<V> codec = config.codec() == null ? node.codecs().codecFor(config.valueType()) : config.codec();
        this.payloads = new Payloads<>(codec, config.valueType().getTypeName(), config.maximumValueSize());
    }

    /** The cache's own loader. */
    CacheLoader<? super K, ? extends V> loader() {
        CacheLoader<? super K, ? extends V> loader = config.loader();
        if (loader == null) {
            throw new CacheException(
                    "cache '" + config.name()
                            + "' has no loader; set loader(…) when it is built, or use get(key, loader)",
                    null,
                    config.name(),
                    null,
                    Level.SOURCE);
        }
        return loader;
    }

    /** The address of a key's record. */
    RecordKey recordKey(K key) {
        try {
            return node.link().config().recordKey(config.name(), keys.encode(key));
        } catch (CodecException e) {
            throw new CodecException("cache '" + config.name() + "': " + e.getMessage(), e, config.name(), "" + key);
        }
    }

    /** Carries out an operation, and waits for its reply. */
    <R> R call(RecordKey key, Operation<R> operation) {
        long deadline = node.link().deadline();
        return await(start(key, operation), deadline, key.key());
    }

    /** Starts an operation, which is to be awaited. */
    <R> CompletableFuture<R> start(RecordKey key, Operation<R> operation) {
        return node.link().start(namespace -> namespace.execute(key, operation));
    }

    /**
     * Waits for a reply of the store, about a key or about the whole cache.
     *
     * @throws StoreUnavailableException if it fails or does not come in time
     */
    <R> R await(CompletableFuture<R> reply, long deadline, @Nullable String key) {
        try {
            return node.link().await(reply, deadline);
        } catch (StoreUnavailableException e) {
            stats.storeFailures.increment();
            throw new StoreUnavailableException(
                    "cache '" + config.name() + "': " + e.getMessage(), e, config.name(), key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while waiting for the store", e, config.name(), key, Level.STORE);
        }
    }

    /** Carries out an operation without waiting; a failure is counted, and harms nothing. */
    void send(RecordKey key, Operation<?> operation) {
        node.link()
                .send(namespace -> namespace.execute(key, operation).whenComplete((reply, failure) -> {
                    if (failure != null) {
                        stats.storeFailures.increment();
                        LOG.debug(
                                "{} of key '{}' of cache '{}' failed; it runs out by itself",
                                operation,
                                key.key(),
                                config.name(),
                                failure);
                    }
                }));
    }

    /**
     * What to store for a value, or null if it is not to be stored.
     *
     * @param value the value, or null if there is none
     * @param cost what it cost to load, in nanoseconds
     */
    @Nullable
    Content content(RecordKey key, @Nullable V value, long cost) {
        if (value == null) {
            Duration life = config.cacheAbsence();
            return life == null ? null : new Content(payloads.encodeAbsent(key), Durations.micros(life), cost / 1_000);
        }
        Payload payload = payloads.encode(key, value);
        if (payload == null) {
            stats.oversized.increment();
            LOG.debug("The value of key '{}' of cache '{}' is too large to be cached", key.key(), key.cache());
            return null;
        }
        Duration life = config.expireAfterWrite();
        return new Content(payload, life == null ? Content.FOREVER : Durations.micros(life), cost / 1_000);
    }

    /**
     * Keeps near what the store answered.
     *
     * @param head the head at which it was true
     * @param asked when the store was asked, by the node's clock
     * @param life what was left of its life then, in microseconds
     */
    void fillNear(K key, long ticket, @Nullable V value, int partition, long head, long asked, long life) {
        Object entry = value == null ? NOTHING : value;
        count(near.fill(key, ticket, entry, partition, head, trusted(asked), deadline(asked, life)));
    }

    /**
     * Keeps near for the bound B what was loaded without the store, so that its outage does not turn every read into a load
     * (promise P5).
     *
     * @param floor the partition's floor, from before the load
     * @param asked when the loader was asked
     */
    void fillNearAlone(K key, long ticket, @Nullable V value, int partition, long floor, long asked) {
        Duration life = value == null ? config.cacheAbsence() : config.expireAfterWrite();
        if (value == null && life == null) {
            return;
        }
        long end = trusted(asked);
        long deadline = life == null ? end : Math.min(end, deadline(asked, Durations.micros(life)));
        count(near.fill(key, ticket, value == null ? NOTHING : value, partition, floor, deadline, deadline));
    }

    /** Keeps near what this node wrote, in place of whatever is there. */
    void replaceNear(K key, long ticket, V value, int partition, long version, long asked, long life) {
        count(near.replace(key, ticket, value, partition, version, trusted(asked), deadline(asked, life)));
        flights.detach(key);
    }

    private void count(FillOutcome outcome) {
        switch (outcome) {
            case FILLED -> {}
            case INVALIDATED -> stats.nearInvalidated.increment();
            case OLDER -> stats.nearOlder.increment();
            case BELOW_FLOOR -> stats.nearBelowFloor.increment();
            case EXPIRED -> stats.nearExpired.increment();
        }
    }

    /** Drops this node's own copy, and lets nobody join what was begun before. */
    void drop(K key) {
        near.invalidate(key);
        flights.detach(key);
    }

    /** Drops all of this node's own copies. */
    void dropAll() {
        near.invalidateAll();
        flights.detachAll();
    }

    /** Acts on a change of the feed. */
    void apply(Change change) {
        stats.invalidationsApplied.increment();
        if (change.key() == null) {
            raiseFloor(change.partition(), change.version());
        } else {
            K key = keys.decode(change.key());
            near.invalidate(key, change.partition(), change.version());
            flights.detach(key);
        }
    }

    /** Drops what was read from {@code partition} before {@code version}. */
    void raiseFloor(int partition, long version) {
        near.raiseFloor(partition, version);
        flights.detachAll();
    }

    /** Until when something that was current at {@code asked} may be served without being told of changes. */
    private long trusted(long asked) {
        return asked + node.maxStaleness().toNanos();
    }

    private static long deadline(long asked, long life) {
        return life >= (Long.MAX_VALUE - asked) / 1_000 ? Long.MAX_VALUE : asked + life * 1_000;
    }

    @SuppressWarnings("unchecked") // the near cache holds values of V, and NOTHING
    private static <K, V> NearCacheConfig<K, Object> nearConfig(CacheConfig<K, V> config, Node node) {
        ToIntBiFunction<? super K, ? super V> weigher = config.weigher();
        return new NearCacheConfig<>(
                config.maximumSize(),
                config.maximumWeight(),
                weigher == null ? null : (key, entry) -> entry == NOTHING ? 1 : weigher.applyAsInt(key, (V) entry),
                node.link().config().partitions());
    }
}
