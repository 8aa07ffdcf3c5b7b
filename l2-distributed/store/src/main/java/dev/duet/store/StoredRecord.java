package dev.duet.store;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds for one key: nothing, a value, a loader's lease, the intent of writers at work, or a write that is
 * pending.
 *
 * <p>Immutable. A record changes only through an {@link Operation}. Versions are heads of the record's partition
 * ({@code docs/protocol.md}); times are the store's clock, in microseconds.
 */
public sealed interface StoredRecord {

    /** Nothing is stored. */
    StoredRecord ABSENT = new Absent();

    /**
     * This record as it counts at {@code moment}: what has run out, or lies below the floor of its cache, is absent.
     * Every operation and every reader sees a record through this.
     */
    StoredRecord at(Moment moment);

    /**
     * For how long something stands. Its length is kept with its end, since the store's clock may be set back: what would
     * last for longer than its length from now on was begun before that, and has run out (anomaly A43).
     *
     * @param until when it runs out, or {@link Value#NEVER}
     * @param length how long it is, in microseconds
     */
    record Term(long until, long length) {

        /** How far a clock may be set back without any effect, in microseconds: clocks are corrected by little all the time. */
        static final long SLACK = ClockEstimate.TOLERANCE;

        /** Begins now. */
        static Term from(Moment moment, long length) {
            return new Term(moment.after(length), length);
        }

        /** Whether it has not run out. */
        boolean stands(Moment moment) {
            return moment.now() < until && (until == Value.NEVER || until - moment.now() <= length + SLACK);
        }
    }

    /** Nothing is stored. */
    record Absent() implements StoredRecord {
        @Override
        public StoredRecord at(Moment moment) {
            return this;
        }
    }

    /**
     * A value. In its life it is served; after that it may be retained, as a stale value that is served only if it cannot
     * be loaded anew, and from a failed load until the next is due. Either way a loader may be at work on the next one.
     *
     * @param version the head at which it was stored
     * @param writtenAt when it was stored
     * @param expiresAt when its life ends, or {@link #NEVER}
     * @param retainedUntil when it is dropped, not before {@code expiresAt}
     * @param retryAt until when it is served though its life is over, since a load has failed; 0 if none has
     * @param cost what it cost to load, in microseconds
     * @param payload its bytes
     * @param refresher who loads it anew, or whether nobody is to do that yet; null if nobody does
     */
    record Value(
            long version,
            long writtenAt,
            long expiresAt,
            long retainedUntil,
            long retryAt,
            long cost,
            Payload payload,
            @Nullable Refresher refresher)
            implements StoredRecord {

        /** The end of a life without end: the greatest whole number that a double holds exactly, as Lua has no other. */
        public static final long NEVER = (1L << 53) - 1;

        static Value of(Content content, long version, Moment moment) {
            long expiresAt = moment.after(content.life());
            long retainedUntil = content.retention() >= NEVER - expiresAt ? NEVER : expiresAt + content.retention();
            return new Value(
                    version, moment.now(), expiresAt, retainedUntil, 0, content.cost(), content.payload(), null);
        }

        @Override
        public StoredRecord at(Moment moment) {
            if (version < moment.floor()) {
                return ABSENT;
            }
            Refresher working = refresher != null && refresher.term().stands(moment) ? refresher : null;
            if (isServed(moment)) {
                return with(working);
            }
            Value retained = isTimely(moment) && moment.now() < retainedUntil ? with(null) : null;
            if (working != null && !working.isPause()) {
                return new Leased(working.token(), working.head(), working.term(), false, retained);
            }
            return retained == null ? ABSENT : retained;
        }

        /** Whether it is in its life. */
        boolean isFresh(Moment moment) {
            return moment.now() < expiresAt && isTimely(moment);
        }

        /** Whether readers are to get it without anybody loading, if it is not below the floor. */
        boolean isServed(Moment moment) {
            return isFresh(moment) || (moment.now() < retryAt && isTimely(moment));
        }

        /**
         * Whether its times say anything: the clock has not been set back behind the moment at which it was written. What
         * has no end loses nothing by that.
         */
        private boolean isTimely(Moment moment) {
            return writtenAt <= moment.now() + Term.SLACK || expiresAt == NEVER;
        }

        Value with(@Nullable Refresher newRefresher) {
            return new Value(version, writtenAt, expiresAt, retainedUntil, retryAt, cost, payload, newRefresher);
        }

        Value numbered(long newVersion) {
            return new Value(newVersion, writtenAt, expiresAt, retainedUntil, retryAt, cost, payload, refresher);
        }

        /** This value, served for a pause though its life is over, but not beyond what it is retained for. */
        Value pausedFor(long pause, Moment moment) {
            return new Value(
                    version,
                    writtenAt,
                    expiresAt,
                    retainedUntil,
                    Math.min(moment.after(pause), retainedUntil),
                    cost,
                    payload,
                    null);
        }
    }

