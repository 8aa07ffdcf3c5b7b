package dev.duet.exhaustive;

/** A rule of the protocol that an exploration can do without, to see what it is there for. */
enum Guard {
    /** A near fill is refused if the key was invalidated since the ticket was taken (A03). */
    TICKET,
    /** A fill of the store needs its own lease, and that it still stands (A01, A02). */
    TOKEN,
    /** A write takes the place of the lease that it finds (A01, A23). */
    LEASE_REPLACED,
    /** Writers that overlap leave no value (A38). */
    CONTENDED,
    /** The first of several writers to finish drops the old value (A38). */
    OLD_DROPPED,
    /** The beginning of a write is a change, of which others hear. */
    BEGIN_BROADCAST,
    /** A writer that finds its intent gone invalidates (A21). */
    INTENT_CHECKED,
    /** An intent that was lost and is announced again leaves no value (A31). */
    AGAIN,
    /** An intent that began below the floor of its cache leaves no value (A06). */
    INTENT_FLOOR,
    /** What lies below the floor of its cache is absent from the store (A06). */
    STORE_FLOOR,
    /** What lies below the floor of its partition is not served near (A06, A07). */
    NEAR_FLOOR,
    /** The follower sees a gap in the numbering of the messages (A07, A11). */
    NUMBERING,
    /** An audit proves freshness only when what it saw has been acted upon (A08). */
    FRESHNESS,
    /** A write drops its node's own copy without waiting for its message. */
    OWN_COPY_DROPPED,
    /** An invalidation lets nobody join a flight that began before it (A04, A25). */
    FLIGHT_DETACHED,
    /** Near copies are dropped before flights are detached. */
    DROPPED_BEFORE_DETACHED,
    /** A node's own value takes the place of what it may have near, even if it cannot be kept (A25). */
    REPLACED,
    /** A node's own value, of an announced write, is kept near unless the key was invalidated since it was sent (A25). */
    OWN_TICKET,
    /** A put is carried out for as long as its writer waits for it, and not later (A44). */
    WINDOW
}
