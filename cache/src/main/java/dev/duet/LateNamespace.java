package dev.duet;

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
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A namespace whose store could not be reached at the start: fails every call until a thread of its own has opened it.
 * Thread-safe.
 */
final class LateNamespace implements Namespace {

    private static final Logger LOG = LoggerFactory.getLogger(LateNamespace.class);
    private static final long RETRY_AFTER = TimeUnit.MILLISECONDS.toNanos(500);

    private final Store store;
    private final NamespaceConfig config;
    private final String node;
    private final StoreUnavailableException failure;
    private final Thread opener;
    /** The namespace, once it is open; changed under the lock of this. */
    private volatile @Nullable Namespace namespace;

    private volatile boolean closed;

    private LateNamespace(Store store, NamespaceConfig config, String node, StoreUnavailableException failure) {
        this.store = store;
        this.config = config;
        this.node = node;
        this.failure = failure;
        this.opener = new Thread(this::openSometime, "duet-open");
        opener.setDaemon(true);
    }

    /**
     * Opens a namespace, now or, unless that is to fail fast, as soon as the store can be reached.
     *
     * @throws dev.duet.store.StoreConfigurationException as {@link Store#open}
     * @throws StoreUnavailableException as {@link Store#open}, if it is to fail fast
     */
    static Namespace open(Store store, NamespaceConfig config, String node, boolean failFast) {
        try {
            return store.open(config, node);
        } catch (StoreUnavailableException e) {
            if (failFast) {
                throw e;
            }
            LateNamespace late = new LateNamespace(store, config, node, e);
            late.opener.start();
            return late;
        }
    }

    private void openSometime() {
        String said = null;
        while (!closed) {
            LockSupport.parkNanos(RETRY_AFTER);
            try {
                opened(store.open(config, node));
                return;
            } catch (StoreUnavailableException e) {
                LOG.debug("Namespace {} cannot be opened yet", config.name(), e);
            } catch (RuntimeException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(said) && !closed) {
                    LOG.error(
                            "Namespace {} cannot be opened; this node goes on without the store: {}",
                            config.name(),
                            why);
                    said = why;
                }
            }
        }
    }

    private synchronized void opened(Namespace open) {
        if (closed) {
            open.close();
        } else {
            namespace = open;
        }
    }

    private <T> CompletionStage<T> call(Function<Namespace, CompletionStage<T>> call) {
        Namespace open = namespace;
        return open == null ? notOpen() : call.apply(open);
    }

    private <T> CompletionStage<T> notOpen() {
        return CompletableFuture.failedFuture(new StoreUnavailableException(
                "the store could not be reached at the start, nor since: " + failure.getMessage(), failure));
    }

    @Override
    public NamespaceConfig config() {
        return config;
    }

    @Override
    public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
        return call(open -> open.execute(key, operation));
    }

    @Override
    public <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
        Namespace open = namespace;
        return open == null
                ? requests.stream().map(request -> this.<R>notOpen()).toList()
                : open.executeAll(requests);
    }

    @Override
    public CompletionStage<long[]> invalidateAll(String cache) {
        return call(open -> open.invalidateAll(cache));
    }

    @Override
    public CompletionStage<long[]> heads() {
        return call(Namespace::heads);
    }

    @Override
    public CompletionStage<?> watchClock() {
        Namespace open = namespace;
        return open == null ? CompletableFuture.completedFuture(null) : open.watchClock();
    }

    @Override
    public CompletionStage<Long> startOver(int partition, long seen, long above) {
        return call(open -> open.startOver(partition, seen, above));
    }

    @Override
    public CompletionStage<List<Change>> changesAfter(int partition, long version) {
        return call(open -> open.changesAfter(partition, version));
    }

    @Override
    public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
        return call(open -> open.subscribe(listener));
    }

    @Override
    public Window window(int partition, long patience) {
        Namespace open = namespace;
        return open == null ? Window.ALWAYS : open.window(partition, patience); // what is not open carries out nothing
    }

    @Override
    public List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over) {
        Namespace open = namespace;
        return open == null
                ? partitions.stream().map(p -> this.<Claim>notOpen()).toList()
                : open.claim(cache, partitions, flusher, term, most, over);
    }

    @Override
    public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
        return call(open -> open.parked(cache, most));
    }

    @Override
    public CompletionStage<Durability> durability() {
        return call(Namespace::durability);
    }

    @Override
    public synchronized void close() {
        closed = true;
        LockSupport.unpark(opener);
        Namespace open = namespace;
        if (open != null) {
            open.close();
        }
    }
}
