package dev.duet;

import dev.duet.internal.StatsCounter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks arguments, and hands them to the read path or the write path. */
final class DefaultTwoLevelCache<K, V> implements TwoLevelCache<K, V> {

    final CacheCore<K, V> core;
    private final ReadPath<K, V> reads;
    private final WritePath<K, V> writes;

    DefaultTwoLevelCache(CacheCore<K, V> core) {
        this.core = core;
        this.reads = new ReadPath<>(core);
        this.writes = new WritePath<>(core);
    }

    @Override
    public String name() {
        return core.config.name();
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        return reads.getIfPresent(key);
    }

    @Override
    public @Nullable V get(K key) {
        return reads.get(key);
    }

    @Override
    public @Nullable V get(K key, CacheLoader<? super K, ? extends V> loader) {
        return reads.get(key, Objects.requireNonNull(loader, "loader"));
    }

    @Override
    public void put(K key, V value) {
        writes.put(checked(key), value);
    }

    @Override
    public <X extends Exception> void update(K key, WriteAction<X> write) throws X {
        Objects.requireNonNull(write, "write");
        writes.<@Nullable Void, X>update(checked(key), () -> {
            write.run();
            return null;
        });
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R update(K key, WriteFunction<R, X> write) throws X {
        return writes.update(checked(key), Objects.requireNonNull(write, "write"));
    }

    @Override
    public WriteIntent beginWrite(K key) {
        return writes.begin(List.of(checked(key)));
    }

    @Override
    public WriteIntent beginWrite(Collection<? extends K> keys) {
        keys.forEach(this::checked);
        return writes.begin(keys);
    }

    @Override
    public void invalidate(K key) {
        writes.invalidate(checked(key));
    }

    @Override
    public void invalidateAll(Collection<? extends K> keys) {
        keys.forEach(this::checked);
        writes.invalidateAll(keys);
    }

    @Override
    public void invalidateAll() {
        writes.invalidateAll();
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
                stats.unannounced.sum());
    }

    private K checked(K key) {
        return Objects.requireNonNull(key, "key is null");
    }
}
