package dev.duet.store;

import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Pending;
import dev.duet.store.StoredRecord.Refresher;
import dev.duet.store.StoredRecord.Term;
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
 *   <li>A value that is refreshed carries the lease, and every write replaces it with the value. When the life of the value
 *       ends during the load, it is an ordinary lease.
 *   <li>A lease granted below the floor of its cache is absent, so a load that began before {@code invalidateAll()}
 *       cannot fill after it (A06).
 *   <li>An intent that saw two writers is contended, and leaves no value; the first of them to finish drops the old one
 *       (A38).
 *   <li>A completion names the version at which its write was announced. So an announcement that arrives once more, after
 *       other writes, does not let the value from before them in (A40).
 *   <li>An intent that was lost and is announced again leaves no value either, and neither does one from below the floor of
 *       its cache: others may have written, or invalidated everything, meanwhile.
 *   <li>{@link Complete} without an intent to complete invalidates, since what was read meanwhile may be old (A21).
 *   <li>A {@linkplain Pending pending write} gives way to nothing but the next one ({@link PendingOperation}): it is newer
 *       than the system of record, and may be all that there is of an acknowledged write.
 * </ul>
 *
 * <p>Terms and lives are durations in microseconds; the store adds them to its own clock. That clock may be set back. So a record
 * keeps the length of each beside its end, and what would last for longer than its length has ended (A43).
 *
 * @param <R> the type of the reply
 */
