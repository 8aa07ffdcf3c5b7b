package dev.duet.exhaustive;

import dev.duet.exhaustive.Shared.About;
import dev.duet.store.Content;
import dev.duet.store.Moment;
import dev.duet.store.Operation;
import dev.duet.store.Operation.Begin;
import dev.duet.store.Operation.Complete;
import dev.duet.store.Operation.Fill;
import dev.duet.store.Outcome;
import dev.duet.store.Payload;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Term;
import dev.duet.store.StoredRecord.Value;
import java.util.List;

/**
 * The store: carries out the real operations on the record of the key, and broadcasts the changes. Time stands still at
 * zero; what runs out gets an end of zero.
 */
final class Records {

    static final long NOW = 0;
    static final long TERM = 1;
    private static final int MOST_ROWS = 8;
    private static final Payload[] PAYLOADS = new Payload[MOST_ROWS];

    static {
        for (int row = 0; row < MOST_ROWS; row++) {
            PAYLOADS[row] = Payload.of(new byte[] {(byte) row});
        }
    }

    private final Scope scope;

    Records(Scope scope) {
        this.scope = scope;
    }

    /** What an operation led to. */
    record Done<R>(State state, R reply) {}

    /** A version of the row, as a record. */
    static Value value(int row, int version) {
        return new Value(version, NOW, Value.NEVER, Value.NEVER, 0, 0, PAYLOADS[row], null);
    }

    /** A version of the row, as something to store. */
    static Content content(int row) {
        return new Content(PAYLOADS[row], Content.FOREVER, 0);
    }

    /** The version of the row that a payload stands for. */
    static int row(Payload payload) {
        return payload.bytes()[0];
    }

    /** Carries out an operation; in the same step the change, if it is one, is on its way to the nodes. */
    <R> Done<R> execute(State state, Operation<R> operation) {
        Shared shared = state.shared();
        Outcome<R> outcome = apply(operation, shared.record(), moment(shared));
        State after = state.with(shared.with(outcome.record()));
        return new Done<>(outcome.change() ? broadcast(after, About.KEY) : after, outcome.reply());
    }

    /** Invalidates the whole cache. */
    State invalidateAll(State state) {
        return broadcast(state.with(state.shared().withFloor(state.shared().head() + 1)), About.WHOLE_CACHE);
    }

    /** Advances the head, logs the change and sends it to all nodes. */
    State broadcast(State state, About about) {
        Shared shared = state.shared().changed(about, scope.logSize());
        State after = state.with(shared);
        for (int n = 0; n < Scope.NODES; n++) {
            after = after.with(n, after.node(n).withFeed(after.node(n).feed() | 1 << shared.head()));
        }
        return after;
    }

    /** The record as it counts now. */
    StoredRecord live(Shared shared) {
        return shared.record().at(moment(shared));
    }

    private Moment moment(Shared shared) {
        int floor = Math.max(shared.base(), scope.has(Guard.STORE_FLOOR) ? shared.floor() : 0);
        return new Moment(NOW, shared.head(), floor);
    }

    /** Applies the real operation, and undoes what the guards that are taken out would do. */
    private <R> Outcome<R> apply(Operation<R> operation, StoredRecord record, Moment moment) {
        StoredRecord live = record.at(moment);
        if (!scope.has(Guard.TOKEN)
                && operation instanceof Fill fill
                && (live instanceof Leased || live instanceof StoredRecord.Absent)) {
            return operation.apply(
                    new Leased(fill.token(), fill.granted(), new Term(Value.NEVER, Value.NEVER), false, null),
                    new Moment(NOW, moment.head(), 0));
        }
        boolean seesFloor = scope.has(Guard.INTENT_FLOOR) || !(operation instanceof Complete);
        Outcome<R> outcome = operation.apply(record, seesFloor ? moment : new Moment(NOW, moment.head(), 0));
        if (!scope.has(Guard.LEASE_REPLACED) && outcome.change() && live instanceof Leased) {
            return new Outcome<>(record, outcome.reply(), true, false);
        }
        if (!scope.has(Guard.BEGIN_BROADCAST) && operation instanceof Begin) {
            return new Outcome<>(outcome.record(), outcome.reply(), false, false);
        }
        if (!scope.has(Guard.INTENT_CHECKED) && operation instanceof Complete && outcome.change()) {
            return new Outcome<>(record, outcome.reply(), false, false);
        }
        if (outcome.record() instanceof Intent intent) {
            return new Outcome<>(weakened(intent, operation, live), outcome.reply(), outcome.change(), outcome.hint());
        }
        return outcome;
    }

    private StoredRecord weakened(Intent intent, Operation<?> operation, StoredRecord before) {
        if (!scope.has(Guard.CONTENDED)) {
            return new Intent(intent.writers(), intent.head(), false, intent.old());
        }
        if (!scope.has(Guard.OLD_DROPPED) && operation instanceof Complete && before instanceof Intent earlier) {
            return new Intent(intent.writers(), intent.head(), intent.contended(), earlier.old());
        }
        return intent;
    }

    /** The lease, run out. */
    static Leased runOut(Leased lease) {
        return new Leased(lease.token(), lease.head(), new Term(NOW, 1), lease.awaited(), lease.retained());
    }

    /** The intent, after one of its writers' terms has run out. */
    static Intent runOut(Intent intent, String token) {
        List<StoredRecord.Writer> writers = intent.writers().stream()
                .map(w -> w.token().equals(token) ? new StoredRecord.Writer(token, new Term(NOW, 1)) : w)
                .toList();
        return new Intent(writers, intent.head(), intent.contended(), intent.old());
    }
}