    /**
     * Who loads a value anew while it is still served.
     *
     * @param token the loader's token; or {@link #PAUSE}: nobody is to, for now, since a load has failed
     * @param head the head when the lease was granted
     * @param term for how long the lease, or the pause, stands
     */
    record Refresher(String token, long head, Term term) {

        /** Stands for nobody. No loader has such a token. */
        public static final String PAUSE = "-";

        boolean isPause() {
            return token.equals(PAUSE);
        }
    }

    /**
     * A loader is at work, and it alone may fill.
     *
     * @param token the loader's token
     * @param head the head when the lease was granted
     * @param term for how long the lease stands
     * @param awaited whether readers wait for its end, who are to be told
     * @param retained the stale value that it is to replace; null if there is none
     */
    record Leased(
            String token,
            long head,
            Term term,
            boolean awaited,
            @Nullable Value retained) implements StoredRecord {
        @Override
        public StoredRecord at(Moment moment) {
            StoredRecord under = retained == null ? ABSENT : retained.at(moment);
            return term.stands(moment) && head >= moment.floor()
                    ? new Leased(token, head, term, awaited, under instanceof Value value ? value : null)
                    : under;
        }
    }

    /**
     * Writers are at work between their database's old state and its new one.
     *
     * @param writers who is at work, in the order of arrival; at least one
     * @param head the version at which the first of them began
     * @param contended whether writers overlapped, so that none of them may leave a value
     * @param old the value before the write, which is the right answer until the write is complete; null if there is
     *     none, or if it has become doubtful
     */
    record Intent(
            List<Writer> writers,
            long head,
            boolean contended,
            @Nullable Value old) implements StoredRecord {

        /** Copies the list. */
        public Intent {
            writers = List.copyOf(writers);
        }

        @Override
        public StoredRecord at(Moment moment) {
            List<Writer> working =
                    writers.stream().filter(w -> w.term().stands(moment)).toList();
            if (working.isEmpty()) {
                return ABSENT;
            }
            // A writer that ran out may have committed and died, so the old value goes with it.
            boolean intact = working.size() == writers.size()
                    && old != null
                    && old.isFresh(moment)
                    && old.version() >= moment.floor();
            return new Intent(working, head, contended, intact ? old : null);
        }

        Optional<Writer> writer(String token) {
            return writers.stream().filter(w -> w.token().equals(token)).findFirst();
        }

        /** When the last of the writers runs out. */
        public long until() {
            return writers.stream().mapToLong(w -> w.term().until()).max().orElse(0);
        }
    }

    /**
     * A writer in an intent.
     *
     * @param token the writer's token
     * @param term for how long its part of the intent stands, unless it renews it
     */
    record Writer(String token, Term term) {
        /** Checks the token. */
        public Writer {
            Objects.requireNonNull(token, "token");
        }
    }

    /**
     * A write that was acknowledged and is not in the system of record yet (write-behind): it is the newest there is of its
     * key. It has no end, no floor hides it, and neither invalidation nor another kind of write takes it away. Readers get
     * its value.
     *
     * @param value what is to be written, and is a value as any other once that is done; its payload says so if it is a
     *     removal
     * @param dueAt when it is to be written next; {@link Value#NEVER} if it is parked, after too many failures
     * @param pause how long that was off when it was decided, in microseconds: what is further off is due, since the clock was
     *     set back (anomaly A43)
     * @param attempts how often it could not be written
     * @param failure why it could not be written last; null if it was not tried
     */
    record Pending(
            Value value,
            long dueAt,
            long pause,
            int attempts,
            @Nullable String failure) implements StoredRecord {

        @Override
        public StoredRecord at(Moment moment) {
            return this;
        }

        /** Whether it is to be written now. */
        boolean isDue(long now) {
            return !isParked() && (dueAt <= now || dueAt - now > pause + Term.SLACK);
        }

        /** This write, by another number. */
        Pending numbered(long version) {
            return new Pending(value.numbered(version), dueAt, pause, attempts, failure);
        }

        /** Whether it waits for somebody to have it tried again. */
        public boolean isParked() {
            return dueAt == Value.NEVER;
        }
    }
}
