package dev.duet.testkit.history;

/**
 * Something that a process of a cluster did, or that was done to it. Moments are in nanoseconds of the machine's monotonic
 * clock. Versions are the rows' own: each write of a key commits the next one.
 */
public sealed interface HistoryEvent {

    /** The version of a read that found nothing cached, and did not load. */
    long NOT_CACHED = -1;

    /** The target of a fault that every node feels. */
    String EVERY_NODE = "*";

    /**
     * A read that returned.
     *
     * @param version the version of the value, or {@link #NOT_CACHED}
     * @param start right before the call
     * @param end right after it
     */
    record Read(String node, long key, long version, long start, long end) implements HistoryEvent {}

    /**
     * A read that threw.
     *
     * @param failure what it threw, in words
     */
    record FailedRead(String node, long key, long start, long end, String failure) implements HistoryEvent {}

    /**
     * A node is about to write.
     *
     * @param id tells the writes of a node apart
     * @param kind how it writes, for messages
     */
    record WriteBegun(String node, long id, long key, String kind, long at) implements HistoryEvent {}

    /** The database has told the writer that it committed. */
    record WriteCommitted(String node, long id, long version, long at) implements HistoryEvent {}

    /**
     * The writing call ended.
     *
     * @param returned whether it returned; else it threw
     */
    record WriteEnded(String node, long id, boolean returned, long at) implements HistoryEvent {}

    /**
     * A fault that was injected.
     *
     * @param kind its kind, for messages
     * @param target the node that feels it, or {@link #EVERY_NODE}
     * @param from when it may have begun to be felt
     * @param to when it had certainly ended
     */
    record Fault(String kind, String target, Effect effect, long from, long to) implements HistoryEvent {

        boolean hits(String node) {
            return target.equals(EVERY_NODE) || target.equals(node);
        }
    }

    /** What the system of record held at a moment, after the last write of all. */
    record Truth(long key, long version, long at) implements HistoryEvent {}

    /** What a fault takes away. */
    enum Effect {
        /** Nothing that a promise depends on: messages, time, memory of the store. */
        DISTURBED,
        /** The target's processor, as a whole: until its near cache's clock has ticked again, it cannot know. */
        STOPPED,
        /** The target's way to the store. */
        CUT_OFF,
        /** Every node's way to the store, which then comes back with what it held long before. */
        WENT_BACK,
        /** The target's life. */
        KILLED
    }
}
