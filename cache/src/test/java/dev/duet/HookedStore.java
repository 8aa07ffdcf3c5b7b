package dev.duet;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import dev.duet.store.StoreFullException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One node's way to a shared store, on which a test can act between a request and its reply, and hold messages back. */
final class HookedStore implements Store {

    private final Store store;
    private final List<Hook> hooks = new ArrayList<>();
    private final List<Change> held = new ArrayList<>();
    private final List<Operation<?>> operations = new ArrayList<>();
    private final List<List<Operation<?>>> roundTrips = new ArrayList<>();
    private @Nullable ChangeListener listener;
    private Predicate<Operation<?>> failing = operation -> false;
    private Predicate<Operation<?>> refused = operation -> false;
    private @Nullable StoreUnavailableException refusal;
    private boolean holding;
    private Namespace.@Nullable Durability durability;
    private boolean down;
    private boolean silent;
    private boolean losing;
    private boolean losingHints;
    private long lost;
    private CompletableFuture<Void> heldHeads = CompletableFuture.completedFuture(null);
    private boolean closed;
    private Duration delay = Duration.ZERO;
    private Runnable afterClaim = () -> {};

    HookedStore(Store store) {
        this.store = store;
    }

    /** Runs {@code action} once, when the store has carried out the next operation of a type, and before its reply comes. */
    synchronized void afterNext(Class<? extends Operation<?>> type, Runnable action) {
        hooks.add(new Hook(type::isInstance, action));
    }

    /** Runs {@code action} once, when the store has carried out the next claim, and before its reply comes. */
    synchronized void afterNextClaim(Runnable action) {
        afterClaim = action;
    }

    private synchronized Runnable takeAfterClaim() {
        Runnable action = afterClaim;
        afterClaim = () -> {};
        return action;
    }

    /** Lets the next operation fail of which {@code which} is true. */
    synchronized void failNext(Predicate<Operation<?>> which) {
        failing = which;
    }

    /** Refuses operations from now on for that reason; an invalidation of a whole cache if it refuses that of a key. */
    synchronized void refuse(Predicate<Operation<?>> which, StoreUnavailableException why) {
        refused = which;
        refusal = why;
    }

    /** Refuses whatever needs room, as a store does that is full. */
    void full() {
        refuse(
                operation -> operation instanceof Operation.Lease
                        || operation instanceof Operation.Refresh
                        || operation instanceof Operation.Fill
                        || operation instanceof Operation.Put
                        || operation instanceof PendingOperation.Enqueue,
                new StoreFullException("no room", null, null, null));
    }

    /** Refuses nothing any more. */
    void accept() {
        refuse(operation -> false, new StoreUnavailableException("nothing", null));
    }

    private synchronized @Nullable StoreUnavailableException refusalOf(Operation<?> operation) {
        return refused.test(operation) ? refusal : null;
    }

    private synchronized boolean fails(Operation<?> operation) {
        if (!failing.test(operation)) {
            return false;
        }
        failing = other -> false;
        return true;
    }

    /** Keeps the messages of the feed from the node from now on. */
    synchronized void holdFeed() {
        holding = true;
    }

    /** Loses the hints from now on that a load has ended. */
    synchronized void loseHints() {
        losingHints = true;
    }

    private synchronized boolean isLosingHints() {
        return losingHints;
    }

    /** The messages that were kept from the node. */
    synchronized List<Change> held() {
        return List.copyOf(held);
    }

    /** Gives the node a message. */
    void deliver(Change change) {
        ChangeListener to;
        synchronized (this) {
            to = listener;
        }
        if (to != null) {
            to.onChange(change);
        }
    }

    /** Ends the feed and lets it stand again, with whatever was changed in between unheard. */
    void reconnect() {
        ChangeListener to;
        synchronized (this) {
            holding = false;
            held.clear();
            to = listener;
        }
        if (to != null) {
            to.onLost();
            to.onSubscribed();
        }
    }