public sealed interface Operation<R>
        permits Operation.Read,
                Operation.Lease,
                Operation.Refresh,
                Operation.Fill,
                Operation.Release,
                Operation.Windowed,
                Operation.Invalidate,
                Operation.Begin,
                Operation.Renew,
                Operation.Complete,
                PendingOperation {

    /** Applies this operation to {@code record} as it is stored, at {@code moment}. */
    Outcome<R> apply(StoredRecord record, Moment moment);

    /**
     * An operation that brings a value and needs nothing of what is there, so that nothing but its {@link Window} keeps it
     * from being carried out long after its sender has given up.
     *
     * @param <R> the type of the reply
     */
    sealed interface Windowed<R> extends Operation<R> permits Put, PendingOperation.Enqueue {

        /** This operation, to be carried out within {@code window} or not at all. */
        Operation<R> within(Window window);
    }

    /** Reads the record. */
    record Read() implements Operation<Reading> {
        @Override
        public Outcome<Reading> apply(StoredRecord record, Moment moment) {
            return Outcome.quiet(record, Reading.of(record, moment));
        }
    }

    /**
     * Reads the record, and if there is nothing to serve, takes the lease to load it, in the same step. Who holds the lease
     * already is told so, with the head at which it was granted; its term goes on. Whoever is told that another does is
     * remembered to wait, and is hinted at the end of the load.
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
            if (live instanceof Pending) {
                return Outcome.quiet(record, new LeaseReply.Refused(Reading.of(live, moment)));
            }
            if (live instanceof Leased lease) {
                if (lease.token().equals(token)) {
                    return Outcome.quiet(record, granted(lease.head(), lease.retained(), moment));
                }
                Leased awaited = new Leased(lease.token(), lease.head(), lease.term(), true, lease.retained());
                return Outcome.quiet(awaited, new LeaseReply.Refused(Reading.of(live, moment)));
            }
            Value value = live instanceof Value found && found.version() != discard ? found : null;
            if (live instanceof Intent || (value != null && value.isServed(moment))) {
                return Outcome.quiet(record, new LeaseReply.Refused(Reading.of(live, moment)));
            }
            return Outcome.quiet(
                    new Leased(token, moment.head(), Term.from(moment, term), false, value),
                    granted(moment.head(), value, moment));
        }

        private static LeaseReply granted(long head, @Nullable Value retained, Moment moment) {
            return new LeaseReply.Granted(
                    head, false, retained == null ? null : Reading.Hit.retained(retained, moment));
        }
    }

    /**
     * Takes the lease to load a value anew while it is still served, so that no reader has to wait at the end of its life.
     * Whoever holds it already is told so, with the head at which it was granted; its term goes on. Refused if the value is
     * another one by now, if its life is over, or if somebody else is at it.
     *
     * @param token the loader's token, unique to this load
     * @param term for how long the lease stands
     * @param writtenAt the value, as {@link Reading.Hit#writtenAt()} has it
     */
    record Refresh(String token, long term, long writtenAt) implements Operation<LeaseReply> {
        /** Checks the arguments. */
        public Refresh {
            checkToken(token);
            checkTerm(term);
        }

        @Override
        public Outcome<LeaseReply> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (!(live instanceof Value value) || !value.isFresh(moment) || value.writtenAt() != writtenAt) {
                return Outcome.quiet(record, new LeaseReply.Refused(Reading.of(live, moment)));
            }
            Reading.Hit hit = Reading.Hit.of(value, moment);
            Refresher at = value.refresher();
            if (at == null) {
                Refresher mine = new Refresher(token, moment.head(), Term.from(moment, term));
                return Outcome.quiet(value.with(mine), new LeaseReply.Granted(moment.head(), false, hit));
            }
            return Outcome.quiet(
                    record,
                    at.token().equals(token)
                            ? new LeaseReply.Granted(at.head(), false, hit)
                            : new LeaseReply.Refused(hit));
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
            StoredRecord live = record.at(moment);
            boolean leased = live instanceof Leased lease && lease.token().equals(token) && lease.head() == granted;
            boolean refreshing = live instanceof Value value
                    && value.refresher() != null
                    && value.refresher().token().equals(token)
                    && value.refresher().head() == granted;
            if (!leased && !refreshing) {
                return Outcome.quiet(record, WriteReply.refused(moment.head()));
            }
            return Outcome.hint(
                    Value.of(content, moment.head(), moment),
                    WriteReply.stored(moment.head(), moment),
                    live instanceof Leased lease && lease.awaited());
        }
    }

    /**
     * Gives a lease back without a value, so that the next reader need not wait for its end. Replies whether there was
     * such a lease.
     *
     * @param token the loader's token
     * @param pause for how long nobody is to load again as there is a value to serve, in microseconds: one that was being
     *     refreshed, or a retained one, which is served meanwhile. 0 if the next reader is to.
     */
    record Release(String token, long pause) implements Operation<Boolean> {
        /** Checks the arguments. */
        public Release {
            checkToken(token);
            if (pause < 0) {
                throw new IllegalArgumentException("pause must not be negative, in microseconds, but is " + pause);
            }
        }

        /** As above, without a pause. */
        public Release(String token) {
            this(token, 0);
        }

        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (live instanceof Leased lease && lease.token().equals(token)) {
                Value retained = lease.retained();
                StoredRecord after = retained == null
                        ? StoredRecord.ABSENT
                        : pause == 0 ? retained : retained.pausedFor(pause, moment);
                return Outcome.hint(after, true, lease.awaited());
            }
            if (live instanceof Value value
                    && value.refresher() != null
                    && value.refresher().token().equals(token)) {
                Refresher nobody =
                        pause == 0 ? null : new Refresher(Refresher.PAUSE, moment.head(), Term.from(moment, pause));
                return Outcome.quiet(value.with(nobody), true);
            }
            return Outcome.quiet(record, false);
        }
    }

    /**
     * Stores a value, whatever is there; while writers are at work, nothing can be stored, and their old value goes too.
     * Outside its window it changes nothing.
     *
     * @param content the value
     * @param window when it may be carried out
     */
    record Put(Content content, Window window) implements Windowed<WriteReply> {
        /** Checks the arguments. */
        public Put {
            Objects.requireNonNull(content, "content");
            Objects.requireNonNull(window, "window");
        }

        /** As above, at any time. */
        public Put(Content content) {
            this(content, Window.ALWAYS);
        }

        @Override
        public Put within(Window newWindow) {
            return new Put(content, newWindow);
        }

        @Override
        public Outcome<WriteReply> apply(StoredRecord record, Moment moment) {
            if (!window.has(moment)) {
                return Outcome.quiet(record, WriteReply.late(moment.head()));
            }
            StoredRecord live = record.at(moment);
            if (live instanceof Pending) {
                return Outcome.change(live, WriteReply.refused(moment.next()));
            }
            return live instanceof Intent intent
                    ? Outcome.change(contend(intent), WriteReply.refused(moment.next()))
                    : Outcome.change(
                            Value.of(content, moment.next(), moment), WriteReply.stored(moment.next(), moment));
        }
    }

    /** Removes a value, whatever is there. Replies the version of the change. */
    record Invalidate() implements Operation<Long> {
        @Override
        public Outcome<Long> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (live instanceof Pending) {
                return Outcome.change(live, moment.next());
            }
            return Outcome.change(live instanceof Intent intent ? contend(intent) : StoredRecord.ABSENT, moment.next());
        }
    }

    /**
     * Announces a write to the system of record, before it is made. Replies the version of the change, or the head if
     * this writer had announced itself already.
     *
     * @param token the writer's token, unique to this write
     * @param term for how long the intent stands unless it is renewed
     * @param again whether this writer's intent was lost, and others may have written and completed since; then the intent
     *     is contended, and leaves no value
     */
    record Begin(String token, long term, boolean again) implements Operation<Long> {
        /** Checks the arguments. */
        public Begin {
            checkToken(token);
            checkTerm(term);
        }

        /** As above, for a write that begins. */
        public Begin(String token, long term) {
            this(token, term, false);
        }

        @Override
        public Outcome<Long> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            Writer writer = new Writer(token, Term.from(moment, term));
            if (live instanceof Intent intent) {
                if (intent.writer(token).isPresent()) {
                    return Outcome.quiet(renewed(intent, writer), moment.head());
                }
                List<Writer> writers = new ArrayList<>(intent.writers());
                writers.add(writer);
                return Outcome.change(new Intent(writers, intent.head(), true, intent.old()), moment.next());
            }
            if (live instanceof Pending) {
                return Outcome.change(live, moment.next());
            }
            Value old = live instanceof Value value && value.isFresh(moment) ? value.with(null) : null;
            return Outcome.change(new Intent(List.of(writer), moment.next(), again, old), moment.next());
        }
    }

    /**
     * Starts the term of a writer's intent or a loader's lease again. Replies whether there is such a one still.
     *
     * @param token the writer's or the loader's token
     * @param term for how long the intent or the lease stands from now
     */
    record Renew(String token, long term) implements Operation<Boolean> {
        /** Checks the arguments. */
        public Renew {
            checkToken(token);
            checkTerm(term);
        }

        @Override
        public Outcome<Boolean> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            Term renewed = Term.from(moment, term);
            if (live instanceof Intent intent && intent.writer(token).isPresent()) {
                return Outcome.quiet(renewed(intent, new Writer(token, renewed)), true);
            }
            if (live instanceof Leased lease && lease.token().equals(token)) {
                return Outcome.quiet(new Leased(token, lease.head(), renewed, lease.awaited(), lease.retained()), true);
            }
            if (live instanceof Value value
                    && value.refresher() != null
                    && value.refresher().token().equals(token)) {
                return Outcome.quiet(
                        value.with(new Refresher(token, value.refresher().head(), renewed)), true);
            }
            return Outcome.quiet(record, false);
        }
    }

    /**
     * Ends a write that was begun: with the new value, or with none if it is not known.
     *
     * @param token the writer's token
     * @param announced the version at which it was begun, as {@link Begin} replied; what it leaves is not kept under another
     * @param content the new value; null leaves nothing, so that the next reader loads
     */
    record Complete(String token, long announced, @Nullable Content content) implements Operation<WriteReply> {
        /** Checks the token. */
        public Complete {
            checkToken(token);
        }

        /** As above, without a value. */
        public Complete(String token) {
            this(token, 0, null);
        }

        @Override
        public Outcome<WriteReply> apply(StoredRecord record, Moment moment) {
            StoredRecord live = record.at(moment);
            if (live instanceof Pending) {
                return Outcome.change(live, WriteReply.refused(moment.next()));
            }
            if (!(live instanceof Intent intent)) {
                return Outcome.change(StoredRecord.ABSENT, WriteReply.refused(moment.next()));
            }
            if (intent.writer(token).isEmpty()) {
                return Outcome.change(contend(intent), WriteReply.refused(moment.next()));
            }
            List<Writer> others = intent.writers().stream()
                    .filter(w -> !w.token().equals(token))
                    .toList();
            if (!others.isEmpty()) {
                return Outcome.quiet(new Intent(others, intent.head(), true, null), WriteReply.refused(moment.head()));
            }
            boolean same = intent.head() == announced;
            if (!same || intent.contended() || intent.head() < moment.floor() || content == null) {
                return Outcome.quiet(StoredRecord.ABSENT, WriteReply.refused(moment.head()));
            }
            return Outcome.quiet(Value.of(content, moment.head(), moment), WriteReply.stored(moment.head(), moment));
        }
    }

    private static Intent contend(Intent intent) {
        return new Intent(intent.writers(), intent.head(), true, null);
    }

    private static Intent renewed(Intent intent, Writer writer) {
        return new Intent(
                intent.writers().stream()
                        .map(w -> w.token().equals(writer.token()) ? writer : w)
                        .toList(),
                intent.head(),
                intent.contended(),
                intent.old());
    }

    static void checkToken(String token) {
        if (!NamespaceConfig.isName(token) || token.equals(Refresher.PAUSE)) {
            throw new IllegalArgumentException(
                    "a token is 1 to 64 letters, digits, '_', '.' or '-', and not '-' alone, but this one is '" + token
                            + "'");
        }
    }

    static void checkTerm(long term) {
        if (term <= 0) {
            throw new IllegalArgumentException("term must be positive, in microseconds, but is " + term);
        }
    }
}
