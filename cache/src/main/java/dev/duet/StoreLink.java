package dev.duet;

import dev.duet.internal.InTurn;
import dev.duet.internal.OwedInvalidations;
import dev.duet.internal.OwedInvalidations.Debts;
import dev.duet.internal.Pace;
import dev.duet.internal.Turns;
import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Operation.Windowed;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreFullException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import dev.failsafe.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way to the store. Bounds how long a call is waited for; once several have failed makes no more, so that callers
 * do without the store at once (promise P5); and when the store answers again, invalidates what this node owes before
 * anything else; then other nodes have a moment to do the same before what the store has is trusted. Thread-safe.
 *
 * <p>Implementation note. The probe is the follower's audit: it goes on while the store is down, one at a time, and past the
 * circuit breaker. When it succeeds, the debts are paid, past it too; only then is it closed, and calls are made again. The
 * circuit breaker is counted and never timed, so that it has no clock of its own.
 */
final class StoreLink {

    private static final Logger LOG = LoggerFactory.getLogger(StoreLink.class);
    private static final int FAILURES = 4;
    private static final int OF = 8;
    private static final Duration NEVER_BY_ITSELF = Duration.ofDays(36_500);
    private static final int PAID_AT_ONCE = 256;
    /** For each so many operations that are sent together, one more timeout is granted; and one if they are not few. */
    private static final int MANY = 1_000;
    /** How many operations of parts are under way at a time: audits, and calls of few keys, find a store that is not busy for long. */
    private static final int UNDER_WAY = Parts.MOST;

    /** How long other nodes have to find out that the store answers and to pay what they owe it. */
    private static final long SETTLING = 250_000_000L;

    private static final long STEADY = 10_000_000_000L;
    private static final long SETTLED = Long.MIN_VALUE;
    private static final long FIRST_HOLD = 500_000_000L;
    private static final long LONGEST_HOLD = 5_000_000_000L;

    final OwedInvalidations owed;
    final StoreRoom room;
    private final Namespace namespace;
    private final String address;
    private final Waiting waiting;
    private final CoarseClock clock;
    private final Duration timeout;
    private final ScheduledExecutorService scheduler;
    private final Runnable onDown;
    private final Runnable onUp;
    private final CircuitBreaker<Object> breaker = CircuitBreaker.builder()
            .withFailureThreshold(FAILURES, OF)
            .withSuccessThreshold(1)
            .withDelay(NEVER_BY_ITSELF)
            .build();
    private final AtomicBoolean paying = new AtomicBoolean();
    private final Turns turns = new Turns(UNDER_WAY);
    private final Pace pace;
    /** Whether replies are waited for no longer. */
    private volatile boolean givenUp;
    /** What ends the wait for replies. */
    private final Set<Runnable> awaited = ConcurrentHashMap.newKeySet();

    private final LongAdder refused = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder paid = new LongAdder();
    /** Whether calls are made; changed under the lock of this. */
    private volatile boolean down;
    /**
     * From when on the store is taken to know what was written during its last outage, in monotonic time; {@link #SETTLED} once
     * that has come. Changed under the lock of this.
     */
    private volatile long settledAt = SETTLED;
    /** Whether it stays down; guarded by this. */
    private boolean closed;
    /** Why the store could not be told of a write, or of a debt. */
    private volatile @Nullable String owedBecause;
    /** Why it is down; guarded by this. */
    private @Nullable String reason;

    private long downSince;
    private long upSince;
    private long hold;
    private long outages;
    private long degradedNanos;

    /**
     * A way to a store that is taken to be up.
     *
     * @param address where the store is, for messages
     * @param timeout how long a call is waited for
     * @param scheduler runs what is due later
     * @param maximumOwed how many owed invalidations are remembered by key
     * @param onDown called when calls are no longer made, so that the store be probed soon
     * @param onUp called when calls are made again
     */
    StoreLink(
            Namespace namespace,
            String address,
            Waiting waiting,
            CoarseClock clock,
            Duration timeout,
            ScheduledExecutorService scheduler,
            int maximumOwed,
            Runnable onDown,
            Runnable onUp) {
        this.namespace = namespace;
        this.address = address;
        this.waiting = waiting;
        this.clock = clock;
        this.timeout = timeout;
        this.pace = new Pace(Parts.MOST, timeout.toNanos());
        this.scheduler = scheduler;
        this.owed = new OwedInvalidations(maximumOwed);
        this.room = new StoreRoom(address);
        this.onDown = onDown;
        this.onUp = onUp;
    }

