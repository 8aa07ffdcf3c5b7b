package dev.duet;

import dev.duet.store.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a cache on this node, for a {@link CacheListener}. Immutable. Hits and misses are no events;
 * {@link TwoLevelCache#stats} counts them.
 *
 * <p>A key is of the type of the cache's keys.
 */
public sealed interface CacheEvent {

    /** The name of the cache. */
    String cache();

    /**
     * A reader's load ended well, with a value or with none.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param took the time spent in the loader
     */
    record Loaded(String cache, Object key, Duration took) implements CacheEvent {}

    /**
     * A reader's load failed.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param took the time spent in the loader
     * @param failure what the loader threw, or a {@link LoadTimeoutException}
     */
    record LoadFailed(String cache, Object key, Duration took, Throwable failure) implements CacheEvent {}

    /**
     * A value was loaded anew before its life was over, while readers went on with the old one.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param took the time spent in the loader
     */
    record Refreshed(String cache, Object key, Duration took) implements CacheEvent {}

    /**
     * A refresh failed; the old value lives on until its end.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param failure what the loader threw
     */
    record RefreshFailed(String cache, Object key, Throwable failure) implements CacheEvent {}

    /**
     * A value whose life is over was served, since its load failed or takes too long; told once for each such load, and not for
     * those who are served it after that.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param failure why it could not be loaded anew; null if the load is still at work, past
     *     {@link CacheBuilder#softTimeout}
     */
    record StaleServed(String cache, Object key, @Nullable Throwable failure) implements CacheEvent {}

    /**
     * A value was not kept, since it might have been stale.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param level where it was not kept
     */
    record FillRefused(String cache, Object key, Level level) implements CacheEvent {}

    /**
     * What this node held was dropped, since it was changed.
     *
     * @param cache the name of the cache
     * @param key the key; null for the whole cache, or when changes may have been missed
     * @param own whether this node made the change
     */
    record Invalidated(String cache, @Nullable Object key, boolean own) implements CacheEvent {}

    /**
     * A near entry gave way to others; the store still holds it.
     *
     * @param cache the name of the cache
     * @param key the key
     */
    record Evicted(String cache, Object key) implements CacheEvent {}

    /**
     * A pending write could not be made by this node. It is tried again, or parked.
     *
     * @param cache the name of the cache
     * @param key the key
     * @param attempts how often it failed; 0 if it is not to blame, as the system of record is down
     * @param parked whether it was parked ({@link PendingWrites#failed})
     * @param failure what the writer threw
     */
    record WriteFailed(String cache, Object key, int attempts, boolean parked, Throwable failure)
            implements CacheEvent {}

    /**
     * The cache goes on without the store.
     *
     * @param cache the name of the cache
     * @param reason why, for people
     */
    record Degraded(String cache, String reason) implements CacheEvent {}

    /**
     * The cache works with its store again, after it was {@link Degraded}.
     *
     * @param cache the name of the cache
     */
    record Recovered(String cache) implements CacheEvent {}
}
