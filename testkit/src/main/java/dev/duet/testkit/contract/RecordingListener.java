package dev.duet.testkit.contract;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that keeps all it hears. Thread-safe. */
public class RecordingListener implements ChangeListener {

    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final List<String> unreadable = new CopyOnWriteArrayList<>();
    private final List<String> hints = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean overlapped;

    /** Hears nothing yet. */
    public RecordingListener() {}

    @Override
    public void onChange(Change change) {
        alone(() -> {
            changes.add(change);
            events.add("change");
        });
    }

    @Override
    public void onHint(String cache, String key) {
        alone(() -> {
            hints.add(cache + ':' + key);
            events.add("hint");
        });
    }

    @Override
    public void onUnreadable(String description) {
        alone(() -> {
            unreadable.add(description);
            events.add("unreadable");
        });
    }

    @Override
    public void onSubscribed() {
        alone(() -> events.add("subscribed"));
    }

    @Override
    public void onLost() {
        alone(() -> events.add("lost"));
    }

    /** The changes that were heard, in order. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** The hints that were heard, in order, each as {@code cache:key}. */
    public List<String> hints() {
        return List.copyOf(hints);
    }

    /** What could not be read. */
    public List<String> unreadable() {
        return List.copyOf(unreadable);
    }

    /** The calls in order: {@code subscribed}, {@code lost}, {@code change}, {@code hint} or {@code unreadable}. */
    public List<String> events() {
        return List.copyOf(events);
    }

    /** Whether two calls were under way at once. */
    public boolean overlapped() {
        return overlapped;
    }

    private void alone(Runnable call) {
        overlapped |= inside.incrementAndGet() > 1;
        call.run();
        inside.decrementAndGet();
    }
}
