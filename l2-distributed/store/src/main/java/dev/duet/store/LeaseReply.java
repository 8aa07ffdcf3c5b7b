package dev.duet.store;

/** The reply to {@link Operation.Lease}: the lease, or what stands in its way. */
public sealed interface LeaseReply {

    /**
     * The lease is the caller's.
     *
     * @param head the partition's head when it was granted
     * @param foreign whether the lease replaced something damaged, or that this store did not write
     */
    record Granted(long head, boolean foreign) implements LeaseReply {}

    /**
     * There is no need for a lease, or somebody else is at work.
     *
     * @param reading what was found; never {@link Reading.Missing}
     */
    record Refused(Reading reading) implements LeaseReply {}
}
