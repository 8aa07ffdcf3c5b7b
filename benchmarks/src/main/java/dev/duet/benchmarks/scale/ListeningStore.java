package dev.duet.benchmarks.scale;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import dev.duet.store.Window;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A store that tells when the node has acted upon a change: on the thread of the feed, right after it. */
record ListeningStore(Store store, Consumer<Change> acted) implements Store {

    @Override
    public Namespace open(NamespaceConfig config, String node) {
        return new ListeningNamespace(store.open(config, node), acted);
    }

    @Override
    public String address() {
        return store.address();
    }

    @Override
    public void close() {
        store.close();
    }

    private record ListeningNamespace(Namespace namespace, Consumer<Change> acted) implements Namespace {

        @Override
        public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
            return namespace.subscribe(new Listener(listener, acted));
        }

        @Override
        public NamespaceConfig config() {
            return namespace.config();
        }

        @Override
        public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
            return namespace.execute(key, operation);
        }

        @Override
        public <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
            return namespace.executeAll(requests);
        }

        @Override
        public CompletionStage<long[]> invalidateAll(String cache) {
            return namespace.invalidateAll(cache);
        }

        @Override
        public CompletionStage<long[]> heads() {
            return namespace.heads();
        }

        @Override
        public CompletionStage<Long> startOver(int partition, long seen, long above) {
            return namespace.startOver(partition, seen, above);
        }

        @Override
        public CompletionStage<List<Change>> changesAfter(int partition, long version) {
            return namespace.changesAfter(partition, version);
        }

        @Override
        public CompletionStage<?> watchClock() {
            return namespace.watchClock();
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
            return namespace.claim(cache, partitions, flusher, term, most, over);
        }

        @Override
        public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
            return namespace.parked(cache, most);
        }

        @Override
        public CompletionStage<Durability> durability() {
            return namespace.durability();
        }

        @Override
        public void close() {
            namespace.close();
        }
    }

    private record Listener(ChangeListener listener, Consumer<Change> acted) implements ChangeListener {

        @Override
        public void onChange(Change change) {
            listener.onChange(change);
            acted.accept(change);
        }

        @Override
        public void onHint(String cache, String key) {
            listener.onHint(cache, key);
        }

        @Override
        public void onLoadFailed(String cache, String key) {
            listener.onLoadFailed(cache, key);
        }

        @Override
        public void onUnreadable(String description) {
            listener.onUnreadable(description);
        }

        @Override
        public void onSubscribed() {
            listener.onSubscribed();
        }

        @Override
        public void onLost() {
            listener.onLost();
        }
    }
}
