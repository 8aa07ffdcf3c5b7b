package dev.duet.store;

import org.jspecify.annotations.Nullable;

/** What a reader finds in the store. */
public sealed interface Reading {

    /**
     * The partition's head when the store answered: the answer reflects every change up to this version, and none
     * after it. A near cache keeps an entry under this version.
     */
    long head();

    /**
     * A value in its life.
     *
     * @param head as {@link Reading#head()}
     * @param version the version the value was stored at
     * @param remaining what is left of its life, in microseconds, or {@link Content#FOREVER}
     * @param cost what it cost to load, in microseconds
     * @param payload its bytes
     */
    record Hit(long head, long version, long remaining, long cost, Payload payload) implements Reading {
        static Hit of(StoredRecord.Value value, Moment moment) {
            long remaining =
                    value.expiresAt() == StoredRecord.Value.NEVER ? Content.FOREVER : value.expiresAt() - moment.now();
            return new Hit(moment.head(), value.version(), remaining, value.cost(), value.payload());
        }
    }

    /**
     * Nothing.
     *
     * @param head as {@link Reading#head()}
     * @param foreign whether something lies there that this store did not write or that is damaged; it counts as
     *     nothing, and the next lease or write replaces it
     */
    record Missing(long head, boolean foreign) implements Reading {}

    /**
     * Nothing yet: a loader is at work.
     *
     * @param head as {@link Reading#head()}
     * @param remaining when the lease runs out, in microseconds from now
     */
    record Loading(long head, long remaining) implements Reading {}

    /**
     * A writer is at work.
     *
     * @param head as {@link Reading#head()}
     * @param old the value before the write, the right answer until the write is complete, but not to be kept; null if
     *     there is none, and the database has to be asked
     */
    record Writing(long head, @Nullable Hit old) implements Reading {}

    /** What {@code record}, taken at {@code moment}, is to a reader. */
    static Reading of(StoredRecord record, Moment moment) {
        StoredRecord live = record.at(moment);
        if (live instanceof StoredRecord.Value value) {
            return Hit.of(value, moment);
        }
        if (live instanceof StoredRecord.Leased lease) {
            return new Loading(moment.head(), lease.until() - moment.now());
        }
        if (live instanceof StoredRecord.Intent intent) {
            return new Writing(moment.head(), intent.old() == null ? null : Hit.of(intent.old(), moment));
        }
        return new Missing(moment.head(), false);
    }
}
