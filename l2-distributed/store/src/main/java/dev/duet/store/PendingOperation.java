package dev.duet.store;

import dev.duet.store.StoredRecord.Pending;
import dev.duet.store.StoredRecord.Value;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation of write-behind: on a write that is acknowledged before it is in the system of record. As any
 * {@link Operation}, a pure function; a store keeps for each cache and partition an index of the records that are
 * {@linkplain Pending pending}, in the same atomic step ({@link Namespace#claim}).
 *
 * <p>Implementation note. A pending write names itself by its version, which the flusher says again when it has written it:
 * what was put in between has another, and stays pending.
 *
 * @param <R> the type of the reply
 */
public sealed interface PendingOperation<R> extends Operation<R> {

    /**
     * Stores a value, or the fact that there is none, as a write that is pending. Takes the place of one that is pending
     * already, and its place in the queue too, unless that one had failed or is parked.
     *
     * @param content the value; what it is retained for after its life begins when it was written
     * @param grows whether a write of this key may become one more that is pending; if not, it is refused unless one is
     *     pending already
     * @param window when it may be carried out; outside that it changes nothing
     */
    record Enqueue(Content content, boolean grows, Window window)
            implements PendingOperation<PendingReply>, Operation.Windowed<PendingReply> {
        /** Checks the arguments. */
        public Enqueue {
            Objects.requireNonNull(content, "content");
            Objects.requireNonNull(window, "window");
        }

        /** As above, at any time. */
        public Enqueue(Content content, boolean grows) {
            this(content, grows, Window.ALWAYS);
        }

        @Override
        public Enqueue within(Window newWindow) {
            return new Enqueue(content, grows, newWindow);
        }

        @Override
        public Outcome<PendingReply> apply(StoredRecord record, Moment moment) {
            if (!window.has(moment)) {
                return Outcome.quiet(record, PendingReply.late(moment.head()));
            }
            Pending before = record instanceof Pending pending ? pending : null;
            if (before == null && !grows) {
                return Outcome.quiet(record, new PendingReply(moment.head(), false, false, 0));
            }
            long due = before != null && before.attempts() == 0 && !before.isParked() ? before.dueAt() : moment.now();
            Value value = Value.of(content, moment.next(), moment);
            return Outcome.change(
                    new Pending(value, due, 0, 0, null),
                    new PendingReply(moment.next(), true, before != null, moment.now()));
        }
    }

    /**
     * A pending write is in the system of record. Its value is one as any other from now on, unless it has been replaced.
     * Replies whether nothing of the key is pending any more.
     *
     * @param version the version of the write
     * @param late whether the writer may have been late: somebody else may have written what is newer, before it. Then
     *     what is newest is written once more.
     */
    record Flushed(long version, boolean late) implements PendingOperation<Boolean> {
        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            if (record instanceof Pending pending) {
                boolean mine = pending.value().version() == version && !late;
                return Outcome.quiet(mine ? after(pending.value(), moment) : record, mine);
            }
            // What was loaded, and so cost something, is what the system of record had. Whoever loads now may find what
            // this write left there, so nobody goes on doing that.
            Value newer =
                    late && record.at(moment) instanceof Value value && value.version() > version && value.cost() == 0
                            ? value
                            : null;
            return newer == null
                    ? Outcome.quiet(record, true)
                    : Outcome.quiet(new Pending(newer.with(null), moment.now(), 0, 0, null), false);
        }

        private static StoredRecord after(Value value, Moment moment) {
            return value.at(moment) instanceof Value live ? live : StoredRecord.ABSENT;
        }
    }

    /**
     * A pending write could not be made. It is tried again after a pause, or parked. Replies whether it was still pending.
     *
     * @param version the version of the write
     * @param attempts how often it could not be made so far
     * @param pause for how long it is not tried again, in microseconds; {@link Content#FOREVER} parks it
     * @param failure why, in a few words
     */
    record Failed(long version, int attempts, long pause, String failure) implements PendingOperation<Boolean> {

        /** The longest description of a failure that is kept, in characters. */
        public static final int LONGEST_FAILURE = 1_000;

        /** Checks the arguments, and cuts the failure. */
        public Failed {
            if (attempts < 0) {
                throw new IllegalArgumentException("attempts must not be negative, but is " + attempts);
            }
            if (pause < 0) {
                throw new IllegalArgumentException("pause must not be negative, in microseconds, but is " + pause);
            }
            failure = failure.length() > LONGEST_FAILURE ? failure.substring(0, LONGEST_FAILURE) : failure;
        }

        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            boolean mine = record instanceof Pending pending && pending.value().version() == version;
            return Outcome.quiet(
                    mine
                            ? new Pending(((Pending) record).value(), moment.after(pause), pause, attempts, failure)
                            : record,
                    mine);
        }
    }

    /** Has a parked write tried again, as if it had never failed. Replies whether it was parked. */
    record Requeue() implements PendingOperation<Boolean> {
        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            boolean parked = record instanceof Pending pending && pending.isParked();
            return Outcome.quiet(
                    parked
                            ? new Pending(((Pending) record).value(), moment.now(), 0, 0, ((Pending) record).failure())
                            : record,
                    parked);
        }
    }

    /**
     * The reply to {@link Enqueue}.
     *
     * @param version the version of the write; the head if it was refused
     * @param accepted whether it is pending now
     * @param coalesced whether it took the place of one that was pending
     * @param writtenAt when it was stored, by the store's clock; 0 if it was refused
     * @param late whether it came outside its {@link Window}, and changed nothing
     */
    record PendingReply(long version, boolean accepted, boolean coalesced, long writtenAt, boolean late) {

        /** As above, of what was not late. */
        public PendingReply(long version, boolean accepted, boolean coalesced, long writtenAt) {
            this(version, accepted, coalesced, writtenAt, false);
        }

        static PendingReply late(long head) {
            return new PendingReply(head, false, false, 0, true);
        }
    }

    /**
     * A pending write, as it is handed to a flusher.
     *
     * @param key the address of its record
     * @param version its version
     * @param writtenAt when it was stored, by the store's clock, in microseconds
     * @param attempts how often it could not be made
     * @param failure why it could not be made last; null if it was not tried
     * @param payload the encoded value, or the encoded fact that there is none
     */
    record PendingWrite(
            RecordKey key,
            long version,
            long writtenAt,
            int attempts,
            @Nullable String failure,
            Payload payload) {

        /** A record that is pending, as it is handed to a flusher. */
        public static PendingWrite of(RecordKey key, Pending pending) {
            Value value = pending.value();
            return new PendingWrite(
                    key, value.version(), value.writtenAt(), pending.attempts(), pending.failure(), value.payload());
        }
    }

    /**
     * What a flusher gets to do in a partition.
     *
     * @param granted whether it alone is to write what is pending there, for the term that it asked for
     * @param pending how many writes of the cache are pending in the partition, without those that are parked
     * @param parked how many are parked there
     * @param lost how many were found damaged or gone just now, though the queue had them: writes that were acknowledged and
     *     cannot be made
     * @param due the writes that are due, the longest due first; none if it was not granted
     * @param holder who else has the lease; null if nobody has
     */
    record Claim(
            boolean granted,
            long pending,
            long parked,
            long lost,
            List<PendingWrite> due,
            @Nullable Holder holder) {
        /** Copies the list. */
        public Claim {
            due = List.copyOf(due);
        }

        /** As above, where nobody else has the lease. */
        public Claim(boolean granted, long pending, long parked, long lost, List<PendingWrite> due) {
            this(granted, pending, parked, lost, due, null);
        }
    }

    /**
     * Who has the lease of a flusher. The store does not end it: a clock that is set forward would, and two flushers would both
     * believe that they are in time. Whoever has seen one and the same holding for all of its term, by a clock of its own that
     * nobody sets, takes it over by naming it (anomaly A43).
     *
     * @param holding the flusher's token, and which of its renewals this is: another text after each
     * @param term for how long it stands from its last renewal, in microseconds
     */
    record Holder(String holding, long term) {}
}
