package dev.duet.store;

/**
 * The reply to an operation that may store a value.
 *
 * @param version the version of the change or of the value; the head if there was neither
 * @param stored whether the value was stored
 * @param writtenAt when it was stored, by the store's clock, by which a {@link Operation.Refresh} names it; 0 if it was not
 * @param late whether it came outside its {@link Window}, and changed nothing
 */
public record WriteReply(long version, boolean stored, long writtenAt, boolean late) {

    /** As above, of what was not late. */
    public WriteReply(long version, boolean stored, long writtenAt) {
        this(version, stored, writtenAt, false);
    }

    static WriteReply stored(long version, Moment moment) {
        return new WriteReply(version, true, moment.now());
    }

    static WriteReply late(long head) {
        return new WriteReply(head, false, 0, true);
    }

    static WriteReply refused(long version) {
        return new WriteReply(version, false, 0);
    }
}
