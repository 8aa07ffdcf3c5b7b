package dev.duet.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * recency beyond {@code maximumRecords}, whatever their state, as a server short of memory does. Changes are delivered
 * by the writing thread unless an executor is given.
 *
 * <p>Thread-safe. Holds no resources: {@link #close()} does nothing, so that nodes may share it.
 */
public final class InMemoryStore implements Store {

    /** By how many versions a partition that is started over leaves behind what is known to have been given out. */
    private static final long LEAP = 1L << 20;

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
     * Drops a record, whatever its state, as a server short of memory does. A namespace that is not there has none.
     *
     * @return whether there was one
     */
    public boolean evict(String namespace, RecordKey key) {
        Space space = spaces.get(namespace);
        if (space == null) {
            return false;
        }
        Partition partition = space.partitions[key.partition()];
        synchronized (partition) {
            return partition.records.remove(key) != null;
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
            for (Partition partition : space.partitions) {
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
     * @param snapshot what it held, from {@link #snapshot}; null for nothing
     * @param noticed whether the store finds out, as it should, and {@linkplain Namespace#startOver starts} each partition
     *     over before it answers anything
     */
    public void restart(String namespace, @Nullable Snapshot snapshot, boolean noticed) {
        Space space = spaces.get(namespace);
        if (space == null) {
            return;
        }
        for (int p = 0; p < space.partitions.length; p++) {
            Partition partition = space.partitions[p];
            synchronized (partition) {
                if (snapshot == null || snapshot.partitions.isEmpty()) {
                    long head = clock.getAsLong();
                    partition.restore(new Image(Map.of(), Map.of(), List.of(), head, head));
                } else {
                    partition.restore(snapshot.partitions.get(p));
                    if (noticed) {
                        partition.startOver(0, clock.getAsLong());
                    }
                }
            }
        }
    }

    /** What a namespace held at one time. Immutable. */
    public static final class Snapshot {
        private final List<Image> partitions = new ArrayList<>();

        private Snapshot() {}
    }

    private record Image(
            Map<RecordKey, StoredRecord> records, Map<String, Long> floors, List<Change> log, long head, long base) {}

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
        final Partition[] partitions;
        final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

        Space(NamespaceConfig config) {
            this.config = config;
            this.partitions = new Partition[config.partitions()];
            int records = Math.max(1, maximumRecords / config.partitions());
            for (int p = 0; p < partitions.length; p++) {
                partitions[p] = new Partition(records, clock.getAsLong());
            }
        }

        /** Called under the partition's lock, so that listeners get its changes in order. */
        void publish(Partition partition, Change change) {
            partition.head = change.version();
            partition.log.addLast(change);
            if (partition.log.size() > logSize) {
                partition.log.removeFirst();
            }
            for (Subscription subscription : subscriptions) {
                subscription.deliver(change);
            }
        }
    }

    private static final class Partition {
        final Map<RecordKey, StoredRecord> records;
        final Map<String, Long> floors = new HashMap<>();
        final Deque<Change> log = new ArrayDeque<>();
        long head;
        /** The floor under the floors of all caches. */
        long base;

        Partition(int maximumRecords, long head) {
            this.head = head;
            this.base = head;
            this.records = new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<RecordKey, StoredRecord> eldest) {
                    return size() > maximumRecords;
                }
            };
        }

        long floor(String cache) {
            return Math.max(base, floors.getOrDefault(cache, 0L));
        }

        /** Makes everything absent that is stored, at a head that nobody can have seen before. */
        void startOver(long above, long now) {
            // By the clock, so that two that are started over from the same data do not number alike.
            head = Math.max(Math.max(head, above) + LEAP + now % LEAP, now);
            base = head;
            log.clear();
        }

        Image image() {
            return new Image(new LinkedHashMap<>(records), Map.copyOf(floors), List.copyOf(log), head, base);
        }

        void restore(Image image) {
            records.clear();
            records.putAll(image.records);
            floors.clear();
            floors.putAll(image.floors);
            log.clear();
            log.addAll(image.log);
            head = image.head;
            base = image.base;
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
            Partition partition = space.partitions[key.partition()];
            synchronized (partition) {
                StoredRecord before = partition.records.getOrDefault(key, StoredRecord.ABSENT);
                Moment moment = new Moment(clock.getAsLong(), partition.head, partition.floor(key.cache()));
                Outcome<R> outcome = operation.apply(before, moment);
                if (outcome.record() instanceof StoredRecord.Absent) {
                    partition.records.remove(key);
                } else {
                    partition.records.put(key, outcome.record());
                }
                if (outcome.hint()) {
                    space.subscriptions.forEach(subscription ->
                            subscription.enqueue(() -> subscription.listener.onHint(key.cache(), key.key())));
                }
                if (outcome.change()) {
                    space.publish(partition, new Change(key.partition(), moment.next(), key.cache(), key.key(), node));
                }
                return CompletableFuture.completedFuture(outcome.reply());
            }
        }

        @Override
        public CompletionStage<long[]> invalidateAll(String cache) {
            long[] floors = new long[space.partitions.length];
            for (int p = 0; p < floors.length; p++) {
                Partition partition = space.partitions[p];
                synchronized (partition) {
                    floors[p] = partition.head + 1;
                    partition.floors.put(cache, floors[p]);
                    space.publish(partition, new Change(p, floors[p], cache, null, node));
                }
            }
            return CompletableFuture.completedFuture(floors);
        }

        @Override
        public CompletionStage<long[]> heads() {
            long[] heads = new long[space.partitions.length];
            for (int p = 0; p < heads.length; p++) {
                Partition partition = space.partitions[p];
                synchronized (partition) {
                    heads[p] = partition.head;
                }
            }
            return CompletableFuture.completedFuture(heads);
        }

        @Override
        public CompletionStage<Long> startOver(int partition, long seen, long above) {
            Partition there = space.partitions[partition];
            synchronized (there) {
                if (there.base <= seen || there.head <= above) {
                    there.startOver(above, clock.getAsLong());
                }
                return CompletableFuture.completedFuture(there.head);
            }
        }

        @Override
        public CompletionStage<List<Change>> changesAfter(int partition, long version) {
            Partition there = space.partitions[partition];
            synchronized (there) {
                return CompletableFuture.completedFuture(
                        there.log.stream().filter(c -> c.version() > version).toList());
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

        void enqueue(Runnable call) {
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
