package dev.duet.exhaustive;

import dev.duet.exhaustive.Near.Copy;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Value;
import org.jspecify.annotations.Nullable;

/**
 * What holds in every state.
 *
 * <ul>
 *   <li>OWN WRITES: a read on a node returns nothing older than the writes that had returned there before it began.
 *   <li>NO RESIDUE: once the writers are done or dead, and their intents have run out, the store holds nothing or what the
 *       database holds; and so does each near cache, once its node has heard of all changes.
 *   <li>FRESH: a node that was proven fresh by an audit serves nothing older than what the store had been told of when that
 *       audit was sent.
 * </ul>
 */
final class Invariants {

    private final Records records;
    private final Nodes nodes;

    Invariants(Records records, Nodes nodes) {
        this.records = records;
        this.nodes = nodes;
    }

    /** Which of them a state breaks and how, or null. */
    @Nullable
    String broken(State state) {
        for (int r = 0; r < state.readers(); r++) {
            Reader reader = state.reader(r);
            if (reader.step() == Reader.Step.RETURNING && reader.value() < reader.floor()) {
                return "OWN WRITES: reader " + (r + 1) + " returns " + reader.value() + " after a write of "
                        + reader.floor() + " has returned";
            }
        }
        int database = state.shared().database();
        boolean settled = isSettled(state, records);
        if (settled
                && records.live(state.shared()) instanceof Value value
                && Records.row(value.payload()) != database) {
            return "NO RESIDUE: the store keeps " + Records.row(value.payload()) + ", the database has " + database;
        }
        for (int n = 0; n < Scope.NODES; n++) {
            Copy copy = nodes.lookup(state, n);
            if (copy == null) {
                continue;
            }
            if (settled
                    && copy.value() != database
                    && state.node(n).isCaughtUp(state.shared().head())) {
                return "NO RESIDUE: node " + (n + 1) + " keeps " + copy.value() + ", the database has " + database;
            }
            if (copy.value() < state.node(n).fresh()) {
                return "FRESH: node " + (n + 1) + " serves " + copy.value() + ", and was proven to be as new as "
                        + state.node(n).fresh();
            }
        }
        return null;
    }

    /** The newest version of the row that nodes which act on all changes serve no older than. */
    static int told(State state, Records records) {
        if (isSettled(state, records)) {
            return state.shared().database();
        }
        int newest = 0;
        for (int w = 0; w < state.writers(); w++) {
            newest = Math.max(newest, state.writer(w).told());
        }
        return newest;
    }

    private static boolean isSettled(State state, Records records) {
        StoredRecord live = records.live(state.shared());
        for (int w = 0; w < state.writers(); w++) {
            if (!state.writer(w).isOver()) {
                return false;
            }
        }
        return !(live instanceof Intent);
    }
}
