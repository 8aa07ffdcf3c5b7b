package dev.duet.store;

/**
 * Hears the change feed of a namespace. Called from one thread at a time, in the order in which the store sent, for
 * each partition; must not block, since a slow subscriber is cut off by its server.
 */
public interface ChangeListener {

    /** A change was made, by this node or another. */
    void onChange(Change change);

    /**
     * A load has ended that readers wait for: those of this node may look again. Outside the numbering, and may be lost.
     *
     * @param cache the name of the cache
     * @param key the key as text
     */
    void onHint(String cache, String key);

    /**
     * As {@link #onHint}, of a load that has left no value: whoever has waited for it need not wait for the next. By default the
     * same as that.
     *
     * @param cache the name of the cache
     * @param key the key as text
     */
    default void onLoadFailed(String cache, String key) {
        onHint(cache, key);
    }

    /**
     * A message came that cannot be read; what it said is not known, so that the numbering of some partition will show
     * a gap.
     *
     * @param description what was wrong, for the log
     */
    void onUnreadable(String description);

    /**
     * The feed stands, as the server acknowledged: every change made from now on will be heard. Called once at the
     * start, and again after every reconnect; changes made in between may have been missed.
     */
    void onSubscribed();

    /** The feed was lost, and is being reconnected. */
    void onLost();
}
