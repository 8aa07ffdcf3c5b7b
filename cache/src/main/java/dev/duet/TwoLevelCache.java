package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cache of two levels: the near cache in this JVM, and the store that all nodes share. Built by
 * {@link Duet#cache(String, Class, Class)}. Thread-safe.
 *
 * <p>Values are shared between all who read them on this node: treat them as immutable, or have each reader get a copy with
 * {@link CacheBuilder#copyNearValues}.
 *
 * <p>Keys and values are not null. A method that is given a null key throws a {@link NullPointerException}.
 *
 * <p>Once its {@link Duet} is closed, every method throws an {@link IllegalStateException} and touches nothing: no loader, no writer,
 * no write is called. {@link #name}, {@link #stats}, {@link #async} and {@link #pendingWrites} go on answering.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface TwoLevelCache<K, V> {

    /** The name of the cache. */
    String name();

    /**
     * The value, if a level holds it; never waits for a load, though a near hit may begin a refresh in the background. If the
     * store does not answer, the value counts as not held.
     *
     * @return the value, or null if it is not cached or known to be absent
     */
    @Nullable
    V getIfPresent(K key);

    /**
     * The value, from the nearest level that holds it; loaded with the cache's loader if none does, once in the cluster
     * however many ask. If the store does not answer, it is loaded all the same.
     *
     * <p>The loader runs on the calling thread if nobody else loads the key, unless {@link CacheBuilder#softTimeout} or {@link
     * CacheBuilder#hardTimeout} is set. What it throws reaches the caller as itself, and whoever waits for the same load.
     *
     * @return the value, or null if the loader found none
     * @throws CacheException if the cache has no loader, or if the thread is interrupted while it waits; what it waited for
     *     goes on
     * @throws RecursiveLoadException if the loader asks for the same key, itself or through other loaders
     * @throws LoadTimeoutException if the load takes longer than {@link CacheBuilder#hardTimeout}
     * @throws CodecException if the loaded value cannot be encoded
     */
    @Nullable
    V get(K key);

    /**
     * As {@link #get(Object)}, with a loader of this call's own. Callers that wait for each other's load get the result
     * of the one that came first.
     */
    @Nullable
    V get(K key, CacheLoader<? super K, ? extends V> loader);

    /**
     * As {@link #get(Object)}, with what is known of the answer: whether it is stale, where it came from, and what is left of
     * its life. An entry without a value says that there is none.
     */
    CacheEntry<V> getEntry(K key);

    /**
     * As {@link #getIfPresent}, with what is known of the answer.
     *
     * @return the entry, which has no value if the key is known to have none; null if it is not cached
     */
    @Nullable
    CacheEntry<V> getEntryIfPresent(K key);

    /**
     * Reads many keys: from the near cache, then from the store in one round trip to each of its servers, and what is left
     * with one call of the cache's {@link CacheBuilder#bulkLoader}, or if it has none, of its loader for one key after the
     * other. Each key is loaded once in the cluster, as by {@link #get(Object)}.
     *
     * @param keys the keys; one that comes twice is read once
     * @return the values in the order of the keys, without those that have none; the caller's own
     * @throws CacheException as {@link #get(Object)} does, if one of the keys could not be read; the others are cached all
     *     the same
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /** As {@link #getAll(Collection)}, with a loader of this call's own. */
    Map<K, V> getAll(Collection<? extends K> keys, BulkLoader<K, ? extends V> loader);

    /**
     * Reads many keys so that they are cached, in parts of 500, and tells after each part how far that has come. A part that
     * fails is counted, logged and skipped.
     *
     * @param keys the keys
     * @param progress is told on the calling thread; what it throws reaches the caller, and ends the warm-up
     * @return how it ended
     */
    WarmProgress warm(Collection<? extends K> keys, Consumer<? super WarmProgress> progress);

    /**
     * Stores a value, and has every node drop what it holds.
     *
     * <p>Without a {@linkplain CacheBuilder#writer writer}, this is for values that the system of record has already: it is not
     * asked, nor told. While an {@link #update} of the key is at work, the value is not kept, and the next read loads.
     *
     * <p>With one, the write is announced as {@link #update} does, the writer writes the value on the calling thread, and only
     * then do the store and this node have it. If the writer throws, nothing is left cached, since its outcome is not known.
     * So it is if the key is written twice at a time: the next read loads what the system of record has then. A value that
     * is not cached, as it is too large or its life is zero, is written all the same.
     *
     * @throws NullPointerException if the value is null; use {@link #invalidate}
     * @throws CodecException if the value cannot be encoded; then it was written nowhere
     * @throws StoreUnavailableException if the store did not answer, and such writes are {@linkplain
     *     WhenStoreIsDown#REJECT rejected}; then the writer was not called. Otherwise it is called, and in either case the
     *     key is invalidated as soon as the store answers, if it may hold an older value
     * @throws CacheException if the thread is interrupted while it waits for the store; then the writer was not called
     */
    void put(K key, V value);

    /**
     * As {@link #put} for each key, in one round trip to each server of the store. A {@linkplain CacheBuilder#writer writer} is
     * called once, with all of them ({@link CacheWriter#writeAll}), in their order; if it throws, none of them is cached.
     */
    void putAll(Map<? extends K, ? extends V> values);

    /**
     * Writes to the system of record so that no node serves a stale value afterwards, even if this one dies in between:
     * announces the write, runs it, and leaves nothing cached, so that the next read loads. Readers meanwhile get the old
     * value, which is the right answer until the write is done. No {@link CacheBuilder#writer} is called.
     *
     * @param key the key whose value the write changes
     * @param write the write; what it throws reaches the caller as itself, and leaves nothing cached either, since its
     *     outcome is not known
     * @param <X> what the write may throw
     * @throws X if the write does
     * @throws StoreUnavailableException if the write could not be announced, and such writes are {@linkplain
     *     WhenStoreIsDown#REJECT rejected}; then it was not run
     * @throws IllegalStateException if the cache {@linkplain CacheBuilder#writeBehind writes behind}
     */
    <X extends Exception> void update(K key, WriteAction<X> write) throws X;

    /**
     * As {@link #update(Object, WriteAction)}, for a write that has a result.
     *
     * @param <R> the type of the result
     * @return what the write returned
     */
    <R extends @Nullable Object, X extends Exception> R update(K key, WriteFunction<R, X> write) throws X;

    /** As {@link #update(Object, WriteAction)}, for a write to several keys of this cache; announced in one round trip. */
    <X extends Exception> void updateAll(Collection<? extends K> keys, WriteAction<X> write) throws X;

    /** As {@link #updateAll(Collection, WriteAction)}, for a write that has a result. */
    <R extends @Nullable Object, X extends Exception> R updateAll(
            Collection<? extends K> keys, WriteFunction<R, X> write) throws X;

    /**
     * As {@link #update(Object, WriteFunction)}, for a write whose result is the new value: it is cached, and the next read
     * finds it. Null says that there is no value any more, which is remembered if {@link CacheBuilder#cacheAbsence} is set.
     * Nothing is cached if the key was written twice at a time.
     *
     * @return what the write returned
     * @throws CodecException if the value cannot be encoded; then the write has been made, and nothing is cached
     */
    <X extends Exception> @Nullable V updateAndPut(K key, WriteFunction<? extends @Nullable V, X> write) throws X;

    /**
     * Announces a write, as {@link #update} does, for code that cannot run as one action: before the transaction commits.
     * To be closed after it was committed or rolled back.
     *
     * @throws StoreUnavailableException as {@link #update} does
     */
    WriteIntent beginWrite(K key);

    /**
     * As {@link #beginWrite(Object)}, for a write to several keys of this cache; announced in one round trip. Until it is closed
     * readers may see some keys as before and others as after; once it is, all are as after. Which of two keys is read first
     * is up to the reader: no snapshot over several keys is promised.
     */
    WriteIntent beginWrite(Collection<? extends K> keys);

    /**
     * Drops the value from the store and from every node.
     *
     * <p>With a {@linkplain CacheBuilder#writer writer}, it <em>removes</em> the value from the system of record, as {@link #put}
     * writes it; that it is absent is remembered if {@link CacheBuilder#cacheAbsence} is set. To have only the caches drop a
     * key, use {@link #refresh}.
     *
     * @throws StoreUnavailableException if the store did not answer, and such writes are {@linkplain
     *     WhenStoreIsDown#REJECT rejected}. With a writer, it was not called then. Without one, this node has dropped its own
     *     copy in either case, does not read the key from the store, and invalidates it there as soon as it answers
     */
    void invalidate(K key);

    /**
     * As {@link #invalidate} for each key, in one round trip to each server of the store. A {@linkplain CacheBuilder#writer
     * writer} is called once, with all of them ({@link CacheWriter#writeAll}).
     */
    void invalidateAll(Collection<? extends K> keys);

    /**
     * Drops all values of this cache from the store and from every node. Costs the same however many there are. Deletes nothing
     * from the system of record: a {@linkplain CacheBuilder#writer writer} is not called.
     *
     * @throws StoreUnavailableException if the store did not answer, and such writes are {@linkplain
     *     WhenStoreIsDown#REJECT rejected}; in either case this node has dropped its own copies, does not read the cache from
     *     the store, and invalidates it there as soon as it answers
     */
    void invalidateAll();

    /**
     * Reads a key anew from the system of record: drops what the store and every node hold of it, and loads it. Unlike {@link
     * #invalidate}, it never writes; a write that is pending is what it finds.
     *
     * @return the value, or null if there is none; as {@link #get(Object)}
     * @throws CacheException as {@link #get(Object)} does
     * @throws StoreUnavailableException as {@link #invalidate} does
     */
    @Nullable
    V refresh(K key);

    /**
     * The writes that are acknowledged and not made yet.
     *
     * @throws IllegalStateException if the cache does not {@linkplain CacheBuilder#writeBehind write behind}
     */
    PendingWrites<K, V> pendingWrites();

    /** This cache for callers that do not block; shares everything with this one. */
    AsyncTwoLevelCache<K, V> async();

    /** What the cache did so far on this node. */
    CacheStats stats();
}
