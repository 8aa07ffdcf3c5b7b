package dev.duet;

/** What a write does when the store cannot be told of it. Set by {@link DuetBuilder#whenStoreIsDown}. */
public enum WhenStoreIsDown {
    /**
     * The write is made. This node remembers the key, does not read it from the store any more, and invalidates it as soon
     * as the store answers, ahead of anything else. Until then other nodes may go on reading the old value, if they can
     * reach the store; if this node ends before, until the end of its life.
     */
    PROCEED,
    /**
     * {@link dev.duet.store.StoreUnavailableException} is thrown. An {@code update} throws it before the write is run; what
     * fails later, after the write has been made, is remembered as for {@link #PROCEED}.
     */
    REJECT
}
