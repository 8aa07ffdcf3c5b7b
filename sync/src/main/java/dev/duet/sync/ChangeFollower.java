package dev.duet.sync;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change feed of a namespace, and has what it made stale dropped, in the order in which it was made stale: the
 * threads, the clock and the network around a {@link Follower}. Thread-safe.
 *
 * <p>At the start and after each reconnect: subscribe, wait for the acknowledgement, read the heads, and fetch or give up
 * what may have changed unheard in between (anomaly A09). From then on every quarter of the bound an audit reads the heads,
 * over an ordinary connection.
 *
 * @implNote One lock guards the state machine, and is never held while the store is called: a store in memory answers, and
 *     delivers, on the calling thread. The time of an audit is read before the heads are asked for, so that whatever delays
 *     it, a pause of the whole process included, makes it worth less and never more (anomaly A28).
 */
public final class ChangeFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeFollower.class);
    private static final int MOST_HELD = 1_024;
    /** How long a feed may take to stand: connections are made for it, and the bound may be much shorter. */
    private static final long TO_STAND = TimeUnit.SECONDS.toNanos(5);
    /** How far apart the looks at the store's clock may be. */
    private static final long CLOCK_WATCH = TimeUnit.MILLISECONDS.toNanos(500);

    private final Namespace namespace;
    private final ChangeHandler handler;
    private final ScheduledExecutorService scheduler;
    private final LongSupplier clock;
    private final long bound;
    private final long retryAfter;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder failedAudits = new LongAdder();
    /** The state machine; guarded by this. */
    private final Follower follower;
    /** What the state machine wants of the store, to be called without the lock; guarded by this. */
    private final List<Runnable> wanted = new ArrayList<>();
    /** When the audit under way was sent, or null; guarded by this. */
    private @Nullable Long auditSentAt;
    /** The last listener, which alone is listened to; one before it may still deliver. Guarded by this. */
    private @Nullable Listener current;
    /** The subscription, once it stands; guarded by this. */
    private @Nullable ChangeSubscription subscription;
    /** The audits to come; guarded by this. */
    private @Nullable Future<?> audits;

    /** Looks at the store's clock, where audits are too far apart for that; guarded by this. */
    private @Nullable Future<?> clockWatch;

    private volatile boolean closed;

    private ChangeFollower(
            Namespace namespace,
            ChangeHandler handler,
            ScheduledExecutorService scheduler,
            LongSupplier clock,
            Duration bound,
            Duration retryAfter) {
        this.namespace = namespace;
        this.handler = handler;
        this.scheduler = scheduler;
        this.clock = clock;
        this.bound = bound.toNanos();
        this.retryAfter = retryAfter.toNanos();
        this.follower = new Follower(namespace.config().partitions(), MOST_HELD, new Actions());
    }

    /**
     * Starts to follow; returns at once.
     *
     * @param namespace the namespace to follow
     * @param handler acts on the changes
     * @param scheduler runs the audits, and what is tried again later; not closed by this
     * @param clock nanoseconds that only grow, from any origin
     * @param bound the bound B, four audits long
     * @param retryAfter how long to wait before a subscription that failed is tried again
     */
    public static ChangeFollower start(
            Namespace namespace,
            ChangeHandler handler,
            ScheduledExecutorService scheduler,
            LongSupplier clock,
            Duration bound,
            Duration retryAfter) {
        ChangeFollower follower = new ChangeFollower(namespace, handler, scheduler, clock, bound, retryAfter);
        follower.subscribe();
        follower.auditRegularly();
        return follower;
    }

    private synchronized void auditRegularly() {
        long period = Math.max(1, bound / 4);
        audits = scheduler.scheduleWithFixedDelay(() -> audit(false), period, period, TimeUnit.NANOSECONDS);
        if (period > CLOCK_WATCH) {
            clockWatch =
                    scheduler.scheduleWithFixedDelay(this::watchClock, CLOCK_WATCH, CLOCK_WATCH, TimeUnit.NANOSECONDS);
        }
    }

    private void watchClock() {
        try {
            CompletionStage<?> unused = namespace.watchClock(); // what fails, the next or an audit makes up for
        } catch (RuntimeException e) {
            LOG.debug("The store's clock cannot be looked at", e);
        }
    }

    /**
     * Completes when the feed stands and the heads are known, or fails with the reason why the first subscription or the
     * first look at the heads failed; they are tried again nevertheless.
     */
    public CompletionStage<Void> ready() {
        return ready;
    }

    /** What it did so far. */
    public synchronized FollowerStats stats() {
        return follower.stats();
    }

    /** How many audits the store did not answer. */
    public long failedAudits() {
        return failedAudits.sum();
    }

    /** How many messages could not be read. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** Reads the heads now, unless that is under way already; the handler is told of the outcome. */
    public void audit() {
        audit(false);
    }

    /** Ends the subscription and the audits. Idempotent. */
    @Override
    public void close() {
        ChangeSubscription last;
        synchronized (this) {
            closed = true;
            current = null;
            last = subscription;
            subscription = null;
            if (audits != null) {
                audits.cancel(false);
            }
            if (clockWatch != null) {
                clockWatch.cancel(false);
            }
        }
        if (last != null) {
            last.close();
        }
    }

    private void audit(boolean eager) {
        if (closed) {
            return;
        }
        long sentAt = clock.getAsLong();
        synchronized (this) {
            if (!eager && auditSentAt != null && sentAt - auditSentAt < bound) {
                return;
            }
            auditSentAt = sentAt;
        }
        Follower.Audit[] audit = new Follower.Audit[1];
        step(machine -> audit[0] = machine.audit(sentAt, eager));
        call(namespace::heads, eager ? toStand() : bound, (heads, failure) -> {
            synchronized (this) {
                if (auditSentAt != null && auditSentAt == sentAt) {
                    auditSentAt = null;
                }
            }
            if (failure == null) {
                step(machine -> machine.onHeads(audit[0], heads));
                if (eager) {
                    ready.complete(null);
                }
            } else {
                failedAudits.increment();
                LOG.debug("The heads of namespace {} could not be read", name(), failure);
                if (eager) {
                    ready.completeExceptionally(failure);
                    Future<?> unused = later(() -> audit(true), retryAfter);
                }
            }
            if (!closed) {
                handler.audited(failure);
            }
        });
    }

    private long toStand() {
        return Math.max(bound, TO_STAND);
    }

    /** Subscribes, and again if that fails: called once at the start, and again when a subscription is given up. */
    private void subscribe() {
        Listener listener = new Listener();
        synchronized (this) {
            if (closed) {
                return;
            }
            current = listener;
        }
        call(
                () -> namespace.subscribe(listener),
                toStand(),
                (made, failure) -> {
                    boolean late;
                    synchronized (this) {
                        late = closed;
                        if (failure == null && !late) {
                            subscription = made;
                        }
                    }
                    if (failure == null && late) {
                        made.close();
                    } else if (failure != null && !late) {
                        LOG.debug("The change feed of namespace {} could not be subscribed to", name(), failure);
                        ready.completeExceptionally(failure);
                        Future<?> unused = later(this::subscribe, retryAfter);
                    }
                },
                ChangeSubscription::close);
    }

    private void resubscribe() {
        ChangeSubscription dead;
        synchronized (this) {
            dead = subscription;
            subscription = null;
        }
        if (dead != null) {
            LOG.warn("The change feed of namespace {} delivers nothing, and is subscribed to anew", name());
            try {
                dead.close();
            } catch (RuntimeException e) {
                LOG.warn("The dead subscription of namespace {} could not be closed", name(), e);
            }
            subscribe();
        }
    }

    private <T> void call(Supplier<CompletionStage<T>> request, long limit, BiConsumer<T, @Nullable Throwable> answer) {
        call(request, limit, answer, late -> {});
    }

    /**
     * Calls the store, and hands on its answer, or what it threw, or that it did not answer in time.
     *
     * @param late takes an answer that comes after that
     */
    private <T> void call(
            Supplier<CompletionStage<T>> request,
            long limit,
            BiConsumer<T, @Nullable Throwable> answer,
            Consumer<T> late) {
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletionStage<T> stage;
        try {
            stage = request.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        Future<?> timer = later(
                () -> result.completeExceptionally(
                        new StoreUnavailableException("no answer within " + limit / 1_000_000 + " ms", null)),
                limit);
        stage.whenComplete((value, failure) -> {
            timer.cancel(false);
            boolean inTime =
                    failure == null ? result.complete(value) : result.completeExceptionally(unwrapped(failure));
            if (!inTime && failure == null) {
                late.accept(value);
            }
        });
        CompletableFuture<T> unused = result.whenComplete((value, failure) -> {
            try {
                answer.accept(value, failure);
            } catch (RuntimeException e) {
                LOG.error("An answer of namespace {} could not be acted upon", name(), e);
            }
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private Future<?> later(Runnable task, long nanos) {
        try {
            return scheduler.schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not done later: the node is being closed");
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Puts an event to the state machine, and then does what it wants of the store. */
    private void step(Consumer<Follower> event) {
        List<Runnable> calls;
        synchronized (this) {
            if (closed) {
                return;
            }
            event.accept(follower);
            if (wanted.isEmpty()) {
                return;
            }
            calls = List.copyOf(wanted);
            wanted.clear();
        }
        calls.forEach(Runnable::run);
    }

    private String name() {
        return namespace.config().name();
    }

    /** Carries out what the state machine calls for; called under the lock. */
    private final class Actions implements Follower.Effects {
        @Override
        public void apply(Change change) {
            try {
                handler.apply(change);
            } catch (RuntimeException e) {
                LOG.error("Change {} could not be applied; the near entries of its partition are given up", change, e);
                raiseFloor(change.partition(), change.version());
            }
        }

        @Override
        public void raiseFloor(int partition, long version) {
            LOG.debug("Near entries of partition {} below {} are given up", partition, version);
            handler.raiseFloor(partition, version);
        }

        @Override
        public long highestKept(int partition) {
            return handler.highestKept(partition);
        }

        @Override
        public void replay(int partition, long after) {
            wanted.add(() -> call(() -> namespace.changesAfter(partition, after), bound, (changes, failure) -> {
                if (failure == null) {
                    step(machine -> machine.onReplay(partition, after, changes));
                } else {
                    LOG.debug("The log of partition {} could not be read", partition, failure);
                    step(machine -> machine.onReplayFailed(partition, after));
                }
            }));
        }

        @Override
        public void startOver(int partition, long seen, long above) {
            LOG.warn(
                    "Partition {} of namespace {} went back from {} to {}: the store has lost changes, and is started over",
                    partition,
                    name(),
                    above,
                    seen);
            wanted.add(() -> call(() -> namespace.startOver(partition, seen, above), bound, (head, failure) -> {
                if (failure == null) {
                    step(machine -> machine.onStartedOver(partition, head));
                } else {
                    LOG.debug("Partition {} could not be started over", partition, failure);
                    step(machine -> machine.onStartOverFailed(partition));
                }
            }));
        }

        @Override
        public void resubscribe() {
            wanted.add(ChangeFollower.this::resubscribe);
        }

        @Override
        public void fresh(long sentAt) {
            handler.fresh(sentAt);
        }
    }

    private final class Listener implements ChangeListener {
        @Override
        public void onChange(Change change) {
            step(machine -> {
                if (current == this) {
                    machine.onChange(change);
                }
            });
        }

        @Override
        public void onHint(String cache, String key) {
            handler.hinted(cache, key); // also one of a subscription that was given up: to look once more harms nobody
        }

        @Override
        public void onLoadFailed(String cache, String key) {
            handler.loadFailed(cache, key);
        }

        @Override
        public void onUnreadable(String description) {
            if (isGivenUp()) {
                return;
            }
            unreadable.increment();
            LOG.warn("A message of the change feed could not be read: {}", description);
            audit(true);
        }

        @Override
        public void onSubscribed() {
            if (isGivenUp()) {
                return;
            }
            step(Follower::onSubscribed);
            audit(true);
        }

        @Override
        public void onLost() {
            LOG.warn("The change feed of namespace {} was lost", name());
        }

        private boolean isGivenUp() {
            synchronized (ChangeFollower.this) {
                return current != this;
            }
        }
    }
}
