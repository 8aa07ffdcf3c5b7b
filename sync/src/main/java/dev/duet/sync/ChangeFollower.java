package dev.duet.sync;

import dev.duet.store.CacheException;
import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change feed of a namespace, and has what it made stale dropped, in the order in which it was made stale.
 *
 * <p>At the start and after each reconnect: subscribe, wait for the acknowledgement, read the heads, and give up what may
 * have changed unheard in between (anomaly A09). Thread-safe.
 */
public final class ChangeFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeFollower.class);

    private final Namespace namespace;
    private final ChangeHandler handler;
    private final ScheduledExecutorService scheduler;
    private final Duration retryAfter;
    private final Follower follower;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final LongAdder applied = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder floorsRaised = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder subscriptions = new LongAdder();
    private volatile @Nullable ChangeSubscription subscription;
    private volatile boolean closed;

    private ChangeFollower(
            Namespace namespace, ChangeHandler handler, ScheduledExecutorService scheduler, Duration retryAfter) {
        this.namespace = namespace;
        this.handler = handler;
        this.scheduler = scheduler;
        this.retryAfter = retryAfter;
        this.follower = new Follower(namespace.config().partitions());
    }

    /**
     * Subscribes, and returns once the feed stands and the heads are known.
     *
     * @param namespace the namespace to follow
     * @param handler acts on the changes
     * @param scheduler runs what is tried again later; not closed by this
     * @param retryAfter how long to wait before reading the heads is tried again after a failure
     * @param timeout how long to wait for the feed to stand
     * @throws StoreUnavailableException if it does not stand within {@code timeout}
     */
    public static ChangeFollower start(
            Namespace namespace,
            ChangeHandler handler,
            ScheduledExecutorService scheduler,
            Duration retryAfter,
            Duration timeout) {
        ChangeFollower follower = new ChangeFollower(namespace, handler, scheduler, retryAfter);
        try {
            follower.subscription = namespace
                    .subscribe(follower.new Listener())
                    .toCompletableFuture()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            follower.ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return follower;
        } catch (ExecutionException | TimeoutException e) {
            follower.close();
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            if (cause instanceof CacheException known) {
                throw known;
            }
            throw new StoreUnavailableException(
                    "the change feed could not be subscribed to within " + timeout, cause == null ? e : cause);
        } catch (InterruptedException e) {
            follower.close();
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while subscribing to the change feed", e);
        }
    }

    /** What it did so far. */
    public FollowerStats stats() {
        return new FollowerStats(
                applied.sum(), repeated.sum(), gaps.sum(), floorsRaised.sum(), unreadable.sum(), subscriptions.sum());
    }

    /** Ends the subscription. Idempotent. */
    @Override
    public void close() {
        closed = true;
        ChangeSubscription current = subscription;
        if (current != null) {
            current.close();
        }
    }

    private void readHeads() {
        if (closed) {
            return;
        }
        long[] asked = applied();
        namespace.heads().whenComplete((heads, failure) -> {
            if (failure == null) {
                takeHeads(heads, asked);
                ready.complete(null);
            } else if (!closed) {
                LOG.warn(
                        "The heads of namespace {} could not be read; trying again in {} ms: {}",
                        namespace.config().name(),
                        retryAfter.toMillis(),
                        rootMessage(failure));
                later(this::readHeads);
            }
        });
    }

    private void later(Runnable task) {
        try {
            ScheduledFuture<?> unused = scheduler.schedule(task, retryAfter.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not tried again: the node is being closed");
        }
    }

    private synchronized long[] applied() {
        return follower.applied();
    }

    private synchronized void takeHeads(long[] heads, long[] asked) {
        for (Follower.Floor floor : follower.onHeads(heads, asked)) {
            LOG.debug("Changes of partition {} up to {} may have been missed", floor.partition(), floor.version());
            raise(floor.partition(), floor.version());
        }
    }

    private synchronized void take(Change change) {
        switch (follower.onChange(change.partition(), change.version())) {
            case REPEATED -> repeated.increment();
            case APPLY -> apply(change);
            case GAP -> {
                gaps.increment();
                LOG.warn(
                        "Changes of partition {} before {} were missed; its near entries are given up",
                        change.partition(),
                        change.version());
                raise(change.partition(), change.version());
                apply(change);
            }
        }
    }

    private void apply(Change change) {
        applied.increment();
        try {
            handler.apply(change);
        } catch (RuntimeException e) {
            LOG.error("Change {} could not be applied; the near entries of its partition are given up", change, e);
            raise(change.partition(), change.version());
        }
    }

    private void raise(int partition, long version) {
        floorsRaised.increment();
        handler.raiseFloor(partition, version);
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    private final class Listener implements ChangeListener {
        @Override
        public void onChange(Change change) {
            take(change);
        }

        @Override
        public void onUnreadable(String description) {
            unreadable.increment();
            LOG.warn("A message of the change feed could not be read: {}", description);
            readHeads();
        }

        @Override
        public void onSubscribed() {
            subscriptions.increment();
            readHeads();
        }

        @Override
        public void onLost() {
            LOG.warn(
                    "The change feed of namespace {} was lost",
                    namespace.config().name());
        }
    }
}
