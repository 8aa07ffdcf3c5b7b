package dev.duet.sync;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The part of a namespace that a follower uses, driven by a test: it answers at once, never, or with a failure. */
final class FakeFeed implements Namespace {
    /** How calls of one kind are answered. */
    enum Mode {
        AT_ONCE,
        NEVER,
        FAILING,
        THROWING
    }

    private static final NamespaceConfig CONFIG = new NamespaceConfig("duet", 2);

    final List<String> calls = new ArrayList<>();
    final List<ChangeListener> listeners = new ArrayList<>();
    /** How often the store's clock was looked at. */
    int clockWatches;
    /** Called first in each call. */
    Runnable onCall = () -> {};

    long[] heads = {10, 20};
    List<Change> log = List.of();
    long startedOverAt = 100;
    /** Whether a subscription is acknowledged before its call returns. */
    boolean acknowledges = true;

    boolean closingFails;
    Mode subscribing = Mode.AT_ONCE;
    Mode readingHeads = Mode.AT_ONCE;
    Mode readingTheLog = Mode.AT_ONCE;
    Mode startingOver = Mode.AT_ONCE;
    CompletableFuture<long[]> lastHeads = new CompletableFuture<>();
    CompletableFuture<List<Change>> lastLog = new CompletableFuture<>();
    CompletableFuture<ChangeSubscription> lastSubscription = new CompletableFuture<>();

    /** What was called since this was asked last. */
    List<String> taken() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /** The listener that subscribed last. */
    ChangeListener listener() {
        return listeners.get(listeners.size() - 1);
    }

    /** Messages of partition 0, to the listener that subscribed last. */
    void send(long... versions) {
        for (long version : versions) {
            listener().onChange(FollowerFixture.change(0, version));
        }
    }

    /** The subscription of the listener with this number, from 1. */
    ChangeSubscription subscription(int number) {
        return () -> {
            call("close " + number);
            if (closingFails) {
                throw new IllegalStateException("cannot be closed");
            }
        };
    }

    @Override
    public NamespaceConfig config() {
        return CONFIG;
    }

    @Override
    public CompletionStage<long[]> heads() {
        call("heads");
        lastHeads = answer(readingHeads, () -> heads.clone());
        return lastHeads;
    }

    @Override
    public CompletionStage<List<Change>> changesAfter(int partition, long version) {
        call("changes " + partition + " after " + version);
        lastLog = answer(readingTheLog, () -> log);
        return lastLog;
    }

    @Override
    public CompletionStage<Long> startOver(int partition, long seen, long above) {
        call("start " + partition + " over");
        return answer(startingOver, () -> startedOverAt);
    }

    @Override
    public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
        call("subscribe");
        listeners.add(listener);
        int number = listeners.size();
        if (acknowledges && subscribing == Mode.AT_ONCE) {
            listener.onSubscribed();
        }
        lastSubscription = answer(subscribing, () -> subscription(number));
        return lastSubscription;
    }

    private void call(String call) {
        onCall.run();
        calls.add(call);
    }

    private static <T> CompletableFuture<T> answer(Mode mode, Supplier<T> value) {
        StoreUnavailableException down = new StoreUnavailableException("down", null);
        return switch (mode) {
            case AT_ONCE -> CompletableFuture.completedFuture(value.get());
            case NEVER -> new CompletableFuture<>();
            case FAILING -> CompletableFuture.failedFuture(down);
            case THROWING -> throw down;
        };
    }

    @Override
    public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
        throw new AssertionError("not of the feed");
    }

    @Override
    public CompletionStage<long[]> invalidateAll(String cache) {
        throw new AssertionError("not of the feed");
    }

    @Override
    public CompletionStage<?> watchClock() {
        clockWatches++;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Window window(int partition, long patience) {
        throw new AssertionError("not of the feed");
    }

    @Override
    public List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over) {
        throw new AssertionError("not of the feed");
    }

    @Override
    public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
        throw new AssertionError("not of the feed");
    }

    @Override
    public CompletionStage<Durability> durability() {
        throw new AssertionError("not of the feed");
    }

    @Override
    public void close() {
        throw new AssertionError("not the follower's to close");
    }
}
