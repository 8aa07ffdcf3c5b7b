package dev.duet;

import dev.duet.store.CacheException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TwoLevelCache} for callers that do not block. From {@link TwoLevelCache#async()}, with which it shares entries,
 * loads, settings and promises: a read here joins a load that was begun there. Thread-safe.
 *
 * <p>No thread waits for the store or for another's load. Steps run on {@link DuetBuilder#executor}; a loader that blocks
 * blocks a thread of it, and one that is given as {@link CacheBuilder#asyncLoader} blocks none. So does a {@link
 * CacheBuilder#writer}, which is called there.
 *
 * <p>A future fails with what the method of the same name in {@link TwoLevelCache} throws; wrapped, as futures do, in a
 * {@link java.util.concurrent.CompletionException} for those who join it. To cancel a future, or to complete it, concerns
 * its owner alone: the load goes on, for others and for the cache. A null key throws a {@link NullPointerException} at
 * once; so the future fails with an {@link IllegalStateException} if the {@link Duet} is closed. A write has been made, and this node's own copies are dropped, when its future completes.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface AsyncTwoLevelCache<K, V> {

    /** The cache for callers that block. */
    TwoLevelCache<K, V> synchronous();

    /** As {@link TwoLevelCache#getIfPresent}. */
    CompletableFuture<@Nullable V> getIfPresent(K key);

    /** As {@link TwoLevelCache#get(Object)}. */
    CompletableFuture<@Nullable V> get(K key);

    /** As {@link TwoLevelCache#get(Object, CacheLoader)}. */
    CompletableFuture<@Nullable V> get(K key, AsyncCacheLoader<? super K, ? extends V> loader);

    /** As {@link TwoLevelCache#getEntry}. */
    CompletableFuture<CacheEntry<V>> getEntry(K key);

    /** As {@link TwoLevelCache#getAll(Collection)}. */
    CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys);

    /** As {@link TwoLevelCache#put}. */
    CompletableFuture<@Nullable Void> put(K key, V value);

    /** As {@link TwoLevelCache#putAll}. */
    CompletableFuture<@Nullable Void> putAll(Map<? extends K, ? extends V> values);

    /**
     * As {@link TwoLevelCache#update(Object, WriteFunction)}, for a write that does not block. It is announced until its stage
     * completes.
     *
     * @param key the key whose value the write changes
     * @param write makes the write; called on {@link DuetBuilder#executor} once the write is announced. Its stage completes
     *     when every other connection to the system of record sees the write
     * @param <R> the type of the result
     * @return the result of the stage; fails with what it failed with, or what {@code write} threw
     * @throws CacheException in the future, if {@code write} returns null instead of a stage
     */
    <R extends @Nullable Object> CompletableFuture<R> update(K key, Supplier<? extends CompletionStage<R>> write);

    /** As {@link #update}, for a write to several keys of this cache; announced in one round trip. */
    <R extends @Nullable Object> CompletableFuture<R> updateAll(
            Collection<? extends K> keys, Supplier<? extends CompletionStage<R>> write);

    /** As {@link TwoLevelCache#updateAndPut}, for a write that does not block, as {@link #update}. */
    CompletableFuture<@Nullable V> updateAndPut(
            K key, Supplier<? extends CompletionStage<? extends @Nullable V>> write);

    /** As {@link TwoLevelCache#invalidate}. */
    CompletableFuture<@Nullable Void> invalidate(K key);

    /** As {@link TwoLevelCache#invalidateAll(Collection)}. */
    CompletableFuture<@Nullable Void> invalidateAll(Collection<? extends K> keys);

    /** As {@link TwoLevelCache#invalidateAll()}. */
    CompletableFuture<@Nullable Void> invalidateAll();
}
