package dev.duet.store;

/**
 * What an operation does: the record afterwards, its reply, and whether readers may see a change, in which case the
 * store advances the head to {@link Moment#next()}, logs the change and broadcasts it, in the same atomic step.
 *
 * @param record the record afterwards
 * @param reply the operation's reply
 * @param change whether this is a change
 * @param <R> the type of the reply
 */
public record Outcome<R>(StoredRecord record, R reply, boolean change) {

    static <R> Outcome<R> quiet(StoredRecord record, R reply) {
        return new Outcome<>(record, reply, false);
    }

    static <R> Outcome<R> change(StoredRecord record, R reply) {
        return new Outcome<>(record, reply, true);
    }
}
