package dev.duet.exhaustive;

import dev.duet.exhaustive.Following.Effect;
import dev.duet.exhaustive.Following.Event;
import dev.duet.exhaustive.Following.Machine;
import dev.duet.store.Change;
import dev.duet.sync.Follower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The followers: has each event happen to a real {@link Follower} that was brought into the state in question by what led
 * to it. As what comes of it depends on the state and the event alone, each is tried once and remembered.
 */
final class Followers {

    private static final int MOST_HELD = 2;

    private final Map<Case, Transition> known = new HashMap<>();

    private record Case(Following before, Event event) {}

    /** What came of an event. */
    record Transition(Following after, List<Effect> effects) {}

    /** A follower that has subscribed, and seen the head. */
    Following start(int head) {
        Following nothing = new Following("", List.of());
        Following subscribed = on(nothing, new Event.Subscribed()).after();
        Following asked = on(subscribed, new Event.AuditSent(0, true)).after();
        return on(asked, new Event.HeadRead(head)).after();
    }

    Transition on(Following before, Event event) {
        return known.computeIfAbsent(new Case(before, event), Followers::happen);
    }

    private static Transition happen(Case what) {
        Recorder recorder = new Recorder();
        Machine machine = new Machine(new Follower(1, MOST_HELD, recorder));
        what.before.history().forEach(event -> event.happenTo(machine));
        recorder.effects.clear();
        what.event.happenTo(machine);
        List<Event> history = new ArrayList<>(what.before.history());
        history.add(what.event);
        return new Transition(
                new Following(machine.description(), List.copyOf(history)), List.copyOf(recorder.effects));
    }

    private static final class Recorder implements Follower.Effects {
        final List<Effect> effects = new ArrayList<>();

        @Override
        public void apply(Change change) {
            effects.add(new Effect.Apply(change));
        }

        @Override
        public void raiseFloor(int partition, long version) {
            effects.add(new Effect.RaiseFloor(version));
        }

        @Override
        public void replay(int partition, long after) {
            effects.add(new Effect.Replay(after));
        }

        @Override
        public void startOver(int partition, long seen, long above) {
            effects.add(new Effect.StartOver(seen, above));
        }

        @Override
        public void resubscribe() {
            effects.add(new Effect.Resubscribe());
        }

        @Override
        public void fresh(long sentAt) {
            effects.add(new Effect.Fresh(sentAt));
        }
    }
}
