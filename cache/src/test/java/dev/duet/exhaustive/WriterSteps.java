package dev.duet.exhaustive;

import dev.duet.exhaustive.Near.Copy;
import dev.duet.exhaustive.Records.Done;
import dev.duet.exhaustive.Scope.WriterRole;
import dev.duet.exhaustive.Writer.Renewal;
import dev.duet.exhaustive.Writer.Step;
import dev.duet.store.Operation;
import dev.duet.store.Window;
import dev.duet.store.WriteReply;
import java.util.ArrayList;
import java.util.List;

/**
 * What writers do, step by step in the order of the write path: announce, commit, tell the store, drop what is near, detach
 * the flight, return.
 */
final class WriterSteps {

    private static final Window CLOSED = new Window(Records.NOW + 1, Records.NOW + 1);

    private final Scope scope;
    private final Records records;
    private final Nodes nodes;
    private final List<Operations> operations = new ArrayList<>();

    WriterSteps(Scope scope, Records records, Nodes nodes) {
        this.scope = scope;
        this.records = records;
        this.nodes = nodes;
        for (int w = 0; w < scope.writers().size(); w++) {
            operations.add(new Operations(token(w)));
        }
    }

    /** The token of a writer. */
    static String token(int w) {
        return "w" + w;
    }

    void from(State state, Successors next) {
        for (int w = 0; w < state.writers(); w++) {
            step(state, w, next);
            crash(state, w, next);
            if (role(w).kind().announces()) {
                renew(state, w, next);
            }
            if (state.writer(w).renewal() == Renewal.PUT_ON_ITS_WAY) {
                arrive(state, w, next);
            }
        }
    }

    private void step(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        boolean announces = role(w).kind().announces();
        switch (writer.step()) {
            case IDLE -> {
                if (isHisTurn(state, w) && announces) {
                    next.add(() -> name(w) + "begins", begin(state, w));
                } else if (isHisTurn(state, w)) {
                    commit(state, w, next);
                }
            }
            case BEGUN ->
                next.add(
                        () -> name(w) + "drops what is near, and detaches the flight",
                        nodes.detach(nodes.drop(state, role(w).node()), role(w).node())
                                .with(w, writer.at(Step.READY)));
            case READY -> commit(state, w, next);
            case COMMITTED -> {
                if (role(w).kind() == WriterKind.UPDATE) {
                    complete(state, w, next);
                } else {
                    tell(state, w, next);
                }
            }
            case TICKETED -> {
                if (announces) {
                    completeWithValue(state, w, next);
                } else {
                    put(state, w, next);
                }
            }
            case COMPLETED -> clear(state, w, next);
            case CLEARED -> clearRest(state, w, next);
            case DONE, CRASHED -> {
                // nothing is left to do
            }
        }
    }

    /** A value that is put unannounced says what the row is, so an application that does so has to keep its writers apart. */
    private boolean isHisTurn(State state, int w) {
        return !scope.putsNear() || w == 0 || state.writer(w - 1).told() > 0;
    }

    private State begin(State state, int w) {
        Done<Long> done = records.execute(state, operations.get(w).begin);
        boolean leavesValue = role(w).kind() == WriterKind.WRITE_THROUGH;
        int version = leavesValue ? done.reply().intValue() : 0;
        return done.state().with(w, state.writer(w).begun(version));
    }

    private void commit(State state, int w, Successors next) {
        Shared committed = state.shared().committed();
        int row = committed.database();
        next.add(
                () -> name(w) + "commits " + row,
                state.with(committed).with(w, state.writer(w).committed(row)));
    }

    private void complete(State state, int w, Successors next) {
        next.add(
                () -> name(w) + "completes",
                records.execute(state, operations.get(w).completeWithNothing)
                        .state()
                        .with(w, state.writer(w).at(Step.COMPLETED)));
    }

    private void completeWithValue(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        Done<WriteReply> done = records.execute(state, operations.get(w).complete(writer.version(), writer.row()));
        WriteReply reply = done.reply();
        next.add(
                () -> name(w) + "completes with " + writer.row(),
                done.state().with(w, writer.stored(reply.stored() ? (int) reply.version() : 0)));
    }

    private void tell(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        switch (role(w).kind()) {
            case INVALIDATE ->
                next.add(
                        () -> name(w) + "invalidates",
                        records.execute(state, new Operation.Invalidate())
                                .state()
                                .with(w, writer.at(Step.COMPLETED)));
            case INVALIDATE_ALL -> {
                State after = records.invalidateAll(state);
                next.add(
                        () -> name(w) + "invalidates the whole cache",
                        after.with(w, writer.stored(after.shared().floor())));
            }
            default -> next.add(() -> name(w) + "takes a ticket", state.with(w, writer.ticketed()));
        }
    }

