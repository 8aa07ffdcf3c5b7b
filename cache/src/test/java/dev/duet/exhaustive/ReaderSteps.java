package dev.duet.exhaustive;

import dev.duet.exhaustive.Near.Copy;
import dev.duet.exhaustive.Reader.Step;
import dev.duet.exhaustive.Records.Done;
import dev.duet.exhaustive.Scope.ReaderRole;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Operation.Fill;
import dev.duet.store.Reading;
import dev.duet.store.WriteReply;
import java.util.ArrayList;
import java.util.List;

/**
 * What readers do, step by step in the order of the read path: look up, join a flight or start one, take a ticket, ask the
 * store, load under a lease or without one, fill the store, fill the near cache, return.
 */
final class ReaderSteps {

    private final Scope scope;
    private final Records records;
    private final Nodes nodes;
    /** For each reader the operations of each of its reads, by how many it has left. */
    private final List<List<Operations>> operations = new ArrayList<>();

    ReaderSteps(Scope scope, Records records, Nodes nodes) {
        this.scope = scope;
        this.records = records;
        this.nodes = nodes;
        for (int r = 0; r < scope.readers().size(); r++) {
            List<Operations> reads = new ArrayList<>();
            for (int left = 0; left <= role(r).reads(); left++) {
                reads.add(new Operations("r" + r + "-" + left));
            }
            operations.add(reads);
        }
    }

    void from(State state, Successors next) {
        for (int r = 0; r < state.readers(); r++) {
            step(state, r, next);
        }
    }

    private void step(State state, int r, Successors next) {
        Reader reader = state.reader(r);
        switch (reader.step()) {
            case IDLE -> {
                if (reader.left() > 0) {
                    lookUp(state, r, next);
                }
            }
            case MISSED -> join(state, r, next);
            case ASKING -> {
                if (role(r).peeks()) {
                    read(state, r, next);
                } else {
                    lease(state, r, next);
                }
            }
            case LOADING -> load(state, r, next);
            case LOADING_ALONE -> {
                int row = state.shared().database();
                next.add(() -> name(r) + "loads " + row, state.with(r, reader.returning(row)));
            }
            case FILLING -> fill(state, r, next);
            case FILLING_NEAR ->
                next.add(
                        () -> name(r) + "fills the near cache",
                        nodes.fill(state, role(r).node(), reader.ticket(), new Copy(reader.value(), reader.version()))
                                .with(r, reader.returning(reader.value())));
            case RETURNING -> next.add(() -> name(r) + "returns " + reader.value(), land(state, r, true));
            case JOINED -> {
                // waits for its leader
            }
        }
    }

    private void lookUp(State state, int r, Successors next) {
        int node = role(r).node();
        Copy copy = nodes.lookup(state, node);
        Reader begun = state.reader(r).missed(completed(state, node));
        if (copy == null) {
            next.add(() -> name(r) + "misses near", state.with(r, begun));
        } else {
            next.add(() -> name(r) + "hits near " + copy, state.with(r, begun.returning(copy.value())));
        }
    }

    /** Joins a flight; or starts one, looks near once more and takes a ticket. */
    private void join(State state, int r, Successors next) {
        Reader reader = state.reader(r);
        int n = role(r).node();
        if (role(r).peeks()) {
            next.add(() -> name(r) + "takes a ticket", state.with(r, reader.ticketed()));
            return;
        }
        int leader = state.node(n).flight();
        Copy copy = nodes.lookup(state, n);
        if (leader != Node.NONE) {
            next.add(() -> name(r) + "joins the flight of " + name(leader), state.with(r, reader.joined(leader)));
        } else if (copy != null) {
            next.add(
                    () -> name(r) + "starts a flight and hits near " + copy,
                    state.with(r, reader.returning(copy.value()))
                            .with(n, state.node(n).withFlight(r)));
        } else {
            next.add(
                    () -> name(r) + "starts a flight and takes a ticket",
                    state.with(r, reader.ticketed()).with(n, state.node(n).withFlight(r)));
        }
    }

