package dev.duet.exhaustive;

import dev.duet.exhaustive.Following.Event;
import dev.duet.exhaustive.Node.Call;
import dev.duet.exhaustive.Shared.About;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Value;
import java.util.function.Supplier;

/** What happens by itself: messages and answers come or are lost, records are evicted or run out, audits are made. */
final class EnvironmentSteps {

    private final Scope scope;
    private final Records records;
    private final Nodes nodes;

    EnvironmentSteps(Scope scope, Records records, Nodes nodes) {
        this.scope = scope;
        this.records = records;
        this.nodes = nodes;
    }

    void from(State state, Successors next) {
        store(state, next);
        for (int n = 0; n < Scope.NODES; n++) {
            feed(state, n, next);
            for (Call call : state.node(n).calls()) {
                call(state, n, call, next);
            }
            audit(state, n, next);
            if (nodes.lookup(state, n) != null && state.shared().mayHappen(Fault.NEAR_EVICTION, scope)) {
                next.add(name(n, "evicts its entry"), nodes.evict(spent(state, Fault.NEAR_EVICTION), n));
            }
        }
    }

    private void store(State state, Successors next) {
        Shared shared = state.shared();
        StoredRecord live = records.live(shared);
        if (live instanceof Value) {
            next.add(() -> "the store evicts the value", state.with(shared.with(StoredRecord.ABSENT)));
        } else if (live instanceof Leased lease) {
            next.add(() -> "the lease runs out", state.with(shared.with(Records.runOut(lease))));
        } else if (live instanceof Intent intent) {
            runOut(state, intent, next);
        }
        if (shared.mayHappen(Fault.OTHER_KEY, scope)) {
            next.add(
                    () -> "another key of the partition changes",
                    records.broadcast(spent(state, Fault.OTHER_KEY), About.OTHER_KEY));
        }
    }

    private void runOut(State state, Intent intent, Successors next) {
        for (int w = 0; w < state.writers(); w++) {
            String token = WriterSteps.token(w);
            if (intent.writers().stream().noneMatch(writer -> writer.token().equals(token))) {
                continue;
            }
            boolean slow = state.writer(w).isWorking();
            if (!slow || state.shared().mayHappen(Fault.SLOW_WRITER, scope)) {
                State before = slow ? spent(state, Fault.SLOW_WRITER) : state;
                String name = "the intent of writer " + (w + 1) + " runs out";
                next.add(() -> name, before.with(before.shared().with(Records.runOut(intent, token))));
            }
        }
    }

    private void feed(State state, int n, Successors next) {
        Node node = state.node(n);
        int version = node.nextMessage();
        if (version > 0) {
            State without = state.with(n, node.withFeed(node.feed() & ~(1 << version)));
            next.add(name(n, "hears of change " + version), nodes.hear(without, n, version));
            if (n == Scope.FAR && state.shared().mayHappen(Fault.LOSS, scope)) {
                next.add(name(n, "never hears of change " + version), spent(without, Fault.LOSS));
                next.add(
                        name(n, "loses its subscription, and subscribes anew"),
                        resubscribe(spent(state, Fault.LOSS), n));
            }
            if (n == Scope.FAR && state.shared().mayHappen(Fault.REPEAT, scope)) {
                next.add(
                        name(n, "hears of change " + version + " for the first of two times"),
                        nodes.hear(spent(state, Fault.REPEAT), n, version));
            }
        }
    }

    private State resubscribe(State state, int n) {
        State subscribed = nodes.happen(state.with(n, state.node(n).withFeed(0)), n, new Event.Subscribed());
        return state.node(n).audits() ? subscribed : send(subscribed, n, true);
    }

    private void call(State state, int n, Call call, Successors next) {
        State without = state.with(n, state.node(n).without(call));
        Shared shared = state.shared();
        if (call instanceof Call.LogWanted wanted) {
            Call answer = new Call.LogRead(wanted.after(), shared.logged(wanted.after()));
            next.add(name(n, "reads the log"), without.with(n, without.node(n).with(answer)));
            if (shared.mayHappen(Fault.LOSS, scope)) {
                next.add(
                        name(n, "cannot read the log"),
                        nodes.happen(spent(without, Fault.LOSS), n, new Event.LogFailed(wanted.after())));
            }
        } else if (call instanceof Call.LogRead answer) {
            next.add(name(n, "gets changes " + answer.versions() + " from the log"), nodes.hear(without, n, answer));
        } else if (call instanceof Call.StartOverWanted wanted) {
            Shared over = shared.startedOver(wanted.seen(), wanted.above());
            State after = without.with(over);
            next.add(
                    name(n, "starts the partition over at " + over.head()),
                    after.with(n, after.node(n).with(new Call.StartedOver(over.head()))));
        } else if (call instanceof Call.StartedOver over) {
            next.add(
                    name(n, "learns of the new head " + over.head()),
                    nodes.happen(without, n, new Event.StartedOver(over.head())));
        } else if (call instanceof Call.HeadRead read) {
            next.add(name(n, "learns of head " + read.head()), learn(without, n, read));
        } else {
            next.add(name(n, "subscribes anew"), resubscribe(without, n));
        }
    }

    private State learn(State state, int n, Call.HeadRead read) {
        State after = nodes.happen(state, n, new Event.HeadRead(read.head()));
        return scope.has(Guard.FRESHNESS) ? after : after.with(n, after.node(n).freshAsOf(read.row()));
    }

    private void audit(State state, int n, Successors next) {
        if (n == Scope.FAR && !state.node(n).audits() && state.shared().mayHappen(Fault.AUDIT, scope)) {
            next.add(name(n, "sends an audit"), send(spent(state, Fault.AUDIT), n, false));
        }
    }

    /** Begins an audit, and has the head read. */
    private State send(State state, int n, boolean eager) {
        int row = Invariants.told(state, records);
        State sent = nodes.happen(state, n, new Event.AuditSent(row, eager));
        return sent.with(n, sent.node(n).with(new Call.HeadRead(sent.shared().head(), row)));
    }

    private static State spent(State state, Fault fault) {
        return state.with(state.shared().happened(fault));
    }

    private static Supplier<String> name(int n, String what) {
        return () -> "node " + (n + 1) + " " + what;
    }
}
