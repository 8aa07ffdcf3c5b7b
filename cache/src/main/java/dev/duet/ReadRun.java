package dev.duet;

import dev.duet.KeyRead.Mode;
import dev.duet.internal.Flights.Flight;
import dev.duet.internal.LoadScope;
import dev.duet.internal.Payloads.Decoded;
import dev.duet.internal.WaitingReaders;
import dev.duet.local.NearHit;
import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Level;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.StoreFullException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of keys that no near entry answers: store, lease, loader, and back. One for each call, for one key or many; each
 * step asks the store about all keys that have come as far, together. Nothing here blocks but a loader that does.
 *
 * <p>Implementation note. The near cache's ticket is taken before the store is asked, and so is the time: an invalidation
 * that arrives in between voids the one (anomaly A03), and what is left of a value's life counts from the other, so that
 * only durations cross between clocks (A29). A value loaded without a lease is filled nowhere (A01, A02, A31), with one
 * exception: while the store cannot be asked, it is kept near for the bound B (promise P5). A key that this node has written
 * while the store could not be told is not read from the store until it has been invalidated there (A15).
 *
 * <p>To wait for keys that others load never holds up the load and the fill of those that this run has the leases of: so
 * two runs whose keys overlap do not wait for each other in a circle.
 */
final class ReadRun<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(ReadRun.class);
    private static final long FIRST_PAUSE = 10_000_000;
    private static final long LONGEST_PAUSE = 200_000_000;

    private final CacheCore<K, V> core;
    private final Source<K, V> source;
    private final Executor steps;
    private final @Nullable LoadScope caller;

    /**
     * A run.
     *
     * @param source loads what is not there
     * @param steps runs the steps, loaders included if nothing has to go on without them
     * @param caller the call of a loader that asks for the keys, or null
     */
    ReadRun(CacheCore<K, V> core, Source<K, V> source, Executor steps, @Nullable LoadScope caller) {
        this.core = core;
        this.source = source;
        this.steps = steps;
        this.caller = caller;
    }

    /** Starts, and returns; the flights land by and by. */
    void start(List<KeyRead<K, V>> reads) {
        guard(reads, () -> ask(reads));
    }

    private void ask(List<KeyRead<K, V>> reads) {
        if (reads.isEmpty()) {
            return;
        }
        List<KeyRead<K, V>> asked = new ArrayList<>(reads.size());
        List<KeyRead<K, V>> owed = new ArrayList<>(0);
        List<Request<LeaseReply>> requests = new ArrayList<>(reads.size());
        boolean called = !core.node.link().isDown();
        for (KeyRead<K, V> read : reads) {
            previous(read, null); // what an earlier answer retained may have been invalidated since
            if (core.isBehind(read.record)) {
                read.mode = Mode.ALONE;
                if (core.config.writeBehind() == null) {
                    owed.add(read);
                } else {
                    failed(
                            read,
                            core.unavailable(read.record.key(), core.node.link().owing()));
                }
                continue;
            }
            read.hints = core.readers.mark(read.key);
            read.loadFailed = read.waiting != null && read.waiting.hasSeenLoadFail();
            asks(read);
            asked.add(read);
            requests.add(new Request<>(read.record, new Operation.Lease(read.token, core.leaseTerm(), read.discard)));
        }
        then(core.node.link().callAll(requests), reads, replies -> answered(asked, replies, called, owed));
    }

    /** Takes the ticket, the floor and the time that an answer from now on is of. */
    private void asks(KeyRead<K, V> read) {
        read.ticket = core.near.ticket(read.key);
        read.floor = core.near.floor(read.record.partition());
        read.asked = core.node.clock().read();
    }

    private void answered(
            List<KeyRead<K, V>> asked, List<StoreReply<LeaseReply>> replies, boolean called, List<KeyRead<K, V>> owed) {
        List<KeyRead<K, V>> load = new ArrayList<>(owed);
        List<KeyRead<K, V>> again = new ArrayList<>(0);
        List<KeyRead<K, V>> wait = new ArrayList<>(0);
        for (int i = 0; i < asked.size(); i++) {
            KeyRead<K, V> read = asked.get(i);
            StoreReply<LeaseReply> reply = replies.get(i);
            if (reply.failure() != null) {
                missed(read, reply.failure(), called);
                if (reply.failure() instanceof StoreFullException && core.config.writeBehind() != null) {
                    read.mode = Mode.KEEP_NOT; // nothing is pending, or that would be the answer
                    load.add(read);
                } else if (core.config.writeBehind() == null) {
                    load.add(read);
                } else { // the system of record may be behind what was acknowledged
                    failed(read, core.unavailable(read.record.key(), reply.failure()));
                }
            } else if (reply.get() instanceof LeaseReply.Granted granted) {
                core.stats.storeMisses.increment();
                core.countForeign(granted.foreign());
                granted(read, granted);
                load.add(read);
            } else if (((LeaseReply.Refused) reply.get()).reading() instanceof Reading.Hit hit) {
                CacheCore.Taken<V> taken = core.take(read, hit);
                if (taken == null && read.discard == hit.version()) { // a pending write, which does not give way
                    read.mode = Mode.KEEP_NOT;
                    load.add(read);
                } else if (taken == null) {
                    read.discard = hit.version();
                    again.add(read);
                } else {
                    long remaining = taken.hit().remaining();
                    land(read, answer(taken.value(), hit.stale(), Level.STORE, read.asked, remaining));
                }
            } else if (((LeaseReply.Refused) reply.get()).reading() instanceof Reading.Writing writing) {
                Decoded<V> decoded = core.old(read, writing);
                if (decoded == null) {
                    core.stats.storeMisses.increment();
                    read.mode = Mode.KEEP_NOT;
                    load.add(read);
                } else {
                    land(read, new Answer<>(decoded.value(), false, Level.STORE, Long.MAX_VALUE));
                }
            } else if (((LeaseReply.Refused) reply.get()).reading() instanceof Reading.Loading loading
                    && waits(read, loading)) {
                wait.add(read);
            } else {
                core.stats.storeMisses.increment();
                read.mode = Mode.KEEP_NOT;
                load.add(read);
            }
        }
        await(wait);
        ask(again);
        load(load);
    }

    /** The store could not be asked. */
    private void missed(KeyRead<K, V> read, StoreUnavailableException failure, boolean called) {
        core.stats.storeFailures.increment();
        LOG.debug(
                "Key '{}' of cache '{}' is loaded without the store", read.record.key(), read.record.cache(), failure);
        if (called && !(failure instanceof StoreFullException)) {
            core.send(read.record, new Operation.Release(read.token)); // it may stand, and keep other nodes waiting
        }
        read.mode = Mode.ALONE;
    }

    private void granted(KeyRead<K, V> read, LeaseReply.Granted granted) {
        read.mode = Mode.FILL;
        read.granted = granted.head();
        Reading.Hit outlived = read.outlived;
        read.outlived = null;
        previous(read, granted.previous());
        if (outlived != null && granted.previous() == null && outlived.head() == granted.head()) {
            previous(read, core.asRetained(outlived)); // nothing has changed since
        }
    }

    /**
     * Takes note of what may be served if the load fails, and may be found unchanged: what the last reply says, since the
     * ticket and the time are of that one, and what an earlier one said may have been changed since.
     */
    private void previous(KeyRead<K, V> read, Reading.@Nullable Hit hit) {
        read.previous = null;
        read.previousValue = null;
        if (hit == null) {
            return;
        }
        Decoded<V> decoded = core.payloads.decode(read.record, hit.payload());
        if (decoded == null || decoded.value() == null) {
            core.countForeign(decoded == null);
            return;
        }
        Reading.Hit kept = core.retained(read.key, decoded, hit);
        if (kept == null) {
            return;
        }
        read.previous = kept;
        read.previousValue = decoded;
        if (kept.stale() && core.config.staleIfError() != null) {
            read.flight.fallback.complete(answer(decoded.value(), true, Level.STORE, read.asked, kept.remaining()));
        }
    }

    /**
     * Whether to wait for another's load; not for ever, and not once more after one that ended and left no value: else those
     * who waited for a load that failed would try one after the other (anomaly A56).
     */
    private boolean waits(KeyRead<K, V> read, Reading.Loading loading) {
        long now = core.node.clock().monotonic();
        if (read.waiting == null) {
            WaitingReaders<K>.Reader waiting = core.readers.join(read.key);
            read.waiting = waiting;
            CompletableFuture<?> unused = read.flight.result.whenComplete((answer, failure) -> waiting.leave());
            core.stats.leaseWaits.increment();
            read.patience = now + 2 * core.config.loadTimeout().toNanos();
            read.pause = FIRST_PAUSE;
        } else {
            read.pause = Math.min(2 * read.pause, LONGEST_PAUSE);
        }
        previous(read, loading.retained());
        read.pause = Math.min(read.pause, loading.remaining() * 1_000 + 1_000_000);
        return now < read.patience && !read.loadFailed;
    }

    /** Waits for a hint or the end of a pause, and asks again. */
    private void await(List<KeyRead<K, V>> reads) {
        if (reads.isEmpty()) {
            return;
        }
        long least = LONGEST_PAUSE;
        List<CompletableFuture<@Nullable Void>> hints = new ArrayList<>(reads.size());
        for (KeyRead<K, V> read : reads) {
            least = Math.min(least, read.pause);
            hints.add(Objects.requireNonNull(read.waiting).next(read.hints));
        }
        until(CompletableFuture.anyOf(hints.toArray(new CompletableFuture<?>[0])), least, reads, () -> {
            boolean more = source.isBulk(reads.size())
                    && reads.stream()
                            .anyMatch(
                                    read -> Objects.requireNonNull(read.waiting).hasSeenLoadFail());
            if (more) { // what one call has loaded ends key by key, and is to be loaded by one call again
                until(ReadAll.allOf(hints), FIRST_PAUSE, reads, () -> ask(reads));
            } else {
                ask(reads);
            }
        });
    }

    private void until(CompletableFuture<?> event, long longest, List<KeyRead<K, V>> reads, Runnable step) {
        if (event.isDone()) {
            then(event, reads, end -> step.run());
            return;
        }
        CompletableFuture<@Nullable Void> pause = core.node.waiting().pause(longest);
        then(CompletableFuture.anyOf(event, pause), reads, first -> {
            pause.cancel(false);
            step.run();
        });
    }

    private void load(List<KeyRead<K, V>> reads) {
        if (reads.isEmpty()) {
            return;
        }
        if (core.loadsElsewhere) {
            core.node.background().prompt().execute(() -> guard(reads, () -> call(reads, false)));
        } else {
            call(reads, false);
        }
    }

    /**
     * Calls the loader: for all keys at once if it can, or for one after the other for a while, so that what was loaded is
     * filled before the rest is loaded.
     *
     * @param goesOn whether others of the same read were loaded before
     */
    private void call(List<KeyRead<K, V>> reads, boolean goesOn) {
        List<Request<Boolean>> renewals = reads.stream()
                .filter(read -> read.mode == Mode.FILL)
                .map(read -> new Request<>(read.record, new Operation.Renew(read.token, core.leaseTerm())))
                .toList();
        Future<?> renewal = core.renewLeases(renewals, goesOn || hasWaited(reads.get(0)));
        LoadScope.Stack stack = core.node.loads();
        LoadScope before = stack.current();
        Map<K, KeyRead<K, V>> byKey = new LinkedHashMap<>();
        reads.forEach(read -> byKey.put(read.key, read));
        stack.enter(
                caller,
                core.flights,
                byKey.keySet(),
                reads.stream().map(read -> read.flight).toList());
        Executor executor = stack.carrying(core.node.background());
        int called = reads.size();
        try {
            if (source.isBulk(reads.size())) {
                reads.forEach(this::begin);
                callBulk(byKey, executor);
            } else {
                called = callEach(reads, executor);
            }
        } catch (Throwable e) { // whatever it is, nobody goes on to renew
            renewal.cancel(false);
            throw e;
        } finally {
            stack.leave(before);
        }
        List<KeyRead<K, V>> part = List.copyOf(reads.subList(0, called));
        List<KeyRead<K, V>> rest = List.copyOf(reads.subList(called, reads.size()));
        CompletableFuture<?>[] all = part.stream().map(read -> read.loaded).toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Boolean> done = CompletableFuture.allOf(all).handle((end, failure) -> failure == null);
        Consumer<Boolean> landing = end -> {
            landed(part, renewal);
            if (!rest.isEmpty()) {
                guard(rest, () -> call(rest, true));
            }
        };
        if (done.isDone()) {
            landing.accept(true);
        } else {
            then(done, reads, landing);
        }
    }

    /** Whether a good part of a lease's term is over before its load begins: with many keys, the reply may take that long. */
    private boolean hasWaited(KeyRead<K, V> read) {
        return core.node.clock().read() - read.asked > core.leaseTerm() * 1_000 / 3;
    }

    private void begin(KeyRead<K, V> read) {
        if (read.mode == Mode.ALONE) {
            core.stats.loadsAlone.increment();
            asks(read);
        }
        read.started = core.node.clock().read();
    }

    /** Loads keys one by one until a third of a lease's term is over; how many. */
    private int callEach(List<KeyRead<K, V>> reads, Executor executor) {
        long end = core.node.clock().read() + core.leaseTerm() * 1_000 / 3;
        int called = 0;
        do {
            KeyRead<K, V> read = reads.get(called++);
            begin(read);
            read.loaded = timed(read, source.load(read.key, previousOf(read), executor));
        } while (called < reads.size() && core.node.clock().read() < end);
        return called;
    }

    private void callBulk(Map<K, KeyRead<K, V>> byKey, Executor executor) {
        long started = core.node.clock().read();
        CompletableFuture<Map<? extends K, ? extends V>> map =
                source.loadAll(Collections.unmodifiableSet(byKey.keySet()), executor);
        CompletableFuture<?> unused = map.whenComplete((found, failure) -> {
            core.stats.loadNanos.add(core.node.clock().read() - started);
            (failure == null ? core.stats.loads : core.stats.loadFailures).add(byKey.size());
            if (found != null) {
                core.checkAsked(found.keySet(), byKey.keySet());
            }
        });
        byKey.forEach((key, read) -> read.loaded = map.thenApply(found -> Source.result(found.get(key))));
    }

    private CompletableFuture<LoadResult<V>> timed(KeyRead<K, V> read, CompletableFuture<LoadResult<V>> loaded) {
        return loaded.whenComplete((result, failure) -> {
            core.stats.loadNanos.add(core.node.clock().read() - read.started);
            (failure == null ? core.stats.loads : core.stats.loadFailures).increment();
        });
    }

    private @Nullable PreviousValue<V> previousOf(KeyRead<K, V> read) {
        if (read.previous == null || read.previousValue == null || read.previousValue.value() == null) {
            return null;
        }
        return new PreviousValue<>(
                core.copy(read.previousValue.value()),
                read.previousValue.validator(),
                Duration.ofNanos(read.previous.age() * 1_000 + core.node.clock().read() - read.asked));
    }

    /** Keeps what was loaded; the leases are renewed until the store has it, which may have others' turn before. */
    private void landed(List<KeyRead<K, V>> reads, Future<?> renewal) {
        List<KeyRead<K, V>> fills = new ArrayList<>(reads.size());
        List<Request<WriteReply>> requests = new ArrayList<>(reads.size());
        List<Answer<V>> answers = new ArrayList<>(reads.size());
        List<Content> contents = new ArrayList<>(reads.size());
        for (KeyRead<K, V> read : reads) {
            try {
                Loaded<V> loaded = loaded(read);
                long took = core.node.clock().read() - read.started;
                Content content = read.mode == Mode.KEEP_NOT ? null : core.content(read.record, read.key, loaded, took);
                core.loaded(read, took);
                Answer<V> answer = new Answer<>(loaded.value(), false, Level.SOURCE, Long.MAX_VALUE);
                if (read.mode == Mode.FILL && content != null) {
                    read.asked = core.node.clock().read();
                    fills.add(read);
                    contents.add(content);
                    answers.add(answer);
                    requests.add(new Request<>(read.record, new Operation.Fill(read.token, read.granted, content)));
                    continue;
                }
                if (read.mode == Mode.FILL) {
                    core.discard(read);
                } else if (content != null) {
                    core.fillNearAlone(read, loaded.value(), content);
                }
                land(read, answer);
            } catch (Throwable e) {
                failed(read, e);
            }
        }
        if (fills.isEmpty()) {
            renewal.cancel(false);
            return;
        }
        CompletableFuture<List<StoreReply<WriteReply>>> stored =
                core.node.link().callAll(requests);
        CompletableFuture<?> unused = stored.whenComplete((replies, failure) -> renewal.cancel(false));
        then(stored, fills, replies -> filled(fills, contents, answers, replies));
    }

    private Loaded<V> loaded(KeyRead<K, V> read) throws Throwable {
        LoadResult<V> result;
        try {
            result = read.loaded.join();
        } catch (CompletionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
        if (result.kind() != LoadResult.Kind.UNCHANGED) {
            return new Loaded<>(result.value(), result, result.validator(), null);
        }
        Decoded<V> previous = read.previousValue;
        if (previous == null || read.previous == null) {
            throw new CacheException(
                    "the loader answered that key '" + read.record.key() + "' of cache '" + core.config.name()
                            + "' is unchanged, but it was given no previous value; return LoadResult.of(…)",
                    null,
                    core.config.name(),
                    read.record.key(),
                    Level.SOURCE);
        }
        boolean sameValidator = result.validator() == null;
        return new Loaded<>(
                previous.value(),
                result,
                sameValidator ? previous.validator() : result.validator(),
                sameValidator ? read.previous : null);
    }

    private void filled(
            List<KeyRead<K, V>> reads,
            List<Content> contents,
            List<Answer<V>> answers,
            List<StoreReply<WriteReply>> replies) {
        for (int i = 0; i < reads.size(); i++) {
            KeyRead<K, V> read = reads.get(i);
            Answer<V> answer = answers.get(i);
            Content content = contents.get(i);
            StoreReply<WriteReply> reply = replies.get(i);
            if (reply.failure() != null) {
                core.stats.storeFailures.increment();
                LOG.debug(
                        "Key '{}' of cache '{}' was loaded but not stored",
                        read.record.key(),
                        read.record.cache(),
                        reply.failure());
                if (reply.failure() instanceof StoreFullException) {
                    core.send(read.record, new Operation.Release(read.token)); // else it keeps other nodes waiting
                }
                read.asked = read.started;
                core.fillNearAlone(read, answer.value(), content);
            } else if (reply.get().stored()) {
                core.fillNear(
                        read,
                        answer.value(),
                        reply.get().version(),
                        Life.of(content, reply.get().writtenAt()));
                land(read, answer(answer.value(), false, Level.SOURCE, read.asked, content.life()));
                continue;
            } else {
                core.fillRefused(read.key, Level.STORE);
                if (read.refresh) {
                    core.refreshLater(read.key, read.writtenAt); // the value may still be served
                }
            }
            land(read, answer);
        }
    }

    /** The loader has failed: the lease goes back, and a retained value is served if that is wanted. */
    private void failed(KeyRead<K, V> read, Throwable failure) {
        if (read.refresh) {
            core.refreshFailed(read, failure);
        } else {
            Answer<V> stale = isForStale(failure) ? core.staleInstead(read) : null;
            if (read.mode == Mode.FILL) {
                long pause = stale == null ? 0 : Durations.micros(core.config.retryAfter());
                core.send(read.record, new Operation.Release(read.token, pause));
            }
            core.loadFailed(read, failure, stale != null);
            if (stale != null) {
                land(read, stale);
                return;
            }
        }
        core.flights.fail(read.flight, failure);
    }

    private static boolean isForStale(Throwable failure) {
        return failure instanceof Exception
                && !(failure instanceof InterruptedException)
                && !(failure instanceof RecursiveLoadException);
    }

    private Answer<V> answer(@Nullable V value, boolean stale, Level level, long asked, long remaining) {
        return new Answer<>(value, stale, level, CacheCore.deadline(asked, remaining));
    }

    private void land(KeyRead<K, V> read, Answer<V> answer) {
        core.flights.land(read.flight, answer);
    }

    /** Loads a key, and keeps what is found nowhere. */
    void loadOnly(KeyRead<K, V> read) {
        guard(List.of(read), () -> load(List.of(read)));
    }

    /** Loads a value anew while it is served. */
    void refresh(KeyRead<K, V> read, NearHit<Object> seen) {
        guard(List.of(read), () -> {
            asks(read);
            read.writtenAt = seen.writtenAt();
            Request<LeaseReply> request =
                    new Request<>(read.record, new Operation.Refresh(read.token, core.leaseTerm(), seen.writtenAt()));
            then(core.node.link().callAll(List.of(request)), List.of(read), replies -> {
                StoreReply<LeaseReply> reply = replies.get(0);
                if (reply.failure() != null) {
                    core.stats.storeFailures.increment();
                    core.send(read.record, new Operation.Release(read.token));
                    core.refreshLater(read.key, seen.writtenAt());
                } else if (reply.get() instanceof LeaseReply.Granted granted) {
                    granted(read, granted);
                    call(List.of(read), false);
                } else if (((LeaseReply.Refused) reply.get()).reading() instanceof Reading.Hit hit) {
                    if (hit.writtenAt() == seen.writtenAt()) {
                        core.refreshSoon(read.key, seen); // somebody else is at it
                    } else {
                        CacheCore.Taken<V> unused = core.take(read, hit);
                    }
                } else {
                    core.refreshSoon(read.key, seen); // it may be gone, and still be served near
                }
            });
        });
    }

    /** Goes on with a step on this run's thread. What goes wrong in it ends the flights, and nobody waits for ever. */
    private <T> void then(CompletableFuture<T> future, List<KeyRead<K, V>> reads, Consumer<T> step) {
        CompletableFuture<T> unused = future.whenCompleteAsync(
                (result, failure) -> guard(reads, () -> {
                    if (failure != null) {
                        throw new IllegalStateException("unexpected", failure);
                    }
                    step.accept(result);
                }),
                steps);
    }

    private void guard(List<KeyRead<K, V>> reads, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            for (KeyRead<K, V> read : reads) {
                if (!read.flight.result.isDone()) {
                    core.send(read.record, new Operation.Release(read.token));
                    core.flights.fail(read.flight, e);
                }
            }
        }
    }

    /** A read of a key for this run. */
    static <K, V> KeyRead<K, V> keyRead(CacheCore<K, V> core, Flight<K, Answer<V>> flight, boolean refresh) {
        return new KeyRead<>(flight.key, core.recordKey(flight.key), flight, core.node.newToken(), refresh);
    }
}
