package dev.duet.store;

/**
 * What an operation does: the record afterwards, its reply, and whether readers may see a change, in which case the
 * store advances the head to {@link Moment#next()}, logs the change and broadcasts it, in the same atomic step.
 *
 * <p>An outcome that is no change may be a hint: readers wait for a load to end, and it has. The store tells all nodes of
 * it, outside the numbering; a hint that is lost costs the waiting readers a pause.
 *
 * @param record the record afterwards
 * @param reply the operation's reply
 * @param change whether this is a change
 * @param hint whether readers wait who are to look again; never with a change, which wakes them itself
 * @param <R> the type of the reply
 */
public record Outcome<R>(StoredRecord record, R reply, boolean change, boolean hint) {

    static <R> Outcome<R> quiet(StoredRecord record, R reply) {
        return new Outcome<>(record, reply, false, false);
    }

    static <R> Outcome<R> change(StoredRecord record, R reply) {
        return new Outcome<>(record, reply, true, false);
    }

    static <R> Outcome<R> hint(StoredRecord record, R reply, boolean awaited) {
        return new Outcome<>(record, reply, false, awaited);
    }
}
