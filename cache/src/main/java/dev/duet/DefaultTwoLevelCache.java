package dev.duet;

import dev.duet.internal.StatsCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks arguments, and hands them to the read path or the write path. */
final class DefaultTwoLevelCache<K, V> implements TwoLevelCache<K, V> {

    static final String NULL_VALUE = "value is null; to remove one, use invalidate(key)";

    private static final int WARMED_TOGETHER = 500;

    final CacheCore<K, V> core;
    /** For near hits, which take no step more than they need: the path asks whether the node is open when there is none. */
    private final ReadPath<K, V> hits;

    private final Guarded<ReadPath<K, V>> reads;
    private final Guarded<WritePath<K, V>> writes;
    private final Guarded<WriteThrough<K, V>> through;
    private final @Nullable WriteBehindPath<K, V> behind;
    private final @Nullable PendingWrites<K, V> pending;
    private final AsyncTwoLevelCache<K, V> async;

    DefaultTwoLevelCache(CacheCore<K, V> core) {
        this.core = core;
        Lifetime lifetime = core.node.lifetime();
        this.hits = new ReadPath<>(core);
        this.reads = new Guarded<>(lifetime, hits);
        WriteBehind<K, V> settings = core.config.writeBehind();
        this.behind = settings == null ? null : new WriteBehindPath<>(core, settings);
        this.pending = behind == null ? null : new DefaultPendingWrites<>(core, behind, hits);
        WritePath<K, V> writePath = new WritePath<>(core, behind);
        this.writes = new Guarded<>(lifetime, writePath);
        WriteThrough<K, V> writeThrough = new WriteThrough<>(core, writePath);
        this.through = new Guarded<>(lifetime, writeThrough);
        this.async = new DefaultAsyncTwoLevelCache<>(this, hits, writePath, writeThrough);
    }

    @Override
    public String name() {
        return core.config.name();
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        return hits.getIfPresent(key);
    }

    @Override
    public @Nullable V get(K key) {
        return hits.get(key);
    }

    @Override
    public @Nullable V get(K key, CacheLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        return hits.get(key, Source.ofCall(name(), loader));
    }

    @Override
    public CacheEntry<V> getEntry(K key) {
        return entry(reads.open().entry(key, null));
    }

    @Override
    public @Nullable CacheEntry<V> getEntryIfPresent(K key) {
        Answer<V> answer = reads.open().entryIfPresent(key);
        return answer == null ? null : entry(answer);
    }

    /** Begins to write what is pending, if the cache writes behind, and once the store has been found fit for that. */
    void start() {
        if (behind != null) {
            behind.checkStore();
            behind.flusher.start();
        }
    }

    /** Writes what is pending, as far as there is time, before the node leaves. */
    void close() {
        if (behind != null) {
            behind.flusher.close();
        }
    }

    CacheEntry<V> entry(Answer<V> answer) {
        Duration left = answer.deadline() == Long.MAX_VALUE
                ? null
                : Duration.ofNanos(
                        Math.max(0, answer.deadline() - core.node.clock().read()));
        return new CacheEntry<>(answer.value(), answer.stale(), answer.level(), answer.stale() ? Duration.ZERO : left);
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys) {
        keys.forEach(this::checked);
        return reads.open().all(keys, null);
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys, BulkLoader<K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        keys.forEach(this::checked);
        return reads.open().all(keys, Source.ofBulkCall(name(), loader));
    }

    @Override
    public WarmProgress warm(Collection<? extends K> keys, Consumer<? super WarmProgress> progress) {
        Objects.requireNonNull(progress, "progress");
        ReadPath<K, V> path = reads.open();
        List<K> all = new ArrayList<>(new LinkedHashSet<>(keys));
        all.forEach(this::checked);
        WarmProgress now = new WarmProgress(all.size(), 0, 0, 0);
        for (int from = 0; from < all.size(); from += WARMED_TOGETHER) {
            now = path.warm(all.subList(from, Math.min(all.size(), from + WARMED_TOGETHER)), now);
            progress.accept(now);
        }
        return now;
    }

    @Override
    public void put(K key, V value) {
        checked(key);
        Objects.requireNonNull(value, NULL_VALUE);
        if (through.open().isOn()) {
            through.open().put(key, value);
        } else {
            putAll(writes.open(), Map.of(key, value));
        }
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> values) {
        if (through.open().isOn()) {
            through.open().putAll(values);
        } else {
            putAll(writes.open(), values);
        }
    }

    private void putAll(WritePath<K, V> path, Map<? extends K, ? extends V> values) {
        reads.open()
                .<@Nullable Void>waitFor(
                        steps -> path.putAll(values, steps), put -> path.abandoned(put, values.keySet()));
    }

