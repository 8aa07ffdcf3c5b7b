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
     * A value: in its life, or stale. A stale one is over its life, and retained: it may be served if it cannot be loaded
     * anew, and nothing is known to have changed it.
     *
     * @param head as {@link Reading#head()}
     * @param version the version the value was stored at
     * @param writtenAt when it was stored, by the store's clock, by which a {@link Operation.Refresh} names it
     * @param age how long ago that was, in microseconds
     * @param remaining what is left of its life, in microseconds, or {@link Content#FOREVER}; of a stale value, for how long
     *     it may be served from now on; 0 of a pending one whose life is over, which is to be served and not kept
     * @param cost what it cost to load, in microseconds
     * @param stale whether its life is over
     * @param payload its bytes
     */
    record Hit(
            long head,
            long version,
            long writtenAt,
            long age,
            long remaining,
            long cost,
            boolean stale,
            Payload payload)
            implements Reading {

        /** A value in its life, or one that is stale and served until it is to be loaded again. */
        public static Hit of(StoredRecord.Value value, Moment moment) {
            boolean stale = moment.now() >= value.expiresAt();
            return of(value, moment, stale, stale ? value.retryAt() : value.expiresAt());
        }

        /** A stale value that is to be served only if it cannot be loaded anew. */
        public static Hit retained(StoredRecord.Value value, Moment moment) {
            return of(value, moment, true, value.retainedUntil());
        }

        /** A value that is not in the system of record yet: however old, nothing is newer. Not to be kept beyond its life. */
        static Hit pending(StoredRecord.Value value, Moment moment) {
            return of(value, moment, false, Math.max(value.expiresAt(), moment.now()));
        }

        private static Hit of(StoredRecord.Value value, Moment moment, boolean stale, long ends) {
            return new Hit(
                    moment.head(),
                    value.version(),
                    value.writtenAt(),
                    Math.max(0, moment.now() - value.writtenAt()),
                    ends == StoredRecord.Value.NEVER ? Content.FOREVER : ends - moment.now(),
                    value.cost(),
                    stale,
                    value.payload());
        }
    }

    /**
     * Nothing.
     *
     * @param head as {@link Reading#head()}
     * @param foreign whether something lies there that this store did not write or that is damaged; it counts as
     *     nothing, and the next lease or write replaces it
     * @param retained a stale value, to be served only if it cannot be loaded anew; null if there is none
     */
    record Missing(long head, boolean foreign, @Nullable Hit retained) implements Reading {}

    /**
     * Nothing yet: a loader is at work.
     *
     * @param head as {@link Reading#head()}
     * @param remaining when the lease runs out, in microseconds from now
     * @param retained as for {@link Missing}
     */
    record Loading(long head, long remaining, @Nullable Hit retained) implements Reading {}

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
            return value.isServed(moment)
                    ? Hit.of(value, moment)
                    : new Missing(moment.head(), false, Hit.retained(value, moment));
        }
        if (live instanceof StoredRecord.Pending pending) {
            return Hit.pending(pending.value(), moment);
        }
        if (live instanceof StoredRecord.Leased lease) {
            Hit retained = lease.retained() == null ? null : Hit.retained(lease.retained(), moment);
            return new Loading(moment.head(), lease.term().until() - moment.now(), retained);
        }
        if (live instanceof StoredRecord.Intent intent) {
            return new Writing(moment.head(), intent.old() == null ? null : Hit.of(intent.old(), moment));
        }
        return new Missing(moment.head(), false, null);
    }
}
