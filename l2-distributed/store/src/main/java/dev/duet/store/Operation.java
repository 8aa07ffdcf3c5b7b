package dev.duet.store;

import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Value;
import dev.duet.store.StoredRecord.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An atomic operation on one record: a pure function from the record and the moment to the record afterwards, a reply,
 * and whether this is a change that other nodes have to hear of.
 *
 * <p>These functions are the protocol. A store that can run Java runs them; the Redis scripts mirror them, and a
 * differential test holds the two together.
 *
 * <p>Implementation note. What coherence rests on:
 *
 * <ul>
 *   <li>A {@link Fill} needs its own lease, and every write replaces the lease. So a load that began before a write
 *       cannot store what it found (anomalies A01, A02, A23, A27), and a lease that the store evicted costs a load,
 *       never a stale value (A31).
 *   <li>A fill names the head at which its lease was granted, and every write advances the head. So a request for the
 *       lease that arrives once more, after a write, does not make the load from before it good again (A40).
 *   <li>A lease granted below the floor of its cache is absent, so a load that began before {@code invalidateAll()}
 *       cannot fill after it (A06).
 *   <li>An intent that saw two writers is contended, and leaves no value; the first of them to finish drops the old one
 *       (A38).
 *   <li>{@link Complete} without an intent to complete invalidates, since what was read meanwhile may be old (A21).
 * </ul>
 *
 * <p>Terms and lives are durations in microseconds; the store adds them to its own clock.
 *
 * @param <R> the type of the reply
 */
public sealed interface Operation<R> {

    /** Applies this operation to {@code record} as it is stored, at {@code moment}. */
    Outcome<R> apply(StoredRecord record, Moment moment);

    /** Reads the record. */
    record Read() implements Operation<Reading> {
        @Override
        public Outcome<Reading> apply(StoredRecord record, Moment moment) {
            return Outcome.quiet(record, Reading.of(record, moment));
        }
    }

    /**
     * Reads the record, and if there is nothing, takes the lease to load it, in the same step. Who holds the lease
     * already is told so, with the head at which it was granted; its term goes on.
     *
     * @param token the loader's token, unique to this load
     * @param term for how long the lease stands
     * @param discard the version of a value that the reader found unreadable, and wants to load anew; 0 if none
     */
    record Lease(String token, long term, long discard) implements Operation<LeaseReply> {
        /** Checks the arguments. */
        public Lease {
            checkToken(token);
            checkTerm(term);
        }

