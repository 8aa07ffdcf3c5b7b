package dev.duet.store;

import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store in the heap of one JVM: for tests, and for applications of a single node. Nodes that share one instance
 * share its contents, as they would share a server.
 *
 * <p>It runs the {@link Operation operations} themselves, under one lock for each partition. Records are evicted by
 * recency beyond {@code maximumRecords}, whatever their state but pending, as a server short of memory does. Changes are delivered
 * by the writing thread unless an executor is given.
 *
 * <p>Thread-safe. Holds no resources: {@link #close()} does nothing, so that nodes may share it.
 */
public final class InMemoryStore implements Store {

    private final Map<String, Space> spaces = new ConcurrentHashMap<>();
    private final LongSupplier clock;
    private final Executor executor;
    private final int maximumRecords;
    private final int logSize;

    private InMemoryStore(Builder builder) {
        this.clock = builder.clock;
        this.executor = builder.executor;
        this.maximumRecords = builder.maximumRecords;
        this.logSize = builder.logSize;
    }

    /** A store with the defaults of {@link Builder}. */
    public static InMemoryStore create() {
        return builder().build();
    }

    /** Configures a store. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Namespace open(NamespaceConfig config, String node) {
        NamespaceConfig.checkName("node", node);
        Space space = spaces.computeIfAbsent(config.name(), name -> new Space(config));
        if (!space.config.equals(config)) {
            throw new StoreConfigurationException(
                    "namespace '" + config.name() + "' of " + address() + " has " + space.config.partitions()
                            + " partitions, but partitions(" + config.partitions()
                            + ") is configured; configure the same number, or another namespace",
                    null);
        }
        return new View(space, node);
    }

    @Override
    public String address() {
        return "memory";
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    /**
     * Drops a record, whatever its state, as a server short of memory does; but not a write that is pending, as a server that
     * is fit for write-behind does not drop that. A namespace that is not there has none.
     *
     * @return whether there was one
     */
    public boolean evict(String namespace, RecordKey key) {
        Space space = spaces.get(namespace);
        if (space == null) {
            return false;
        }
        StorePartition partition = space.partitions[key.partition()];
        synchronized (partition) {
            return partition.evict(key);
        }
    }

    /**
     * What a namespace holds now, as a server writes it to its disk from time to time. A namespace that is not there holds
     * nothing.
     */
    public Snapshot snapshot(String namespace) {
        Space space = spaces.get(namespace);
        Snapshot snapshot = new Snapshot();
        if (space != null) {
            for (StorePartition partition : space.partitions) {
                synchronized (partition) {
                    snapshot.partitions.add(partition.image());
                }
            }
        }
        return snapshot;
    }

    /**
     * Puts a namespace back to what it held once, or to nothing, as a server does that was replaced or started again: what
     * changed since is lost. Followers are told nothing, and stay subscribed.
     *
     * @param snapshot what it held, from {@link #snapshot}, pending writes too; null for nothing
     * @param noticed whether the store finds out, as it should, and {@linkplain Namespace#startOver starts} each partition
     *     over before it answers anything
     */
    public void restart(String namespace, @Nullable Snapshot snapshot, boolean noticed) {
        Space space = spaces.get(namespace);
        if (space == null) {
            return;
        }
        for (int p = 0; p < space.partitions.length; p++) {
            StorePartition partition = space.partitions[p];
            synchronized (partition) {
                if (snapshot == null || snapshot.partitions.isEmpty()) {
                    long head = clock.getAsLong();
                    partition.restore(List.of(new Effect.Renumbered(head, head)));
                } else {
                    partition.restore(snapshot.partitions.get(p));
                    if (noticed) {
                        partition.startOver(0, clock.getAsLong(), effect -> {});
                    }
                }
            }
        }
    }

    /** What a namespace held at one time. Immutable. */
    public static final class Snapshot {
        private final List<List<Effect>> partitions = new ArrayList<>();

        private Snapshot() {}
    }

    /** Configures an {@link InMemoryStore}. Not thread-safe. */
    public static final class Builder {

        private LongSupplier clock = wallClock();
        private Executor executor = Runnable::run;
        private int maximumRecords = 1_000_000;
        private int logSize = 1_024;

        private Builder() {}

        /** The clock, in microseconds since the epoch; by default the wall clock at the start, and steady from then on. */
        public Builder clock(LongSupplier clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Delivers changes to listeners, each listener's in order; by default the thread that made the change does. */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** How many records a namespace holds at most, by partition in equal parts; by default 1,000,000. */
        public Builder maximumRecords(int maximumRecords) {
            this.maximumRecords = positive("maximumRecords", maximumRecords);
            return this;
        }

        /** How many changes the log of a partition holds; by default 1,024. */
        public Builder logSize(int logSize) {
            this.logSize = positive("logSize", logSize);
            return this;
        }

        /** Builds the store. */
        public InMemoryStore build() {
            return new InMemoryStore(this);
        }

        private static int positive(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but is " + value);
            }
            return value;
        }

        private static LongSupplier wallClock() {
            long wall = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            long origin = System.nanoTime();
            return () -> wall + (System.nanoTime() - origin) / 1_000;
        }
    }

    private final class Space {
        final NamespaceConfig config;
        final StorePartition[] partitions;
        final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

        Space(NamespaceConfig config) {
            this.config = config;
            this.partitions = new StorePartition[config.partitions()];
            int records = Math.max(1, maximumRecords / config.partitions());
            for (int p = 0; p < partitions.length; p++) {
                partitions[p] = new StorePartition(p, records, logSize, clock.getAsLong());
            }
        }

        /** Called under the partition's lock, so that listeners get its changes in order. */
        void broadcast(Effect effect) {
            if (effect instanceof Effect.Changed changed) {
                subscriptions.forEach(subscription -> subscription.deliver(changed.change()));
            } else if (effect instanceof Effect.Hinted hinted) {
                subscriptions.forEach(subscription -> subscription.hint(hinted));
            }
        }
    }

    private final class View implements Namespace {
        private final Space space;
        private final String node;
        private final List<Subscription> mine = new CopyOnWriteArrayList<>();

        View(Space space, String node) {
            this.space = space;
            this.node = node;
        }

        @Override
        public NamespaceConfig config() {
            return space.config;
        }

        @Override
        public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
            StorePartition partition = space.partitions[key.partition()];
            synchronized (partition) {
                return CompletableFuture.completedFuture(
                        partition.execute(key, operation, node, clock.getAsLong(), space::broadcast));
            }
        }

        @Override
        public CompletionStage<long[]> invalidateAll(String cache) {
            long[] floors = new long[space.partitions.length];
            for (int p = 0; p < floors.length; p++) {
                StorePartition partition = space.partitions[p];
                synchronized (partition) {
                    floors[p] = partition.invalidateAll(cache, node, space::broadcast);
                }
            }
            return CompletableFuture.completedFuture(floors);
        }

        @Override
        public CompletionStage<long[]> heads() {
            long[] heads = new long[space.partitions.length];
            for (int p = 0; p < heads.length; p++) {
                StorePartition partition = space.partitions[p];
                synchronized (partition) {
                    heads[p] = partition.head();
                }
            }
            return CompletableFuture.completedFuture(heads);
        }

        @Override
        public CompletionStage<Long> startOver(int partition, long seen, long above) {
            StorePartition there = space.partitions[partition];
            synchronized (there) {
                return CompletableFuture.completedFuture(
                        there.startOver(seen, above, clock.getAsLong(), space::broadcast));
            }
        }

        @Override
        public CompletionStage<List<Change>> changesAfter(int partition, long version) {
            StorePartition there = space.partitions[partition];
            synchronized (there) {
                return CompletableFuture.completedFuture(there.changesAfter(version));
            }
        }

        @Override
        public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
            Subscription subscription = new Subscription(space, executor, listener);
            space.subscriptions.add(subscription);
            mine.add(subscription);
            subscription.start();
            return CompletableFuture.completedFuture(subscription);
        }

        @Override
        public Window window(int partition, long patience) {
            return Window.of(clock.getAsLong(), patience);
        }

        @Override
        public List<CompletionStage<Claim>> claim(
                String cache,
                List<Integer> partitions,
                String flusher,
                long term,
                int most,
                Map<Integer, String> over) {
            List<CompletionStage<Claim>> claims = new ArrayList<>(partitions.size());
            for (int p : partitions) {
                StorePartition partition = space.partitions[p];
                synchronized (partition) {
                    claims.add(CompletableFuture.completedFuture(partition.claim(
                            cache, flusher, term, most, over.get(p), clock.getAsLong(), space::broadcast)));
                }
            }
            return claims;
        }

        @Override
        public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
            List<PendingWrite> parked = new ArrayList<>();
            for (StorePartition partition : space.partitions) {
                synchronized (partition) {
                    parked.addAll(partition.parked(cache, most));
                }
            }
            return CompletableFuture.completedFuture(parked);
        }

        @Override
        public CompletionStage<Durability> durability() {
            return CompletableFuture.completedFuture(new Durability(
                    null,
                    "the store is the heap of this JVM, with which pending writes end; use a server for them to last"));
        }

        @Override
        public void close() {
            mine.forEach(Subscription::close);
            mine.clear();
        }
    }

    /** Calls a listener from one thread at a time, in order. */
    private static final class Subscription implements ChangeSubscription {
        private final Space space;
        private final Executor executor;
        private final ChangeListener listener;
        private final Deque<Runnable> pending = new ArrayDeque<>();
        private boolean draining = true;
        private boolean closed;

        Subscription(Space space, Executor executor, ChangeListener listener) {
            this.space = space;
            this.executor = executor;
            this.listener = listener;
            pending.addLast(listener::onSubscribed);
        }

        /** Says that the feed stands, and then all that was heard since this was made known: nothing falls in between. */
        void start() {
            executor.execute(this::drain);
        }

        void deliver(Change change) {
            enqueue(() -> listener.onChange(change));
        }

        void hint(Effect.Hinted hinted) {
            enqueue(() -> hinted.tell(listener));
        }

        private void enqueue(Runnable call) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                pending.addLast(call);
                if (draining) {
                    return;
                }
                draining = true;
            }
            executor.execute(this::drain);
        }

        private void drain() {
            for (Runnable call = next(); call != null; call = next()) {
                try {
                    call.run();
                } catch (RuntimeException e) {
                    // A listener that fails must not fail the writer, nor end the feed.
                    Thread thread = Thread.currentThread();
                    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                }
            }
        }

        private synchronized @Nullable Runnable next() {
            Runnable call = pending.pollFirst();
            draining = call != null;
            return call;
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
                pending.clear();
            }
            space.subscriptions.remove(this);
        }
    }
}