    @Override
    public <X extends Exception> void update(K key, WriteAction<X> write) throws X {
        writes.open().update("update(…)", List.of(checked(key)), withoutResult(write));
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R update(K key, WriteFunction<R, X> write) throws X {
        return writes.open().update("update(…)", List.of(checked(key)), Objects.requireNonNull(write, "write"));
    }

    @Override
    public <X extends Exception> void updateAll(Collection<? extends K> keys, WriteAction<X> write) throws X {
        keys.forEach(this::checked);
        writes.open().update("updateAll(…)", keys, withoutResult(write));
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R updateAll(
            Collection<? extends K> keys, WriteFunction<R, X> write) throws X {
        keys.forEach(this::checked);
        return writes.open().update("updateAll(…)", keys, Objects.requireNonNull(write, "write"));
    }

    private static <X extends Exception> WriteFunction<@Nullable Void, X> withoutResult(WriteAction<X> write) {
        Objects.requireNonNull(write, "write");
        return () -> {
            write.run();
            return null;
        };
    }

    @Override
    public <X extends Exception> @Nullable V updateAndPut(K key, WriteFunction<? extends @Nullable V, X> write)
            throws X {
        return writes.open().updateAndPut(checked(key), Objects.requireNonNull(write, "write"));
    }

    @Override
    public WriteIntent beginWrite(K key) {
        return writes.open().begin(List.of(checked(key)));
    }

    @Override
    public WriteIntent beginWrite(Collection<? extends K> keys) {
        keys.forEach(this::checked);
        return writes.open().begin(keys);
    }

    @Override
    public void invalidate(K key) {
        checked(key);
        if (through.open().isOn()) {
            through.open().remove(key);
        } else {
            reads.open().<@Nullable Void>waitFor(steps -> writes.open().invalidateAll(List.of(key), steps));
        }
    }

    @Override
    public void invalidateAll(Collection<? extends K> keys) {
        keys.forEach(this::checked);
        if (through.open().isOn()) {
            through.open().removeAll(keys);
        } else {
            reads.open().<@Nullable Void>waitFor(steps -> writes.open().invalidateAll(keys, steps));
        }
    }

    @Override
    public void invalidateAll() {
        reads.open().<@Nullable Void>waitFor(steps -> writes.open().invalidateAll(steps));
    }

    @Override
    public @Nullable V refresh(K key) {
        checked(key);
        reads.open().<@Nullable Void>waitFor(steps -> writes.open().drop(List.of(key), steps));
        return get(key);
    }

    @Override
    public PendingWrites<K, V> pendingWrites() {
        if (pending != null) {
            return pending;
        }
        throw new IllegalStateException(
                "cache '" + name() + "' does not write behind; set writeBehind(…) when it is built");
    }

    @Override
    public AsyncTwoLevelCache<K, V> async() {
        return async;
    }

    @Override
    public CacheStats stats() {
        StatsCounter stats = core.stats;
        return new CacheStats(
                core.near.hits(),
                stats.nearMisses.sum(),
                stats.storeHits.sum(),
                stats.storeMisses.sum(),
                stats.joined.sum(),
                stats.loads.sum(),
                stats.loadFailures.sum(),
                Duration.ofNanos(stats.loadNanos.sum()),
                new CacheStats.NearFillsRefused(
                        stats.nearInvalidated.sum(),
                        stats.nearOlder.sum(),
                        stats.nearBelowFloor.sum(),
                        stats.nearExpired.sum()),
                stats.storeFillsRefused.sum(),
                stats.invalidationsSent.sum(),
                stats.invalidationsApplied.sum(),
                core.near.evictions(),
                core.near.estimatedSize(),
                stats.oversized.sum(),
                stats.unreadable.sum(),
                stats.storeFailures.sum(),
                stats.loadsAlone.sum(),
                stats.unannounced.sum(),
                stats.absentHits.sum(),
                stats.refreshes.sum(),
                stats.refreshFailures.sum(),
                stats.staleServed.sum(),
                stats.loadTimeouts.sum(),
                stats.leaseWaits.sum(),
                new CacheStats.WriteBehindStats(
                        stats.acknowledged.sum(),
                        stats.coalesced.sum(),
                        stats.flushed.sum(),
                        stats.batches.sum(),
                        stats.writeFailures.sum(),
                        stats.lateWrites.sum(),
                        stats.rejectedWrites.sum(),
                        stats.lostWrites.sum(),
                        behind == null ? 0 : behind.counts.pending(),
                        behind == null ? 0 : behind.counts.parked()));
    }

    private K checked(K key) {
        return Objects.requireNonNull(key, "key is null");
    }
}
