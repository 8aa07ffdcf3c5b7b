package dev.duet;

import dev.duet.internal.EventDispatcher;
import dev.duet.internal.Flights;
import dev.duet.internal.Payloads;
import dev.duet.internal.Payloads.Decoded;
import dev.duet.internal.StatsCounter;
import dev.duet.internal.WaitingReaders;
import dev.duet.local.FillOutcome;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.local.NearHit;
import dev.duet.local.NearLife;
import dev.duet.store.CacheException;
import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Level;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import dev.duet.store.codec.KeyCodec;
import dev.duet.store.codec.ValueCodec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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

    /** The term of a lease, in microseconds, if B is not longer: who holds it may be held up for a while. */
    private static final long LEAST_LEASE_TERM = 2_000_000;

    final CacheConfig<K, V> config;
    final Node node;
    final StatsCounter stats = new StatsCounter();
    final NearCache<K, Object> near;
    final Flights<K, Answer<V>> flights;
    final WaitingReaders<K> readers = new WaitingReaders<>();
    final EventDispatcher<CacheEvent> events;
    final Source<K, V> source;
    private final RefreshTimes<K> refreshTimes;
    final Payloads<V> payloads;
    private final OwnLives<K, V> lives;
    private final KeyCodec<K> keys;
    /** Whether somebody goes on without the loader, so that it cannot run on a caller's thread. */
    final boolean loadsElsewhere;
    /** Whether the near cache holds {@link Encoded} values; read by every hit. */
    private final boolean copiesNearValues;

    private final long leaseTerm;
    private final AtomicBoolean saidUnasked = new AtomicBoolean();

    CacheCore(CacheConfig<K, V> config, Node node) {
        this.config = config;
        this.node = node;
        this.payloads = new Payloads<>(
                codec(config, node),
                config.valueType().getTypeName(),
                config.maximumValueSize(),
                config.name(),
                config.schemaVersion());
        this.lives = new OwnLives<>(config);
        this.events = new EventDispatcher<>(config.name(), consumers(config.listeners()), node.background());
        this.near = new NearCache<>(nearConfig(), node.clock(), node.freshness(), node.housekeeper());
        this.flights = new Flights<>(node.clock(), node.maxStaleness().toNanos());
        this.source = Source.of(config);
        this.refreshTimes = new RefreshTimes<>(config, source.isThere(), node.random());
        this.keys = KeyCodec.forType(config.keyType());
        this.loadsElsewhere = config.softTimeout() != null || config.hardTimeout() != null;
        this.copiesNearValues = config.copyNearValues();
        this.leaseTerm = Math.min(
                Durations.micros(config.loadTimeout()),
                Math.max(Durations.micros(node.maxStaleness()), LEAST_LEASE_TERM));
    }

    private static <V> ValueCodec<V> codec(CacheConfig<?, V> config, Node node) {
        if (config.codec() != null) {
            return config.codec();
        }
        try {
            return node.codecs().codecFor(config.valueType());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cache '" + config.name() + "': " + e.getMessage(), e);
        }
    }

    private static List<Consumer<CacheEvent>> consumers(List<CacheListener> listeners) {
        return listeners.stream()
                .map(listener -> (Consumer<CacheEvent>) listener::onEvent)
                .toList();
    }

    /** The cache's own loader. */
    Source<K, V> source() {
        if (!source.isThere()) {
            throw new CacheException(
                    "cache '" + config.name()
                            + "' has no loader; set loader(…) when it is built, or use get(key, loader)",
                    null,
                    config.name(),
                    null,
                    Level.SOURCE);
        }
        return source;
    }

    /** The key that is encoded in this way. */
    K key(String encoded) {
        return keys.decode(encoded);
    }

    /** The address of a key's record. */
    RecordKey recordKey(K key) {
        try {
            return node.link().config().recordKey(config.storeName(), keys.encode(key));
        } catch (CodecException e) {
            throw new CodecException("cache '" + config.name() + "': " + e.getMessage(), e, config.name(), "" + key);
        }
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
            throw unavailable(key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while waiting for the store", e, config.name(), key, Level.STORE);
        }
    }

    /** As a caller is told of it; {@code key} is null if it is about the whole cache. */
    StoreUnavailableException unavailable(@Nullable String key, StoreUnavailableException e) {
        return new StoreUnavailableException("cache '" + config.name() + "': " + e.getMessage(), e, config.name(), key);
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
     * Whether the store may have an older value of a key than was written while it did not answer: by this node, which still
     * owes it, or by another that may still do so. Nobody owes anything of a cache that writes behind.
     */
    boolean isBehind(RecordKey key) {
        StoreLink link = node.link();
        return link.owed.covers(key) || (config.writeBehind() == null && !link.isDown() && !link.isSettled());
    }

    /** How long a lease stands that nobody renews. */
    long leaseTerm() {
        return leaseTerm;
    }

    /**
     * Renews leases every third of their term, for as long as a loader may take; until cancelled.
     *
     * @param atOnce whether to renew them now as well, since they have waited for the loads of others
     */
    Future<?> renewLeases(List<Namespace.Request<Boolean>> renewals, boolean atOnce) {
        if (renewals.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long end = node.clock().monotonic() + config.loadTimeout().toNanos() - leaseTerm * 1_000;
        AtomicBoolean underWay = new AtomicBoolean();
        if (atOnce) {
            renew(renewals, underWay);
        }
        Runnable renew = () -> {
            if (node.clock().monotonic() > end) {
                throw new IllegalStateException("takes longer than loadTimeout"); // ends the renewals
            }
            renew(renewals, underWay);
        };
        try {
            return node.scheduler().scheduleAtFixedRate(renew, leaseTerm / 3, leaseTerm / 3, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // the node is being closed
        }
    }

    /** Renews leases, unless they are so many that an earlier renewal of theirs is still under way. */
    private void renew(List<Namespace.Request<Boolean>> renewals, AtomicBoolean underWay) {
        if (Parts.areFew(renewals)) {
            node.link().sendAll(renewals);
        } else if (underWay.compareAndSet(false, true)) {
            CompletableFuture<?> unused = CompletableFuture.allOf(
                            node.link().sendAll(renewals).toArray(new CompletableFuture<?>[0]))
                    .whenComplete((done, failure) -> underWay.set(false));
        }
    }

    /** What to store for a value that was not loaded, or for its absence; null if that is not to be stored. */
    @Nullable
    Content content(RecordKey record, K key, @Nullable V value) {
        return content(record, key, new Loaded<>(value, Source.result(value), null, null), 0);
    }

    /**
     * What to store for what was loaded, or null if it is not to be stored.
     *
     * @param cost what it cost to load, in nanoseconds
     */
    @Nullable
    Content content(RecordKey record, K key, Loaded<V> loaded, long cost) {
        long life = life(key, loaded);
        if (life <= 0) {
            return null;
        }
        V value = loaded.value();
        if (value == null) {
            return new Content(payloads.encodeAbsent(record), life, cost / 1_000);
        }
        Payload payload =
                loaded.same() != null ? loaded.same().payload() : payloads.encode(record, value, loaded.validator());
        if (payload == null) {
            stats.oversized.increment();
            return null;
        }
        Duration retention = config.staleIfError();
        return new Content(payload, life, retention == null ? 0 : Durations.micros(retention), cost / 1_000);
    }

    /** For how long a value that was not loaded is kept, in microseconds; 0 for not at all. */
    long lifeOf(K key, V value) {
        return life(key, new Loaded<>(value, LoadResult.of(value), null, null));
    }

    /** For how long something is kept, in microseconds; 0 for not at all. */
    private long life(K key, Loaded<V> loaded) {
        Duration life = loaded.result().life();
        V value = loaded.value();
        if (!loaded.result().isCached()) {
            return 0;
        }
        if (life == null && value == null) {
            life = config.cacheAbsence();
            if (life == null) {
                return 0;
            }
        }
        if (life == null && value != null) {
            life = config.lifeOf(key, value);
            if (life != null && life.isZero()) {
                return 0;
            }
        }
        if (life == null) {
            return Content.FOREVER;
        }
        long micros = Durations.micros(life);
        return Math.max(
                1, micros - (long) (micros * config.ttlJitter() * node.random().getAsDouble()));
    }

    /**
     * What a reader takes of the store.
     *
     * @param value the value, or null if it is known that there is none
     * @param hit what the store said, with what this node's settings leave of its life
     */
    record Taken<V>(@Nullable V value, Reading.Hit hit) {}

    /**
     * Takes a value from the store, and keeps it near; null if it cannot be read, or is older than this node's settings allow.
     * One that the reader wanted to have discarded, and is there all the same, is a pending write: nothing is newer.
     */
    @Nullable
    Taken<V> take(KeyRead<K, V> read, Reading.Hit hit) {
        Decoded<V> decoded = payloads.decode(read.record, hit.payload());
        if (decoded == null) {
            stats.unreadable.increment();
            return null;
        }
        Reading.Hit own = lives.bounded(read.key, decoded.value(), hit);
        if (own == null) {
            if (read.discard != hit.version()) {
                read.outlived = decoded.value() == null ? null : hit;
                return null;
            }
            own = OwnLives.unkept(hit);
        }
        stats.storeHits.increment();
        if (decoded.value() == null) {
            stats.absentHits.increment();
        }
        fillNear(read, decoded.value(), hit.head(), Life.of(own));
        return new Taken<>(decoded.value(), own);
    }

    /** A stale value that may be served if it cannot be loaded; null if it is older than this node's settings allow. */
    Reading.@Nullable Hit retained(K key, Decoded<V> decoded, Reading.Hit hit) {
        return hit.stale() && config.staleIfError() != null ? lives.bounded(key, decoded.value(), hit) : hit;
    }

    /** What has outlived this node's settings, as a stale value. */
    Reading.Hit asRetained(Reading.Hit outlived) {
        return OwnLives.stale(outlived);
    }

    /** Takes the value from before a write that is at work, which nobody may keep; null if there is none, or it is too old. */
    @Nullable
    Decoded<V> old(KeyRead<K, V> read, Reading.Writing writing) {
        Reading.Hit hit = writing.old();
        if (hit == null) {
            return null;
        }
        Decoded<V> decoded = payloads.decode(read.record, hit.payload());
        if (decoded != null && lives.bounded(read.key, decoded.value(), hit) == null) {
            return null;
        }
        (decoded == null ? stats.unreadable : stats.storeHits).increment();
        return decoded;
    }

    /** Counts a record that could not be read. */
    void countForeign(boolean foreign) {
        if (foreign) {
            stats.unreadable.increment();
        }
    }

    /** Keeps near what the store answered, or took. {@code head} is where that was true. */
    void fillNear(KeyRead<K, V> read, @Nullable V value, long head, Life life) {
        int partition = read.record.partition();
        FillOutcome outcome = near.fill(
                read.key, read.ticket, nearForm(read.key, value), partition, head, nearLife(read.asked, life, value));
        count(read.key, outcome);
    }

    /**
     * Keeps near for the bound B what was loaded without the store, so that its outage does not turn every read into a load
     * (promise P5).
     */
    void fillNearAlone(KeyRead<K, V> read, @Nullable V value, Content content) {
        long end = Math.min(trusted(read.asked), deadline(read.asked, content.life()));
        int partition = read.record.partition();
        count(
                read.key,
                near.fill(
                        read.key,
                        read.ticket,
                        nearForm(read.key, value),
                        partition,
                        read.floor,
                        NearLife.of(end, end)));
    }

    /** Keeps near what this node put, in place of whatever is there. */
    void replaceNear(K key, long ticket, V value, int partition, long version, long asked, Life life) {
        replaced(
                key, near.replace(key, ticket, nearForm(key, value), partition, version, nearLife(asked, life, value)));
    }

    /** Keeps near what a write of this node that was announced has left in the store, in place of whatever is there. */
    void replaceNearAnnounced(
            K key, long ticket, @Nullable V value, int partition, long version, long asked, Life life) {
        NearLife nearLife = nearLife(asked, life, value);
        replaced(key, near.replaceAnnounced(key, ticket, nearForm(key, value), partition, version, nearLife));
    }

    private void replaced(K key, FillOutcome outcome) {
        count(key, outcome);
        flights.detach(key);
        readers.wake(key);
    }

    /** The life of a near entry, whose value was as {@code life} has it at {@code asked}. */
    private NearLife nearLife(long asked, Life life, @Nullable V value) {
        long end = deadline(asked, life.remaining());
        long deadline = end;
        if (config.nearExpireAfterWrite() != null) {
            deadline = Math.min(deadline, asked + config.nearExpireAfterWrite().toNanos());
        }
        Duration retention = config.staleIfError();
        long retained = retention == null || value == null || life.stale() || end == Long.MAX_VALUE
                ? deadline
                : end + retention.toNanos();
        long refreshAt = value == null || life.stale() ? Long.MAX_VALUE : refreshTimes.draw(asked, life);
        return new NearLife(trusted(asked), deadline, refreshAt, retained, life.writtenAt(), life.stale());
    }

    /** What the near cache keeps for a value. */
    private Object nearForm(K key, @Nullable V value) {
        if (value == null) {
            return NOTHING;
        }
        if (!copiesNearValues) {
            return value;
        }
        ToIntBiFunction<? super K, ? super V> weigher = config.weigher();
        return new Encoded(payloads.encodeBody(value), weigher == null ? 1 : weigher.applyAsInt(key, value));
    }

    /** A value of which every reader gets a copy of its own. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    private record Encoded(byte[] body, int weight) {}

    /** The value that a near entry stands for. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // the near cache holds values of V, Encoded, and NOTHING
    @Nullable
    V fromNear(Object entry) {
        if (entry == NOTHING) {
            stats.absentHits.increment();
            return null;
        }
        // Not by what the entry is: to ask that, a hit would have to fetch the value into the processor's cache.
        return copiesNearValues ? payloads.decodeBody(((Encoded) entry).body()) : (V) entry;
    }

    /** A value for one reader: a copy of its own, if that is wanted. */
    V copy(V value) {
        return copiesNearValues ? payloads.decodeBody(payloads.encodeBody(value)) : value;
    }

    /** What may be served in place of a load that failed: the value that the store or the near cache retains. */
    @Nullable
    Answer<V> staleInstead(KeyRead<K, V> read) {
        Duration retryAfter = config.retryAfter();
        if (config.staleIfError() == null) {
            return null;
        }
        Reading.Hit previous = read.previous;
        if (previous != null && previous.stale() && read.previousValue != null && read.previousValue.value() != null) {
            V value = read.previousValue.value();
            long now = node.clock().read();
            long end = deadline(read.asked, previous.remaining());
            long until = Math.min(end, now + retryAfter.toNanos());
            if (read.mode == KeyRead.Mode.FILL) {
                NearLife life =
                        new NearLife(trusted(read.asked), until, Long.MAX_VALUE, end, previous.writtenAt(), true);
                int partition = read.record.partition();
                count(
                        read.key,
                        near.fill(read.key, read.ticket, nearForm(read.key, value), partition, read.granted, life));
            }
            return new Answer<>(value, true, Level.STORE, until);
        }
        return retainedNear(read.key, now() + retryAfter.toNanos());
    }

    /** The value that the near cache retains, to be served as stale until {@code until}; null if there is none. */
    @Nullable
    Answer<V> retainedNear(K key, long until) {
        NearHit<Object> hit = config.staleIfError() == null ? null : near.retained(key);
        V value = hit == null ? null : fromNear(hit.value());
        if (hit == null || value == null) {
            return null;
        }
        near.serveStale(key, hit, until);
        return new Answer<>(value, true, Level.NEAR, until);
    }

    /** The value that the near cache retains, to be served if a load takes too long; null if there is none. */
    @Nullable
    Answer<V> retained(K key) {
        NearHit<Object> hit = config.staleIfError() == null ? null : near.retained(key);
        V value = hit == null ? null : fromNear(hit.value());
        return hit == null || value == null ? null : new Answer<>(value, true, Level.NEAR, hit.deadline());
    }

    /** A reader got a stale value since the load took too long: so do those who come next, for a while. */
    void servedStaleForTime(K key) {
        stats.staleServed.increment();
        NearHit<Object> hit = near.retained(key);
        if (hit != null) {
            near.serveStale(key, hit, now() + config.retryAfter().toNanos());
        }
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.StaleServed(config.name(), key, null));
        }
    }

    /** A reader has waited for as long as it may, and got nothing. */
    void loadTimedOut(K key, Duration waited, LoadTimeoutException failure) {
        stats.loadTimeouts.increment();
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.LoadFailed(config.name(), key, waited, failure));
        }
    }

    private long now() {
        return node.clock().read();
    }

    /** A value was loaded. */
    void loaded(KeyRead<K, V> read, long took) {
        if (read.refresh) {
            stats.refreshes.increment();
            refreshTimes.succeeded(read.key);
        }
        if (!events.isEmpty()) {
            Duration time = Duration.ofNanos(took);
            events.publish(
                    read.refresh
                            ? new CacheEvent.Refreshed(config.name(), read.key, time)
                            : new CacheEvent.Loaded(config.name(), read.key, time));
        }
    }

    /** What was loaded is not to be kept; nor is what it took the place of, refreshed or retained, anywhere. */
    void discard(KeyRead<K, V> read) {
        if (read.previous == null) {
            send(read.record, new Operation.Release(read.token));
        } else {
            stats.invalidationsSent.increment();
            node.link().invalidate(read.record);
        }
    }

    /** A loader has failed, and readers wait for it. */
    void loadFailed(KeyRead<K, V> read, Throwable failure, boolean stale) {
        if (stale) {
            stats.staleServed.increment();
            LOG.warn(
                    "Loading key '{}' of cache '{}' failed; its stale value is served for another {} ms: {}",
                    read.record.key(),
                    config.name(),
                    config.retryAfter().toMillis(),
                    failure.toString());
        }
        if (!events.isEmpty()) {
            Duration took = Duration.ofNanos(now() - read.started);
            events.publish(new CacheEvent.LoadFailed(config.name(), read.key, took, failure));
            if (stale) {
                events.publish(new CacheEvent.StaleServed(config.name(), read.key, failure));
            }
        }
    }

    /** A refresh has failed: the value stays, and the next attempt comes later, on all nodes. */
    void refreshFailed(KeyRead<K, V> read, Throwable failure) {
        stats.refreshFailures.increment();
        LOG.warn(
                "Refreshing key '{}' of cache '{}' failed; its value stays until the end of its life: {}",
                read.record.key(),
                config.name(),
                failure.toString());
        long pause = refreshLater(read.key, read.writtenAt);
        send(read.record, new Operation.Release(read.token, pause / 1_000));
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.RefreshFailed(config.name(), read.key, failure));
        }
    }

    /** Puts the next refresh of a value off, the longer the more have failed; by how many nanoseconds. */
    long refreshLater(K key, long writtenAt) {
        long pause = refreshTimes.failed(key);
        near.refreshLater(key, writtenAt, now() + pause);
        return pause;
    }

    /** Puts the refresh of a value off, which another node is at: to see what came of it before the value's life ends. */
    void refreshSoon(K key, NearHit<Object> seen) {
        long now = now();
        near.refreshLater(key, seen.writtenAt(), now + refreshTimes.soon(seen.deadline() - now));
    }

    /** The store has refused a fill, since what was loaded may be stale. */
    void fillRefused(K key, Level level) {
        if (level == Level.STORE) {
            stats.storeFillsRefused.increment();
        }
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.FillRefused(config.name(), key, level));
        }
    }

    /** A bulk loader has returned more than it was asked for. Nothing may be kept of that, as there is no lease for it. */
    void checkAsked(Set<?> found, Set<?> asked) {
        if (found.size() <= asked.size() && asked.containsAll(found)) {
            return;
        }
        if (saidUnasked.compareAndSet(false, true)) {
            LOG.warn(
                    "The bulkLoader of cache '{}' returned keys that it was not asked for; they are left out, here and"
                            + " from now on; have it return those that it was asked for",
                    config.name());
        }
    }

    private void count(K key, FillOutcome outcome) {
        switch (outcome) {
            case FILLED -> {
                return;
            }
            case INVALIDATED -> stats.nearInvalidated.increment();
            case OLDER -> stats.nearOlder.increment();
            case BELOW_FLOOR -> stats.nearBelowFloor.increment();
            case EXPIRED -> stats.nearExpired.increment();
        }
        fillRefused(key, Level.NEAR);
    }

    /** Drops this node's own copy, and lets nobody join what was begun before. */
    void drop(K key) {
        near.invalidate(key);
        flights.detach(key);
        readers.wake(key);
        invalidated(key, true);
    }

    /** Drops all of this node's own copies. */
    void dropAll() {
        near.invalidateAll();
        flights.detachAll();
        readers.wakeAll();
        invalidated(null, true);
    }

    void invalidated(@Nullable K key, boolean own) {
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.Invalidated(config.name(), key, own));
        }
    }

    /** The store is taken to be down. */
    void degraded(String reason) {
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.Degraded(config.name(), reason));
        }
    }

    /** The store answers again. */
    void recovered() {
        if (!events.isEmpty()) {
            events.publish(new CacheEvent.Recovered(config.name()));
        }
    }

    /** Acts on a change of the feed. */
    void apply(Change change) {
        stats.invalidationsApplied.increment();
        if (change.key() == null) {
            raiseFloor(change.partition(), change.version());
            if (change.partition() == 0 && !change.origin().equals(node.name())) {
                invalidated(null, false); // once, though every partition tells of it
            }
        } else {
            K key = keys.decode(change.key());
            near.invalidate(key, change.partition(), change.version());
            flights.detach(key);
            readers.wake(key);
            if (!change.origin().equals(node.name())) {
                invalidated(key, false);
            }
        }
    }

    /** Wakes those who wait for a load that has ended elsewhere. */
    void hinted(String key, boolean failed) {
        if (failed) {
            readers.loadFailed(keys.decode(key));
        } else {
            readers.wake(keys.decode(key));
        }
    }

    /** Drops what was read from {@code partition} before {@code version}. */
    void raiseFloor(int partition, long version) {
        near.raiseFloor(partition, version);
        flights.detachAll();
        readers.wakeAll();
    }

    /** Until when something that was current at {@code asked} may be served without being told of changes. */
    private long trusted(long asked) {
        return asked + node.maxStaleness().toNanos();
    }

    /** When a life ends that has so many microseconds left at {@code asked}; the maximum if it has no end. */
    static long deadline(long asked, long life) {
        return life >= Content.FOREVER || life >= (Long.MAX_VALUE - asked) / 1_000
                ? Long.MAX_VALUE
                : asked + life * 1_000;
    }

    @SuppressWarnings("unchecked") // the near cache holds values of V, Encoded, and NOTHING
    private NearCacheConfig<K, Object> nearConfig() {
        ToIntBiFunction<? super K, ? super V> weigher = config.weigher();
        return new NearCacheConfig<>(
                config.maximumSize(),
                config.maximumWeight(),
                weigher == null
                        ? null
                        : (key, entry) -> entry == NOTHING
                                ? 1
                                : entry instanceof Encoded encoded
                                        ? encoded.weight()
                                        : weigher.applyAsInt(key, (V) entry),
                node.link().config().partitions(),
                config.expireAfterAccess(),
                events.isEmpty() ? null : key -> events.publish(new CacheEvent.Evicted(config.name(), key)));
    }
}
