package dev.duet.store;

import org.jspecify.annotations.Nullable;

/** The reply to {@link Operation.Lease} or {@link Operation.Refresh}: the lease, or what stands in its way. */
public sealed interface LeaseReply {

    /**
     * The lease is the caller's.
     *
     * @param head the partition's head when it was granted
     * @param foreign whether the lease replaced something damaged, or that this store did not write
     * @param previous the value that the lease stands beside: one that is being refreshed, or is retained after its life;
     *     null if there is none
     */
    record Granted(long head, boolean foreign, Reading.@Nullable Hit previous) implements LeaseReply {}

    /**
     * There is no need for a lease, or somebody else is at work.
     *
     * @param reading what was found; {@link Reading.Missing} only of a refresh, if the value to be refreshed is gone
     */
    record Refused(Reading reading) implements LeaseReply {}
}