    /** Lets every call of the store fail, or lets them succeed again. */
    synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** Says this of the store's durability from now on. */
    synchronized void durability(Namespace.Durability newDurability) {
        durability = newDurability;
    }

    private synchronized CompletionStage<Namespace.Durability> durability(Namespace namespace) {
        return durability == null ? namespace.durability() : CompletableFuture.completedFuture(durability);
    }

    /** Lets the next look at the heads see them so much lower, once, as if the store had lost changes. */
    synchronized void goBack(long by) {
        lost = by;
    }

    private synchronized long lost() {
        long now = lost;
        lost = 0;
        return now;
    }

    /** Keeps the answers to looks at the heads from the node. */
    synchronized void holdHeads() {
        heldHeads = new CompletableFuture<>();
    }

    private synchronized CompletionStage<Void> heldHeads() {
        return heldHeads;
    }

    /** Gives the node those answers. */
    void deliverHeads() {
        CompletableFuture<Void> now;
        synchronized (this) {
            now = heldHeads;
            heldHeads = CompletableFuture.completedFuture(null);
        }
        now.complete(null);
    }

    /** Lets the store answer nothing, neither well nor badly, or lets it answer again. */
    synchronized void silent(boolean isSilent) {
        silent = isSilent;
    }

    /** Lets operations be carried out and not answered, or answered again. */
    synchronized void loseReplies(boolean isLosing) {
        losing = isLosing;
    }

    synchronized boolean isSilent() {
        return silent || losing;
    }

    private synchronized boolean isLosing() {
        return losing;
    }

    /** Lets every operation reach the store only after a while. */
    synchronized void delay(Duration by) {
        delay = by;
    }

    private synchronized Duration delay() {
        return delay;
    }

    /** The operations so far, in order. */
    synchronized List<Operation<?>> operations() {
        return List.copyOf(operations);
    }

    /** The operations so far, in order, with those together that were sent together. */
    synchronized List<List<Operation<?>>> roundTrips() {
        return List.copyOf(roundTrips);
    }

    private synchronized void sent(List<Operation<?>> together) {
        roundTrips.add(together);
    }

    @Override
    public Namespace open(NamespaceConfig config, String node) {
        if (isDown()) {
            throw new StoreUnavailableException("the store is down", null);
        }
        return new HookedNamespace(store.open(config, node));
    }

    @Override
    public String address() {
        return store.address();
    }

    @Override
    public synchronized void close() {
        closed = true;
        store.close();
    }

    /** Whether it was closed. */
    synchronized boolean isClosed() {
        return closed;
    }

    private synchronized @Nullable Runnable hook(Operation<?> operation) {
        for (Hook hook : hooks) {
            if (hook.on.test(operation)) {
                hooks.remove(hook);
                return hook.action;
            }
        }
        return null;
    }

    private synchronized boolean isDown() {
        return down;
    }

    private synchronized void record(Operation<?> operation) {
        operations.add(operation);
    }

    private synchronized void listen(ChangeListener newListener) {
        listener = newListener;
    }

    private synchronized boolean hold(Change change) {
        if (holding) {
            held.add(change);
        }
        return holding;
    }

    private record Hook(Predicate<Operation<?>> on, Runnable action) {}

    private final class HookedNamespace implements Namespace {
        private final Namespace namespace;

        HookedNamespace(Namespace namespace) {
            this.namespace = namespace;
        }

        @Override
        public NamespaceConfig config() {
            return namespace.config();
        }

        @Override
        public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
            sent(List.of(operation));
            return one(key, operation);
        }