        @Override
        public Outcome<LeaseReply> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (live instanceof Leased lease && lease.token().equals(token)) {
                return Outcome.quiet(record, new LeaseReply.Granted(lease.head(), false));
            }
            if (live instanceof StoredRecord.Absent || (live instanceof Value value && value.version() == discard)) {
                return Outcome.quiet(
                        new Leased(token, moment.head(), moment.after(term)),
                        new LeaseReply.Granted(moment.head(), false));
            }
            return Outcome.quiet(record, new LeaseReply.Refused(Reading.of(live, moment)));
        }
    }

    /**
     * Stores what a loader found, if its lease still stands: the one that it was granted before it loaded, and not
     * another that was granted to the same token since.
     *
     * @param token the loader's token
     * @param granted the head at which the lease was granted, from {@link LeaseReply.Granted}
     * @param content what it found
     */
    record Fill(String token, long granted, Content content) implements Operation<WriteReply> {
        /** Checks the arguments. */
        public Fill {
            checkToken(token);
            Objects.requireNonNull(content, "content");
        }

        @Override
        public Outcome<WriteReply> apply(StoredRecord record, Moment moment) {
            if (record.at(moment) instanceof Leased lease && lease.token().equals(token) && lease.head() == granted) {
                return Outcome.quiet(Value.of(content, moment.head(), moment), new WriteReply(moment.head(), true));
            }
            return Outcome.quiet(record, new WriteReply(moment.head(), false));
        }
    }

    /**
     * Gives a lease back without a value, so that the next reader need not wait for its end. Replies whether there was
     * such a lease.
     *
     * @param token the loader's token
     */
    record Release(String token) implements Operation<Boolean> {
        /** Checks the token. */
        public Release {
            checkToken(token);
        }

        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            boolean held =
                    record.at(moment) instanceof Leased lease && lease.token().equals(token);
            return Outcome.quiet(held ? StoredRecord.ABSENT : record, held);
        }
    }

    /**
     * Stores a value, whatever is there; while writers are at work, nothing can be stored, and their old value goes too.
     *
     * @param content the value
     */
    record Put(Content content) implements Operation<WriteReply> {
        /** Checks the content. */
        public Put {
            Objects.requireNonNull(content, "content");
        }

        @Override
        public Outcome<WriteReply> apply(StoredRecord record, Moment moment) {
            return record.at(moment) instanceof Intent intent
                    ? Outcome.change(contend(intent.writers()), new WriteReply(moment.next(), false))
                    : Outcome.change(Value.of(content, moment.next(), moment), new WriteReply(moment.next(), true));
        }
    }

    /** Removes a value, whatever is there. Replies the version of the change. */
    record Invalidate() implements Operation<Long> {
        @Override
        public Outcome<Long> apply(StoredRecord record, Moment moment) {
            return Outcome.change(
                    record.at(moment) instanceof Intent intent ? contend(intent.writers()) : StoredRecord.ABSENT,
                    moment.next());
        }
    }

    /**
     * Announces a write to the system of record, before it is made. Replies the version of the change, or the head if
     * this writer had announced itself already.
     *
     * @param token the writer's token, unique to this write
     * @param term for how long the intent stands unless it is renewed
     */
    record Begin(String token, long term) implements Operation<Long> {
        /** Checks the arguments. */
        public Begin {
            checkToken(token);
            checkTerm(term);
        }

        @Override
        public Outcome<Long> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            Writer writer = new Writer(token, moment.after(term));
            if (live instanceof Intent intent) {
                if (intent.writer(token).isPresent()) {
                    return Outcome.quiet(renewed(intent, writer), moment.head());
                }
                List<Writer> writers = new ArrayList<>(intent.writers());
                writers.add(writer);
                return Outcome.change(new Intent(writers, true, intent.old()), moment.next());
            }
            Value old = live instanceof Value value ? value : null;
            return Outcome.change(new Intent(List.of(writer), false, old), moment.next());
        }
    }

    /**
     * Starts the term of a writer's intent again. Replies whether there is such an intent still.
     *
     * @param token the writer's token
     * @param term for how long the intent stands from now
     */
    record Renew(String token, long term) implements Operation<Boolean> {
        /** Checks the arguments. */
        public Renew {
            checkToken(token);
            checkTerm(term);
        }

        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            if (record.at(moment) instanceof Intent intent
                    && intent.writer(token).isPresent()) {
                return Outcome.quiet(renewed(intent, new Writer(token, moment.after(term))), true);
            }
            return Outcome.quiet(record, false);
        }
    }

    /**
     * Ends a write that was begun: with the new value, or with none if it is not known.
     *
     * @param token the writer's token
     * @param content the new value; null leaves nothing, so that the next reader loads
     */
    record Complete(String token, @Nullable Content content) implements Operation<WriteReply> {
        /** Checks the token. */
        public Complete {
            checkToken(token);
        }

        @Override
        public Outcome<WriteReply> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (!(live instanceof Intent intent)) {
                return Outcome.change(StoredRecord.ABSENT, new WriteReply(moment.next(), false));
            }
            if (intent.writer(token).isEmpty()) {
                return Outcome.change(contend(intent.writers()), new WriteReply(moment.next(), false));
            }
            List<Writer> others = intent.writers().stream()
                    .filter(w -> !w.token().equals(token))
                    .toList();
            if (!others.isEmpty()) {
                return Outcome.quiet(contend(others), new WriteReply(moment.head(), false));
            }
            if (intent.contended() || content == null) {
                return Outcome.quiet(StoredRecord.ABSENT, new WriteReply(moment.head(), false));
            }
            return Outcome.quiet(Value.of(content, moment.head(), moment), new WriteReply(moment.head(), true));
        }
    }

    private static Intent contend(List<Writer> writers) {
        return new Intent(writers, true, null);
    }

    private static Intent renewed(Intent intent, Writer writer) {
        return new Intent(
                intent.writers().stream()
                        .map(w -> w.token().equals(writer.token()) ? writer : w)
                        .toList(),
                intent.contended(),
                intent.old());
    }

    private static void checkToken(String token) {
        if (!token.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "a token is 1 to 64 letters, digits, '_', '.' or '-', but this one is '" + token + "'");
        }
    }

    private static void checkTerm(long term) {
        if (term <= 0) {
            throw new IllegalArgumentException("term must be positive, in microseconds, but is " + term);
        }
    }
}
