package dev.duet.sync;

import dev.duet.store.Change;
import org.jspecify.annotations.Nullable;

/**
 * Acts on what the follower learns: the near caches of a node. All but {@link #audited} and {@link #hinted} is called from one thread at a time, in
 * the order of the changes; must not block, nor call back into the follower.
 */
public interface ChangeHandler {

    /** Drops what {@code change} made stale. */
    void apply(Change change);

    /**
     * Drops what was read from {@code partition} before {@code version}, in every cache: changes up to there may have been
     * missed.
     */
    void raiseFloor(int partition, long version);

    /**
     * The highest version of {@code partition} that anything kept near ever had, or 0. A head below that tells of a store
     * that has lost changes, though no message of them ever came.
     */
    default long highestKept(int partition) {
        return 0;
    }

    /**
     * A load of the key has ended that readers may wait for. Called from the feed's thread, beside the other calls, also while
     * one of them is under way; may come for a load that this node knows nothing of.
     *
     * @param cache the name of the cache
     * @param key the key as text
     */
    default void hinted(String cache, String key) {}

    /**
     * As {@link #hinted}, of a load that has left no value.
     *
     * @param cache the name of the cache
     * @param key the key as text
     */
    default void loadFailed(String cache, String key) {
        hinted(cache, key);
    }

    /**
     * Every change that was made before {@code sentAt} has been acted upon.
     *
     * @param sentAt a time of the follower's clock
     */
    void fresh(long sentAt);

    /**
     * An audit has ended: the store answered, or it did not.
     *
     * @param failure why it did not answer; null if it did
     */
    void audited(@Nullable Throwable failure);
}