    /** The settings that all nodes share. */
    NamespaceConfig config() {
        return namespace.config();
    }

    /** Until when calls that are made now are waited for, by the monotonic reading of the node's clock. */
    long deadline() {
        return clock.monotonic() + timeout.toNanos();
    }

    /** Makes a call, which is to be {@linkplain #await awaited}; or fails at once if the store is known not to answer. */
    <R> CompletableFuture<R> start(Function<Namespace, CompletionStage<R>> call) {
        if (down) {
            refused.increment();
            return CompletableFuture.failedFuture(
                    new NotCalled("the store at " + address + " does not answer: " + reason()));
        }
        return startAnyhow(call);
    }

    /**
     * Carries out operations together, and is done when each was answered, or has failed, or its time is over. Many are sent in
     * parts, one after the other, and the parts of all calls in turn: so the time of each part counts from when it is sent, and
     * the store has no more to do at a time than it can in that (anomaly A55). Each part counts once, however many there are in it.
     */
    <R> CompletableFuture<List<StoreReply<R>>> callAll(List<Namespace.Request<R>> requests) {
        if (requests.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (Parts.areFew(requests)) {
            return callPart(requests);
        }
        List<StoreReply<R>> replies = new ArrayList<>(requests.size());
        return InTurn.each(
                        Parts.of(requests, pace::size),
                        part -> turns.take(pace.weight(part.size()), paced(part.size(), () -> callPart(part)))
                                .thenAccept(replies::addAll),
                        Runnable::run)
                .thenApply(end -> replies);
    }

    /** How long the store took for one of the many operations that it was sent last, in microseconds. */
    long microsEach() {
        return pace.each() / 1_000;
    }

    /** The call of a part, which says how long the store took for it. */
    private <T> Supplier<CompletableFuture<T>> paced(int count, Supplier<CompletableFuture<T>> call) {
        return () -> {
            long began = clock.monotonic();
            return call.get().whenComplete((done, failure) -> pace.took(count, clock.monotonic() - began));
        };
    }

    private <R> CompletableFuture<List<StoreReply<R>>> callPart(List<Namespace.Request<R>> requests) {
        if (down) {
            return refuseAll(requests.size());
        }
        return gather(requests.size(), () -> {
            List<Namespace.Request<R>> timely = withinTime(requests);
            if (timely.size() == 1) {
                Namespace.Request<R> one = timely.get(0);
                return List.of(namespace.execute(one.key(), one.operation()));
            }
            return namespace.executeAll(timely);
        });
    }

    /** The requests, of which those that could overtake later ones are carried out only while they are waited for. */
    private <R> List<Namespace.Request<R>> withinTime(List<Namespace.Request<R>> requests) {
        if (!(requests.get(0).operation() instanceof Windowed<?>)) {
            return requests;
        }
        long patience = Durations.micros(patience(requests.size()));
        List<Namespace.Request<R>> timely = new ArrayList<>(requests.size());
        for (Namespace.Request<R> request : requests) {
            Operation<R> operation = request.operation() instanceof Windowed<R> windowed
                    ? windowed.within(namespace.window(request.key().partition(), patience))
                    : request.operation();
            timely.add(new Namespace.Request<>(request.key(), operation));
        }
        return timely;
    }

    /** As {@link #callAll}, of the claim of each partition. */
    CompletableFuture<List<StoreReply<Claim>>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over) {
        if (down) {
            return refuseAll(partitions.size());
        }
        return gather(partitions.size(), () -> namespace.claim(cache, partitions, flusher, term, most, over));
    }

