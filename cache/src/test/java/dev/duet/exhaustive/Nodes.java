package dev.duet.exhaustive;

import dev.duet.exhaustive.Following.Effect;
import dev.duet.exhaustive.Following.Event;
import dev.duet.exhaustive.Near.Copy;
import dev.duet.exhaustive.NearCaches.Result;
import dev.duet.exhaustive.Node.Call;
import dev.duet.exhaustive.Shared.About;
import dev.duet.store.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes: what each does to its near cache, its tickets and its flight when it writes, reads or hears of a change. */
final class Nodes {

    private static final String KEY = "456";

    private final Scope scope;
    private final NearCaches near;
    private final Followers followers = new Followers();

    Nodes(Scope scope) {
        this.scope = scope;
        this.near = new NearCaches(scope.putsNear());
    }

    /** A node that has seen the head, and holds nothing. */
    Node start(int head) {
        return new Node(new Near(null, head, 0), Node.NONE, followers.start(head), 0, List.of(), head, 0);
    }

    /** The value that a node serves near, or null. */
    @Nullable
    Copy lookup(State state, int n) {
        return near.lookup(state.node(n).near());
    }

    State fill(State state, int n, int ticket, Copy copy) {
        int behind = scope.has(Guard.TICKET) ? ticket : 0;
        return take(state, n, near.fill(state.node(n).near(), behind, copy));
    }

    State replace(State state, int n, int ticket, Copy copy) {
        Near before = state.node(n).near();
        return take(
                state,
                n,
                scope.has(Guard.REPLACED) ? near.replace(before, ticket, copy) : near.fill(before, ticket, copy));
    }

    State replaceAnnounced(State state, int n, int ticket, Copy copy) {
        int behind = scope.has(Guard.OWN_TICKET) ? ticket : 0;
        return take(state, n, near.replaceAnnounced(state.node(n).near(), behind, copy));
    }

    /** Drops a node's own copy. */
    State drop(State state, int n) {
        return scope.has(Guard.OWN_COPY_DROPPED)
                ? take(state, n, near.drop(state.node(n).near()))
                : state;
    }

    State evict(State state, int n) {
        return state.with(n, state.node(n).with(near.evict(state.node(n).near())));
    }

    /** Lets nobody join the flight of the key. */
    State detach(State state, int n) {
        return scope.has(Guard.FLIGHT_DETACHED) ? state.with(n, state.node(n).withFlight(Node.NONE)) : state;
    }

    State raiseFloor(State state, int n, int version) {
        return scope.has(Guard.NEAR_FLOOR)
                ? take(state, n, near.raiseFloor(state.node(n).near(), version))
                : state;
    }

    /** A message comes to a node. */
    State hear(State state, int n, int version) {
        State after = state;
        if (!scope.has(Guard.NUMBERING)) {
            for (int missed = state.node(n).acted() + 1; missed < version; missed++) {
                after = happen(after, n, new Event.Heard(change(missed, About.OTHER_KEY)));
            }
        }
        return happen(after, n, new Event.Heard(change(version, state.shared().about(version))));
    }

    /** The log answers a node. */
    State hear(State state, int n, Call.LogRead answer) {
        List<Change> changes = answer.versions().stream()
                .map(version -> change(version, state.shared().about(version)))
                .toList();
        return happen(state, n, new Event.LogRead(answer.after(), changes));
    }

    /** Something happens to a node's follower, and the node does what it calls for. */
    State happen(State state, int n, Event event) {
        Followers.Transition transition = followers.on(state.node(n).following(), event);
        State after = state.with(n, state.node(n).with(transition.after()));
        for (Effect effect : transition.effects()) {
            after = carryOut(after, n, effect);
        }
        return after;
    }

    private State carryOut(State state, int n, Effect effect) {
        if (effect instanceof Effect.Apply apply) {
            return apply(state, n, apply.change());
        }
        Node node = state.node(n);
        if (effect instanceof Effect.RaiseFloor raise) {
            int floor = (int) raise.version();
            return detach(raiseFloor(state.with(n, node.actedUpTo(floor)), n, floor), n);
        }
        if (effect instanceof Effect.Replay replay) {
            return state.with(n, node.with(new Call.LogWanted(replay.after())));
        }
        if (effect instanceof Effect.StartOver over) {
            return state.with(n, node.with(new Call.StartOverWanted(over.seen(), over.above())));
        }
        if (effect instanceof Effect.Fresh fresh) {
            return state.with(n, node.freshAsOf((int) fresh.row()));
        }
        return state.with(n, node.with(new Call.SubscriptionWanted()));
    }

    /** As the node's cache acts on a change. */
    private State apply(State state, int n, Change change) {
        int version = (int) change.version();
        State after = state.with(n, state.node(n).actedUpTo(version));
        if (change.key() == null) {
            return detach(raiseFloor(after, n, version), n);
        }
        return change.key().equals(KEY)
                ? detach(take(after, n, near.invalidate(after.node(n).near(), version)), n)
                : after;
    }

    private static Change change(int version, About about) {
        String key = switch (about) {
            case KEY -> KEY;
            case WHOLE_CACHE -> null;
            case OTHER_KEY, NOTHING -> "other";
        };
        return new Change(0, version, "users", key, "node");
    }

    /** Takes over what became of a near cache, and of the tickets that its node has given out. */
    private State take(State state, int n, Result result) {
        State after = state.with(n, state.node(n).with(result.near()));
        if (result.invalidations() == 0) {
            return after;
        }
        for (int r = 0; r < state.readers(); r++) {
            if (scope.readers().get(r).node() == n) {
                after = after.with(r, after.reader(r).invalidated(result.invalidations()));
            }
        }
        for (int w = 0; w < state.writers(); w++) {
            if (scope.writers().get(w).node() == n) {
                after = after.with(w, after.writer(w).invalidated(result.invalidations()));
            }
        }
        return after;
    }
}