    private void put(State state, int w, Successors next) {
        giveUp(state, w, next);
        Writer writer = state.writer(w);
        Done<WriteReply> done = records.execute(state, new Operation.Put(Records.content(writer.row())));
        WriteReply reply = done.reply();
        next.add(
                () -> name(w) + "puts",
                done.state().with(w, writer.stored(reply.stored() ? (int) reply.version() : 0)));
    }

    /** What its writer does not wait for any more: it was told that the outcome is not known, and invalidates. */
    private void giveUp(State state, int w, Successors next) {
        if (state.shared().mayHappen(Fault.LATE_PUT, scope)) {
            State before = state.with(state.shared().happened(Fault.LATE_PUT));
            next.add(
                    () -> name(w) + "gives up its put, and invalidates",
                    records.execute(before, new Operation.Invalidate())
                            .state()
                            .with(w, state.writer(w).stored(0).with(Renewal.PUT_ON_ITS_WAY)));
        }
    }

    /** The put arrives after all, when its window has closed. */
    private void arrive(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        Window window = scope.has(Guard.WINDOW) ? CLOSED : Window.ALWAYS;
        next.add(
                () -> name(w) + "has its put arrive",
                records.execute(state, new Operation.Put(Records.content(writer.row()), window))
                        .state()
                        .with(w, writer.with(Renewal.OVER)));
    }

    /** The first of the two halves of dropping what is near. */
    private void clear(State state, int w, Successors next) {
        int n = role(w).node();
        State marked = state.with(w, state.writer(w).at(Step.CLEARED));
        if (scope.has(Guard.DROPPED_BEFORE_DETACHED)) {
            next.add(() -> name(w) + "drops what is near", dropNear(marked, w));
        } else {
            next.add(() -> name(w) + "detaches the flight", nodes.detach(marked, n));
        }
    }

    /** The second half. */
    private void clearRest(State state, int w, Successors next) {
        int n = role(w).node();
        Writer done = state.writer(w).done();
        if (scope.has(Guard.DROPPED_BEFORE_DETACHED)) {
            next.add(
                    () -> name(w) + "detaches the flight, and returns",
                    nodes.detach(state, n).with(w, done));
        } else {
            next.add(
                    () -> name(w) + "drops what is near, and returns",
                    dropNear(state, w).with(w, done));
        }
    }

    private State dropNear(State state, int w) {
        Writer writer = state.writer(w);
        int n = role(w).node();
        return switch (role(w).kind()) {
            case INVALIDATE_ALL -> nodes.raiseFloor(state, n, writer.version());
            case PUT ->
                writer.version() > 0
                        ? nodes.replace(state, n, writer.ticket(), new Copy(writer.row(), writer.version()))
                        : nodes.drop(state, n);
            case WRITE_THROUGH ->
                writer.version() > 0
                        ? nodes.replaceAnnounced(state, n, writer.ticket(), new Copy(writer.row(), writer.version()))
                        : nodes.drop(state, n);
            default -> nodes.drop(state, n);
        };
    }

    private void crash(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        if (writer.isWorking() && state.shared().mayHappen(Fault.CRASH, scope)) {
            next.add(
                    () -> name(w) + "dies",
                    state.with(state.shared().happened(Fault.CRASH)).with(w, writer.at(Step.CRASHED)));
        }
    }

    /** Renews an intent; one that is gone is announced anew, some time later, maybe when the write is over. */
    private void renew(State state, int w, Successors next) {
        Writer writer = state.writer(w);
        if (writer.renewal() == Renewal.ANNOUNCES_ANEW) {
            boolean guarded = scope.has(Guard.AGAIN);
            Done<Long> done = records.execute(state, guarded ? operations.get(w).beginAgain : operations.get(w).begin);
            Writer after = writer.with(Renewal.OVER);
            next.add(
                    () -> name(w) + "announces itself again",
                    done.state()
                            .with(w, guarded ? after : after.takes(done.reply().intValue())));
        } else if (writer.renewal() == Renewal.NONE && writer.isWorking() && scope.times(Fault.SLOW_WRITER) > 0) {
            Done<Boolean> done = records.execute(state, operations.get(w).renew);
            if (!done.reply()) {
                next.add(
                        () -> name(w) + "finds that its intent is gone",
                        done.state().with(w, writer.with(Renewal.ANNOUNCES_ANEW)));
            }
        }
    }

    private WriterRole role(int w) {
        return scope.writers().get(w);
    }

    private String name(int w) {
        return "writer " + (w + 1) + " on node " + (role(w).node() + 1) + ": ";
    }
}
