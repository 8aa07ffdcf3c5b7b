package dev.duet.sync;

import dev.duet.store.Change;

/**
 * Acts on what the follower learns: the near caches of a node. Called from one thread at a time; must not block, nor call
 * back into the follower.
 */
public interface ChangeHandler {

    /** Drops what {@code change} made stale. */
    void apply(Change change);

    /**
     * Drops what was read from {@code partition} before {@code version}, in every cache: changes up to there may have been
     * missed.
     */
    void raiseFloor(int partition, long version);
}
