package dev.duet;

import dev.duet.internal.WillingExecutor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hands arguments to the read path or the write path of a cache, with the node's background to run the steps. */
final class DefaultAsyncTwoLevelCache<K, V> implements AsyncTwoLevelCache<K, V> {

    private final DefaultTwoLevelCache<K, V> cache;
    private final ReadPath<K, V> reads;
    private final WritePath<K, V> writes;
    private final WriteThrough<K, V> through;
    private final WillingExecutor background;

    DefaultAsyncTwoLevelCache(
            DefaultTwoLevelCache<K, V> cache,
            ReadPath<K, V> reads,
            WritePath<K, V> writes,
            WriteThrough<K, V> through) {
        this.cache = cache;
        this.reads = reads;
        this.writes = writes;
        this.through = through;
        this.background = cache.core.node.background();
    }

    @Override
    public TwoLevelCache<K, V> synchronous() {
        return cache;
    }

    @Override
    public CompletableFuture<@Nullable V> getIfPresent(K key) {
        checked(key);
        return started(
                () -> reads.entryIfPresentAsync(key).thenApply(answer -> answer == null ? null : answer.value()));
    }

    @Override
    public CompletableFuture<@Nullable V> get(K key) {
        checked(key);
        return started(() -> reads.entryAsync(key, null).thenApply(Answer::value));
    }

    @Override
    public CompletableFuture<@Nullable V> get(K key, AsyncCacheLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        checked(key);
        return started(() ->
                reads.entryAsync(key, Source.ofAsyncCall(cache.name(), loader)).thenApply(Answer::value));
    }

    @Override
    public CompletableFuture<CacheEntry<V>> getEntry(K key) {
        checked(key);
        return started(() -> reads.entryAsync(key, null).thenApply(cache::entry));
    }

    @Override
    public CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys) {
        keys.forEach(DefaultAsyncTwoLevelCache::checked);
        return started(() -> reads.allAsync(keys, null));
    }

    @Override
    public CompletableFuture<@Nullable Void> put(K key, V value) {
        checked(key);
        Objects.requireNonNull(value, DefaultTwoLevelCache.NULL_VALUE);
        return writing(() -> through.isOn()
                ? through.putAsync(key, value, background.forCaller())
                : writes.putAll(Map.of(key, value), background.forCaller()));
    }

    @Override
    public CompletableFuture<@Nullable Void> putAll(Map<? extends K, ? extends V> values) {
        return writing(() -> through.isOn()
                ? through.putAllAsync(values, background.forCaller())
                : writes.putAll(values, background.forCaller()));
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> update(
            K key, Supplier<? extends CompletionStage<R>> write) {
        checked(key);
        Objects.requireNonNull(write, "write");
        return writing(() -> writes.updateAsync("update(…)", List.of(key), write, background.forCaller()));
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> updateAll(
            Collection<? extends K> keys, Supplier<? extends CompletionStage<R>> write) {
        keys.forEach(DefaultAsyncTwoLevelCache::checked);
        Objects.requireNonNull(write, "write");
        return writing(() -> writes.updateAsync("updateAll(…)", keys, write, background.forCaller()));
    }

    @Override
    public CompletableFuture<@Nullable V> updateAndPut(
            K key, Supplier<? extends CompletionStage<? extends @Nullable V>> write) {
        checked(key);
        Objects.requireNonNull(write, "write");
        return writing(() -> writes.updateAndPutAsync(key, write, background.forCaller()));
    }

    @Override
    public CompletableFuture<@Nullable Void> invalidate(K key) {
        checked(key);
        return writing(() -> through.isOn()
                ? through.removeAsync(key, background.forCaller())
                : writes.invalidateAll(List.of(key), background.forCaller()));
    }

    @Override
    public CompletableFuture<@Nullable Void> invalidateAll(Collection<? extends K> keys) {
        keys.forEach(DefaultAsyncTwoLevelCache::checked);
        return writing(() -> through.isOn()
                ? through.removeAllAsync(keys, background.forCaller())
                : writes.invalidateAll(keys, background.forCaller()));
    }

    @Override
    public CompletableFuture<@Nullable Void> invalidateAll() {
        return writing(() -> writes.invalidateAll(background.forCaller()));
    }

    /** What goes wrong before anything is sent is in the future too, but for null arguments. */
    private <T extends @Nullable Object> CompletableFuture<T> started(Supplier<CompletableFuture<T>> call) {
        try {
            cache.core.node.lifetime().check();
            return call.get();
        } catch (NullPointerException e) {
            throw e;
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> writing(Supplier<CompletableFuture<T>> write) {
        return started(() -> background.calling(write));
    }

    private static <K> K checked(K key) {
        return Objects.requireNonNull(key, "key is null");
    }
}