        @Override
        public <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
            sent(requests.stream().<Operation<?>>map(Request::operation).toList());
            return requests.stream()
                    .map(request -> one(request.key(), request.operation()))
                    .toList();
        }

        private <R> CompletionStage<R> one(RecordKey key, Operation<R> operation) {
            record(operation);
            if (isLosing()) {
                CompletionStage<R> unused = namespace.execute(key, operation);
            }
            if (isSilent()) {
                return new CompletableFuture<>();
            }
            if (isDown() || fails(operation)) {
                return failed();
            }
            StoreUnavailableException why = refusalOf(operation);
            if (why != null && !(operation instanceof Operation.Lease && isHit(key))) {
                return CompletableFuture.failedFuture(why);
            }
            Duration wait = delay();
            if (!wait.isZero()) {
                return CompletableFuture.supplyAsync(
                                () -> namespace.execute(key, operation),
                                CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS))
                        .thenCompose(reply -> reply);
            }
            CompletionStage<R> reply = namespace.execute(key, operation);
            Runnable action = hook(operation);
            if (action != null) {
                action.run();
            }
            return reply;
        }

        /** Whether a lease is answered with a value, for which there need be no room. */
        private boolean isHit(RecordKey key) {
            return namespace
                            .execute(key, new Operation.Read())
                            .toCompletableFuture()
                            .join()
                    instanceof Reading.Hit;
        }

        @Override
        public CompletionStage<long[]> invalidateAll(String cache) {
            StoreUnavailableException why = refusalOf(new Operation.Invalidate());
            return why == null ? reach(() -> namespace.invalidateAll(cache)) : CompletableFuture.failedFuture(why);
        }

        @Override
        public CompletionStage<long[]> heads() {
            return reach(namespace::heads).thenCombine(heldHeads(), (heads, sent) -> {
                long by = lost();
                return LongStream.of(heads).map(head -> head - by).toArray();
            });
        }

        @Override
        public CompletionStage<Long> startOver(int partition, long seen, long above) {
            return reach(() -> namespace.startOver(partition, seen, above));
        }

        @Override
        public CompletionStage<List<Change>> changesAfter(int partition, long version) {
            return reach(() -> namespace.changesAfter(partition, version));
        }

        @Override
        public CompletionStage<ChangeSubscription> subscribe(ChangeListener newListener) {
            listen(newListener);
            return reach(() -> namespace.subscribe(new ChangeListener() {
                @Override
                public void onChange(Change change) {
                    if (!hold(change)) {
                        newListener.onChange(change);
                    }
                }

                @Override
                public void onHint(String cache, String key) {
                    if (!isLosingHints()) {
                        newListener.onHint(cache, key);
                    }
                }

                @Override
                public void onLoadFailed(String cache, String key) {
                    if (!isLosingHints()) {
                        newListener.onLoadFailed(cache, key);
                    }
                }

                @Override
                public void onUnreadable(String description) {
                    newListener.onUnreadable(description);
                }

                @Override
                public void onSubscribed() {
                    newListener.onSubscribed();
                }

                @Override
                public void onLost() {
                    newListener.onLost();
                }
            }));
        }

        @Override
        public Window window(int partition, long patience) {
            return namespace.window(partition, patience);
        }

        @Override
        public List<CompletionStage<Claim>> claim(
                String cache,
                List<Integer> partitions,
                String flusher,
                long term,
                int most,
                Map<Integer, String> over) {
            List<CompletionStage<Claim>> claims = partitions.stream()
                    .<CompletionStage<Claim>>map(p -> reach(() -> namespace
                            .claim(cache, List.of(p), flusher, term, most, over)
                            .get(0)))
                    .toList();
            takeAfterClaim().run();
            return claims;
        }

        @Override
        public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
            return reach(() -> namespace.parked(cache, most));
        }

        @Override
        public CompletionStage<Durability> durability() {
            return reach(() -> HookedStore.this.durability(namespace));
        }

        @Override
        public void close() {
            namespace.close();
        }

        private <T> CompletionStage<T> reach(Supplier<CompletionStage<T>> call) {
            if (isSilent()) {
                return new CompletableFuture<>();
            }
            return isDown() ? failed() : call.get();
        }

        private <T> CompletionStage<T> failed() {
            return CompletableFuture.failedFuture(new StoreUnavailableException("the store is down", null));
        }
    }
}
