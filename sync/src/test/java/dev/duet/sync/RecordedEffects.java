package dev.duet.sync;

import dev.duet.store.Change;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a follower calls for, one line for each call. */
final class RecordedEffects implements Follower.Effects {

    /** The highest version kept near, in every partition. */
    long kept;

    private final List<String> calls = new ArrayList<>();

    /** What was called for since this was asked last. */
    List<String> taken() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    @Override
    public void apply(Change change) {
        calls.add("apply " + change.partition() + " " + change.version());
    }

    @Override
    public void raiseFloor(int partition, long version) {
        calls.add("floor " + partition + " " + version);
    }

    @Override
    public long highestKept(int partition) {
        return kept;
    }

    @Override
    public void replay(int partition, long after) {
        calls.add("replay " + partition + " after " + after);
    }

    @Override
    public void startOver(int partition, long seen, long above) {
        calls.add("start " + partition + " over, seen " + seen + " above " + above);
    }

    @Override
    public void resubscribe() {
        calls.add("resubscribe");
    }

    @Override
    public void fresh(long sentAt) {
        calls.add("fresh " + sentAt);
    }
}
