package dev.duet.testkit.history;

/**
 * A write that the database committed, put together from its events.
 *
 * @param id tells the writes of a node apart
 * @param kind how it was written, for messages
 * @param begun right before the call
 * @param committed when the writer knew of the commit
 * @param ended right after the call; {@link #NEVER} if the writer died in it
 * @param returned whether the call returned; else it threw, or the writer died
 * @param effective when the promises begin to hold for it on other nodes; {@link #NEVER} if they do not
 */
public record Write(
        String node,
        long id,
        long key,
        String kind,
        long version,
        long begun,
        long committed,
        long ended,
        boolean returned,
        long effective) {

    /** After everything. */
    public static final long NEVER = Long.MAX_VALUE;
}
