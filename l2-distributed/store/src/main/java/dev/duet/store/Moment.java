package dev.duet.store;

/**
 * When, in the life of its partition, an operation meets a record. All of it is the store's own: its clock, its head,
 * its floor; no clock of a node takes part (anomaly A29).
 *
 * @param now the store's clock, in microseconds since the epoch
 * @param head the partition's head before the operation
 * @param floor the floor of the record's cache in this partition; values and leases of lower versions are absent
 */
public record Moment(long now, long head, long floor) {

    /** The version that a change made at this moment gets. */
    public long next() {
        return head + 1;
    }

    /** The moment {@code life} microseconds after this one, at most {@link StoredRecord.Value#NEVER}. */
    long after(long life) {
        return life >= StoredRecord.Value.NEVER - now ? StoredRecord.Value.NEVER : now + life;
    }
}