    private <R> CompletableFuture<List<StoreReply<R>>> refuseAll(int calls) {
        refused.add(calls);
        StoreUnavailableException why =
                new StoreUnavailableException("the store at " + address + " does not answer: " + reason(), null);
        return CompletableFuture.completedFuture(Collections.nCopies(calls, StoreReply.failed(why)));
    }

    /** Makes calls together; each of them is in the list when it was answered, or has failed, or its time is over. */
    private <R> CompletableFuture<List<StoreReply<R>>> gather(int count, Supplier<List<CompletionStage<R>>> calls) {
        List<CompletableFuture<R>> replies = new ArrayList<>(count);
        try {
            calls.get().forEach(stage -> replies.add(stage.toCompletableFuture()));
        } catch (RuntimeException e) {
            replies.clear();
            replies.addAll(Collections.nCopies(count, CompletableFuture.failedFuture(e)));
        }
        CompletableFuture<Void> all = allOf(replies);
        if (all.isDone()) {
            return CompletableFuture.completedFuture(taken(replies));
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        Runnable end = () -> over.complete(null);
        Future<?> timer = later(end, patience(count));
        awaited.add(end);
        if (givenUp) {
            end.run(); // nobody else would
        }
        CompletableFuture<Void> unused = all.whenComplete((done, failure) -> timer.cancel(false));
        return CompletableFuture.anyOf(over, all.handle((done, failure) -> null))
                .thenApply(first -> {
                    awaited.remove(end);
                    return taken(replies);
                });
    }

    /** Waits for what comes of {@link #callAll}, which it does by itself. */
    <T extends @Nullable Object> T awaitAll(CompletableFuture<T> replies) throws InterruptedException {
        try {
            return waiting.await(replies, Waiting.FOREVER);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("replies fail one by one", e);
        }
    }

    private Duration patience(int count) {
        return timeout.multipliedBy((count > Parts.FEW ? 2 : 1) + count / MANY);
    }

    /** A reply that comes in time, or fails; either is counted. */
    <R> CompletableFuture<R> bounded(CompletableFuture<R> reply) {
        CompletableFuture<R> inTime = new CompletableFuture<>();
        Future<?> timer = later(
                () -> {
                    if (inTime.completeExceptionally(tooLate(null))) {
                        timeouts.increment();
                    }
                },
                timeout);
        CompletableFuture<?> unused = reply.whenComplete((value, failure) -> {
            timer.cancel(false);
            if (failure == null) {
                inTime.complete(value);
            } else {
                inTime.completeExceptionally(unavailable(failure));
            }
        });
        return inTime.whenComplete((value, failure) -> count(failure));
    }

    private <R> List<StoreReply<R>> taken(List<CompletableFuture<R>> replies) {
        List<StoreReply<R>> taken = new ArrayList<>(replies.size());
        Throwable failed = null;
        StoreUnavailableException late = null;
        for (CompletableFuture<R> reply : replies) {
            if (!reply.isDone()) {
                late = late == null ? tooLate(null) : late;
                failed = late;
                taken.add(StoreReply.failed(late));
                continue;
            }
            try {
                R value = reply.join();
                room.answered(value);
                taken.add(isLate(value) ? StoreReply.failed(outOfTime()) : StoreReply.of(value));
            } catch (CompletionException | CancellationException e) {
                failed = failed == null || unwrapped(failed) instanceof StoreFullException ? e : failed;
                taken.add(StoreReply.failed(unavailable(e)));
            }
        }
        if (late != null) {
            timeouts.increment();
        }
        count(failed);
        return taken;
    }

    private static boolean isLate(Object reply) {
        return (reply instanceof WriteReply write && write.late())
                || (reply instanceof PendingReply pending && pending.late());
    }

    private StoreUnavailableException outOfTime() {
        return new StoreUnavailableException(
                "the store at " + address + " was reached after storeTimeout (" + timeout.toMillis()
                        + " ms), or its clock was set meanwhile; it changed nothing",
                null);
    }

    private StoreUnavailableException tooLate(@Nullable Throwable cause) {
        return new StoreUnavailableException(
                "the store at " + address + " did not answer within storeTimeout (" + timeout.toMillis() + " ms)",
                cause);
    }

    /** Makes a call that nobody waits for, and that takes back or keeps up what others wait for: also to a store that is down. */
    void send(Function<Namespace, CompletionStage<?>> call) {
        CompletableFuture<?> unused = startAnyhow(call::apply).whenComplete((reply, failure) -> count(failure));
    }

    /** Invalidates a key, which nobody waits for; also in a store that is down. It is owed if that fails. */
    void invalidate(RecordKey key) {
        send(namespace -> namespace.execute(key, new Operation.Invalidate()).whenComplete((version, failure) -> {
            if (failure != null) {
                owe(key, unavailable(failure));
            }
        }));
    }

    /**
     * Makes calls together that nobody waits for, also to a store that is down. Many are sent in parts, in turn with those of
     * {@link #callAll} but before any of them that has not been sent, since leases and intents run out meanwhile (anomaly A55).
     * Each part counts once; the replies, if any.
     */
    <R> List<CompletableFuture<R>> sendAll(List<Namespace.Request<R>> requests) {
        if (Parts.areFew(requests)) {
            List<CompletableFuture<R>> replies = sent(requests);
            CompletableFuture<?> unused = allOf(replies).whenComplete((done, failure) -> count(failure));
            return replies;
        }
        List<CompletableFuture<R>> results = new ArrayList<>(requests.size());
        requests.forEach(request -> results.add(new CompletableFuture<>()));
        AtomicInteger from = new AtomicInteger();
        CompletableFuture<?> unused = InTurn.each(
                Parts.of(requests, pace::size),
                part -> {
                    int begin = from.getAndAdd(part.size());
                    return turns.takeFirst(
                            pace.weight(part.size()),
                            paced(part.size(), () -> send(part, results.subList(begin, begin + part.size()))));
                },
                Runnable::run);
        return results;
    }

    /** Sends a part, and is done when its time is over at the latest; whether all of it was answered. */
    private <R> CompletableFuture<Boolean> send(List<Namespace.Request<R>> part, List<CompletableFuture<R>> results) {
        List<CompletableFuture<R>> replies = sent(part);
        for (int i = 0; i < results.size(); i++) {
            CompletableFuture<R> result = results.get(i);
            CompletableFuture<?> unused = replies.get(i).whenComplete((value, failure) -> {
                if (failure == null) {
                    result.complete(value);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        }
        Future<?> timer = later(
                () -> results.forEach(result -> result.completeExceptionally(tooLate(null))), patience(part.size()));
        return allOf(results).handle((done, failure) -> {
            timer.cancel(false);
            count(failure);
            return failure == null;
        });
    }

    private <R> List<CompletableFuture<R>> sent(List<Namespace.Request<R>> requests) {
        try {
            return namespace.executeAll(requests).stream()
                    .map(CompletionStage::toCompletableFuture)
                    .toList();
        } catch (RuntimeException e) {
            return Collections.nCopies(requests.size(), CompletableFuture.failedFuture(e));
        }
    }

    private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    private <R> CompletableFuture<R> startAnyhow(Function<Namespace, CompletionStage<R>> call) {
        try {
            return call.apply(namespace).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Waits for the reply of a call.
     *
     * @param deadline as {@link #deadline()} had it when the call was made
     * @throws StoreUnavailableException if it fails for whatever reason, or does not come in time
     */
    <R> R await(CompletableFuture<R> reply, long deadline) throws InterruptedException {
        try {
            R value = waiting.await(reply, Math.max(0, deadline - clock.monotonic()));
            breaker.recordSuccess();
            return value;
        } catch (ExecutionException e) {
            count(e);
            throw unavailable(e);
        } catch (TimeoutException e) {
            timeouts.increment();
            StoreUnavailableException late = tooLate(e);
            count(late);
            throw late;
        }
    }

    /** Whatever makes the store unusable makes it unavailable to a caller, a misconfiguration too. */
    static StoreUnavailableException unavailable(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof StoreUnavailableException known) {
            return known;
        }
        return cause instanceof NotCalled
                ? new StoreUnavailableException(String.valueOf(cause.getMessage()), null)
                : new StoreUnavailableException("the store cannot be used: " + cause.getMessage(), cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        return (failure instanceof CompletionException || failure instanceof ExecutionException)
                        && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            breaker.recordSuccess();
            return;
        }
        if (unwrapped(failure) instanceof NotCalled) {
            return;
        }
        if (unwrapped(failure) instanceof StoreFullException full) {
            room.refused(full);
            breaker.recordSuccess(); // it answers
            return;
        }
        breaker.recordFailure();
        if (breaker.isOpen()) {
            down(String.valueOf(unwrapped(failure).getMessage()));
        }
    }

    /** Makes no more calls until the store has been probed with success. */
    void down(String why) {
        synchronized (this) {
            if (down) {
                return;
            }
            breaker.open();
            down = true;
            settledAt = Long.MAX_VALUE;
            reason = why;
            outages++;
            downSince = clock.monotonic();
            hold = outages > 1 && downSince - upSince < STEADY
                    ? Math.min(LONGEST_HOLD, Math.max(2 * hold, FIRST_HOLD))
                    : 0;
        }
        LOG.warn(
                "The store at {} does not answer; reads go to their loaders, and near entries live for maxStaleness at most,"
                        + " until it does: {}",
                address,
                why);
        onDown.run();
    }

    /** Takes the outcome of a probe; when the store answers, what is owed is paid first. */
    void probed(@Nullable Throwable failure) {
        if (failure != null) {
            if (!down) {
                count(failure);
            }
        } else if (down || !owed.isEmpty()) {
            pay();
        } else {
            breaker.recordSuccess();
        }
    }

    /** Whether the store, which has just failed after it had come back, is not to be trusted yet though it answers a probe. */
    private synchronized boolean isHeld() {
        return clock.monotonic() - downSince < hold;
    }

    /** Remembers that the store is to be told of a write of {@code key}, which it could not be for that reason. */
    void owe(RecordKey key, StoreUnavailableException why) {
        say(key.cache(), why);
        owed.add(key);
    }

    /** What a read fails with that cannot do without the store, as long as what it is after is owed to that. */
    StoreUnavailableException owing() {
        return new StoreUnavailableException(
                "the store at " + address + " is still to be told of an invalidation: " + owedBecause(), null);
    }

    /** Remembers that a whole cache is to be invalidated, which it could not be for that reason. */
    void owe(String cache, StoreUnavailableException why) {
        say(cache, why);
        owed.addCache(cache);
    }

    private void say(String cache, StoreUnavailableException why) {
        owedBecause = why.getMessage();
        if (owed.isEmpty()) {
            LOG.warn(
                    "A write in cache '{}' could not be told to the store at {}; this and what follows will be invalidated"
                            + " there as soon as it answers: {}",
                    cache,
                    address,
                    owedBecause);
        }
    }

    /** Why the store could not be told of what it is owed: what the last attempt failed with. */
    String owedBecause() {
        return String.valueOf(owedBecause);
    }

    private void pay() {
        if (!paying.compareAndSet(false, true)) {
            return;
        }
        payFirst();
    }

    /** Pays some of what is owed, then the rest; then the store is up, unless it is held. */
    private void payFirst() {
        Debts debts = owed.first(PAID_AT_ONCE);
        List<CompletableFuture<Void>> payments = new ArrayList<>();
        debts.caches()
                .forEach((cache, debt) ->
                        payments.add(startAnyhow(ns -> ns.invalidateAll(cache)).thenAccept(floors -> {
                            paid.increment();
                            owed.paid(cache, debt);
                        })));
        payments.addAll(payKeys(debts.keys()));
        CompletableFuture<Void> done = CompletableFuture.allOf(payments.toArray(new CompletableFuture<?>[0]));
        Future<?> timer = later(
                () -> done.completeExceptionally(
                        new StoreUnavailableException("what is owed to the store could not be paid in time", null)),
                timeout);
        CompletableFuture<Void> unused = done.whenComplete((all, failure) -> {
            timer.cancel(false);
            if (failure == null && !owed.isEmpty() && !payments.isEmpty()) {
                payFirst();
                return;
            }
            paying.set(false);
            if (failure != null) {
                owedBecause = unwrapped(failure).getMessage();
            }
            if (failure == null) {
                if (!payments.isEmpty()) {
                    LOG.info("What was owed to the store at {} has been invalidated", address);
                }
                settle();
                if (!isHeld()) {
                    up();
                }
            } else if (!down) {
                count(failure);
            }
        });
    }

    /** Invalidates keys that are owed, all in one round trip; each is paid by itself. */
    private List<CompletableFuture<Void>> payKeys(Map<RecordKey, Long> debts) {
        List<Map.Entry<RecordKey, Long>> due = List.copyOf(debts.entrySet());
        List<Namespace.Request<Long>> requests = due.stream()
                .map(debt -> new Namespace.Request<>(debt.getKey(), new Operation.Invalidate()))
                .toList();
        List<CompletionStage<Long>> replies;
        try {
            replies = requests.isEmpty() ? List.of() : namespace.executeAll(requests);
        } catch (RuntimeException e) {
            return List.of(CompletableFuture.failedFuture(e));
        }
        List<CompletableFuture<Void>> payments = new ArrayList<>(due.size());
        for (int i = 0; i < due.size(); i++) {
            Map.Entry<RecordKey, Long> debt = due.get(i);
            payments.add(replies.get(i)
                    .thenAccept(version -> {
                        paid.increment();
                        owed.paid(debt.getKey(), debt.getValue());
                    })
                    .toCompletableFuture());
        }
        return payments;
    }

    private Future<?> later(Runnable task, Duration delay) {
        try {
            return scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // the node is being closed
        }
    }

    /** This node has paid: now others have their time to. It begins once for each outage, however often is paid. */
    private synchronized void settle() {
        if (settledAt == Long.MAX_VALUE) {
            settledAt = clock.monotonic() + SETTLING;
        }
    }

    private void up() {
        long nanos;
        synchronized (this) {
            if (!down || closed) {
                return;
            }
            breaker.close();
            down = false;
            reason = null;
            upSince = clock.monotonic();
            nanos = upSince - downSince;
            degradedNanos += nanos;
        }
        LOG.info("The store at {} answers again, after {} ms", address, nanos / 1_000_000);
        onUp.run();
    }

    /** Makes no more calls, for good. */
    synchronized void close() {
        if (!closed && down) {
            degradedNanos += clock.monotonic() - downSince;
        }
        closed = true;
        down = true;
        reason = "this Duet is closed";
    }

    /** Waits for no more replies, since the timers that would end that have gone with the scheduler. */
    void giveUp() {
        givenUp = true;
        awaited.forEach(Runnable::run);
    }

    boolean isDown() {
        return down;
    }

    /**
     * Whether other nodes have had time to tell the store what they wrote during its last outage. Until then it may have values
     * that were superseded long ago, and that no audit finds. Asked for each near miss, so without a look at the clock, once
     * that time is over. It is monotonic time: a wall clock that is set forward leaves the others as long as before.
     */
    boolean isSettled() {
        long at = settledAt;
        if (at == SETTLED) {
            return true;
        }
        if (at == Long.MAX_VALUE || clock.monotonic() < at) {
            return false;
        }
        synchronized (this) {
            settledAt = settledAt == at ? SETTLED : settledAt;
        }
        return true;
    }

    /** Why the store is taken to be down, or null. */
    synchronized @Nullable String reason() {
        return reason;
    }

    synchronized long outages() {
        return outages;
    }

    synchronized Duration degradedTime() {
        return Duration.ofNanos(degradedNanos + (down && !closed ? clock.monotonic() - downSince : 0));
    }

    long refused() {
        return refused.sum();
    }

    long timeouts() {
        return timeouts.sum();
    }

    long paid() {
        return paid.sum();
    }

    /** A call that was not made, and so says nothing about the store. */
    private static final class NotCalled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotCalled(String message) {
            super(message, null, false, false);
        }
    }
}
