package dev.duet.sync;

import dev.duet.store.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a follower hands on, one line for each call. Thread-safe. */
final class RecordedHandler implements ChangeHandler {

    private final List<String> calls = new ArrayList<>();
    /** Thrown instead of applying a change, unless null. */
    volatile @Nullable RuntimeException failure;

    /** What was called since this was asked last. */
    synchronized List<String> taken() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private synchronized void add(String call) {
        calls.add(call);
    }

    @Override
    public void apply(Change change) {
        if (failure != null) {
            throw failure;
        }
        add("apply " + change.partition() + " " + change.version());
    }

    @Override
    public void raiseFloor(int partition, long version) {
        add("floor " + partition + " " + version);
    }

    @Override
    public void hinted(String cache, String key) {
        add("hinted " + cache + " " + key);
    }

    @Override
    public void fresh(long sentAt) {
        add("fresh " + sentAt);
    }

    @Override
    public void audited(@Nullable Throwable problem) {
        add(problem == null ? "audited" : "audit failed: " + problem.getMessage());
    }
}
