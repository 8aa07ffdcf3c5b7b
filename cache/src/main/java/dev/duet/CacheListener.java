package dev.duet;

/**
 * Is told what happens in a cache on this node. Set with {@link CacheBuilder#onEvent}.
 *
 * <p>Events come on {@link DuetBuilder#executor}, one at a time and in the order in which they happened, never on the
 * thread they happened on, unless that executor runs its tasks there. Up to 10,000 wait; beyond that they are
 * dropped, with a warning in the log. What is told is what was: by then the cache may have gone on.
 */
@FunctionalInterface
public interface CacheListener {

    /**
     * Something happened. May take its time: reads and writes do not wait for it, but later events do. What it throws is
     * logged, and harms neither other listeners nor the cache.
     *
     * @param event what happened, not null; a listener looks for the kinds it wants, and lets the others pass, since there
     *     may be more of them one day
     */
    void onEvent(CacheEvent event);
}