    private void lease(State state, int r, Successors next) {
        Reader reader = state.reader(r);
        Done<LeaseReply> done = records.execute(state, operations(r, reader).lease);
        if (done.reply() instanceof LeaseReply.Granted granted) {
            next.add(() -> name(r) + "gets the lease", done.state().with(r, reader.leased((int) granted.head())));
            return;
        }
        Reading found = ((LeaseReply.Refused) done.reply()).reading();
        if (found instanceof Reading.Loading) {
            next.add(() -> name(r) + "waits for a loader, and takes another ticket", state.with(r, reader.ticketed()));
            next.add(() -> name(r) + "waits no longer", state.with(r, reader.at(Step.LOADING_ALONE)));
        } else if (!took(state, r, found, next)) {
            next.add(() -> name(r) + "finds writers, and no value", state.with(r, reader.at(Step.LOADING_ALONE)));
        }
    }

    private void read(State state, int r, Successors next) {
        Reading found = records.execute(state, new Operation.Read()).reply();
        if (!took(state, r, found, next)) {
            next.add(() -> name(r) + "finds no value, and returns none", land(state, r, false));
        }
    }

    private boolean took(State state, int r, Reading found, Successors next) {
        Reader reader = state.reader(r);
        if (found instanceof Reading.Hit hit) {
            int row = Records.row(hit.payload());
            next.add(() -> name(r) + "finds " + row, state.with(r, reader.keeping(row, (int) hit.head())));
            return true;
        }
        if (found instanceof Reading.Writing writing && writing.old() != null) {
            int row = Records.row(writing.old().payload());
            next.add(() -> name(r) + "finds writers, and the old " + row, state.with(r, reader.returning(row)));
            return true;
        }
        return false;
    }

    private void load(State state, int r, Successors next) {
        Reader reader = state.reader(r);
        int row = state.shared().database();
        next.add(() -> name(r) + "loads " + row, state.with(r, reader.loaded(row)));
        if (state.shared().mayHappen(Fault.CRASH, scope)) {
            State crashed = state.with(state.shared().happened(Fault.CRASH));
            next.add(() -> name(r) + "dies, and leaves its lease", land(crashed, r, false));
            Done<Boolean> released = records.execute(crashed, operations(r, reader).release);
            next.add(() -> name(r) + "cannot load, and releases its lease", land(released.state(), r, false));
        }
    }

    private void fill(State state, int r, Successors next) {
        Reader reader = state.reader(r);
        Fill fill = operations(r, reader).fill(reader.version(), reader.value());
        Done<WriteReply> done = records.execute(state, fill);
        if (done.reply().stored()) {
            int version = (int) done.reply().version();
            next.add(
                    () -> name(r) + "fills the store with " + reader.value() + " at " + version,
                    done.state().with(r, reader.keeping(reader.value(), version)));
        } else {
            next.add(() -> name(r) + "is refused the fill", done.state().with(r, reader.returning(reader.value())));
        }
    }

    /** Ends a read and its flight; those who have joined it get its value, or end with it. */
    private State land(State state, int r, boolean withValue) {
        Reader reader = state.reader(r);
        int n = role(r).node();
        State after = state.with(r, reader.ended());
        if (state.node(n).flight() == r) {
            after = after.with(n, state.node(n).withFlight(Node.NONE));
        }
        for (int other = 0; other < state.readers(); other++) {
            Reader joined = state.reader(other);
            if (joined.step() == Step.JOINED && joined.leader() == r) {
                after = after.with(other, withValue ? joined.returning(reader.value()) : joined.ended());
            }
        }
        return after;
    }

    /** The newest row whose write has returned on the node. */
    private int completed(State state, int node) {
        int newest = 0;
        for (int w = 0; w < state.writers(); w++) {
            Writer writer = state.writer(w);
            if (scope.writers().get(w).node() == node && writer.step() == Writer.Step.DONE) {
                newest = Math.max(newest, writer.row());
            }
        }
        return newest;
    }

    private ReaderRole role(int r) {
        return scope.readers().get(r);
    }

    private Operations operations(int r, Reader reader) {
        return operations.get(r).get(reader.left());
    }

    private String name(int r) {
        return "reader " + (r + 1) + " on node " + (role(r).node() + 1) + ": ";
    }
}
