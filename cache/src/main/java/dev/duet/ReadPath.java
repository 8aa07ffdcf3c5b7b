package dev.duet;

import dev.duet.internal.CallerThread;
import dev.duet.internal.Flights.Flight;
import dev.duet.internal.LoadScope;
import dev.duet.internal.Payloads.Decoded;
import dev.duet.local.NearCache;
import dev.duet.local.NearHit;
import dev.duet.store.CacheException;
import dev.duet.store.Level;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a read: near cache, or a flight that {@link ReadRun} brings home, and how long its caller waits for that.
 * Thread-safe.
 *
 * <p>Implementation note. Reads that block and reads that do not take the same way, and join each other's flights. What
 * differs is who runs the steps: the thread of the caller who blocks, or the node's background.
 */
final class ReadPath<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);

    private final NearCache<K, Object> near; // at hand, so that a hit takes few steps
    private final CacheCore<K, V> core;

    ReadPath(CacheCore<K, V> core) {
        this.near = core.near;
        this.core = core;
    }

    @Nullable
    V get(K key) {
        Object entry = near.lookup(key);
        return entry == null ? value(entry(key, null)) : core.fromNear(entry);
    }

    @Nullable
    V get(K key, Source<K, V> source) {
        Object entry = near.lookup(key);
        return entry == null ? value(entry(key, source)) : core.fromNear(entry);
    }

    @Nullable
    V getIfPresent(K key) {
        Object entry = near.lookup(key);
        return entry == null ? value(entryIfPresent(key)) : core.fromNear(entry);
    }

    private static <V> @Nullable V value(@Nullable Answer<V> answer) {
        return answer == null ? null : answer.value();
    }

    /** Reads a key, with the cache's loader if {@code source} is null. */
    Answer<V> entry(K key, @Nullable Source<K, V> source) {
        core.node.lifetime().check(); // not before the lookup of a get: the near cache of a closed node serves nothing
        Answer<V> served = served(key);
        return served != null ? served : waitFor(steps -> read(key, source == null ? core.source() : source, steps));
    }

    /** Reads a key without loading; null if it is not cached. */
    @Nullable
    Answer<V> entryIfPresent(K key) {
        core.node.lifetime().check();
        Answer<V> served = served(key);
        return served != null ? served : waitFor(steps -> peek(key, steps));
    }

    /** As {@link #entry}, without blocking. */
    CompletableFuture<Answer<V>> entryAsync(K key, @Nullable Source<K, V> source) {
        return async(() -> {
            Answer<V> served = served(key);
            return served != null
                    ? CompletableFuture.completedFuture(served)
                    : read(
                            key,
                            source == null ? core.source() : source,
                            core.node.background().forCaller());
        });
    }

    /** As {@link #entryIfPresent}, without blocking. */
    CompletableFuture<@Nullable Answer<V>> entryIfPresentAsync(K key) {
        return async(() -> {
            Answer<V> served = served(key);
            return served != null
                    ? CompletableFuture.completedFuture(served)
                    : peek(key, core.node.background().forCaller());
        });
    }

    /** Reads many keys; those without a value are left out. */
    Map<K, V> all(Collection<? extends K> keys, @Nullable Source<K, V> source) {
        return waitFor(steps -> readAll(keys, source, steps));
    }

    /** As {@link #all}, without blocking. */
    CompletableFuture<Map<K, V>> allAsync(Collection<? extends K> keys, @Nullable Source<K, V> source) {
        return async(() -> readAll(keys, source, core.node.background().forCaller()));
    }

    private <T extends @Nullable Object> CompletableFuture<T> async(Supplier<CompletableFuture<T>> read) {
        try {
            return core.node.background().calling(read);
        } catch (NullPointerException e) {
            throw e;
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What the near cache serves, though it is due to be refreshed or stale; null if it serves nothing. */
    private @Nullable Answer<V> served(K key) {
        // A lookup is the use by which the near cache tells what to keep; the rest is quiet.
        NearHit<Object> hit = near.lookup(key) == null ? near.examine(key) : near.peek(key);
        if (hit == null) {
            return null;
        }
        if (hit.refreshDue()) {
            refresh(key, hit);
        }
        return new Answer<>(core.fromNear(hit.value()), hit.stale(), Level.NEAR, hit.deadline());
    }

    private void refresh(K key, NearHit<Object> hit) {
        Executor background = core.node.background();
        background.execute(() -> {
            try {
                RecordKey record = core.recordKey(key);
                if (core.node.link().isDown() || core.isBehind(record)) {
                    core.refreshLater(key, hit.writtenAt());
                    return;
                }
                KeyRead<K, V> read = ReadRun.keyRead(core, core.flights.prepare(key), true);
                new ReadRun<>(core, core.source, background, null).refresh(read, hit);
            } catch (RuntimeException e) {
                LOG.warn("Key '{}' of cache '{}' could not be refreshed", key, core.config.name(), e);
            }
        });
    }

    /** The answer for one caller, who may leave without it, and does after a while if that is wanted. */
    private CompletableFuture<Answer<V>> read(K key, Source<K, V> source, Executor steps) {
        ReadCall call = ReadCall.now(core.node, steps);
        if (call.writing()) {
            return readWhileWriting(key, source, call);
        }
        core.stats.nearMisses.increment();
        return view(fly(List.of(key), source, call).get(0), call.began());
    }

    /** Joins the flights of keys, or starts them. */
    private List<Flight<K, Answer<V>>> fly(Collection<? extends K> keys, Source<K, V> source, ReadCall call) {
        LoadScope caller = call.loader();
        List<Flight<K, Answer<V>>> flights = new ArrayList<>(keys.size());
        List<Flight<K, Answer<V>>> started = new ArrayList<>(keys.size());
        List<KeyRead<K, V>> mine = new ArrayList<>(keys.size());
        try {
            for (K key : keys) {
                if (caller != null && caller.loads(core.flights, key)) {
                    throw recursive(key);
                }
                Flight<K, Answer<V>> flight = core.flights.prepare(key);
                Flight<K, Answer<V>> other = core.flights.joinOrStart(flight);
                if (other != null) {
                    core.stats.joined.increment();
                    flight = other;
                } else {
                    started.add(flight);
                }
                if (caller != null && caller.waitsInVainFor(flight)) {
                    throw recursive(key);
                }
                flights.add(flight);
                if (other == null && !hasLanded(flight)) {
                    mine.add(ReadRun.keyRead(core, flight, false));
                }
            }
        } catch (RuntimeException | Error e) { // whatever it is, nobody is to wait for these
            started.forEach(flight -> core.flights.fail(flight, e));
            throw e;
        }
        if (!mine.isEmpty()) {
            new ReadRun<>(core, source, call.steps(), caller).start(mine);
        }
        return flights;
    }

    /** Whether another flight has landed since this reader looked, so that there is nothing to do. */
    private boolean hasLanded(Flight<K, Answer<V>> flight) {
        Answer<V> served = served(flight.key);
        if (served == null) {
            return false;
        }
        core.flights.land(flight, served);
        return true;
    }

    private RecursiveLoadException recursive(K key) {
        return new RecursiveLoadException(
                "the loader of key '" + key + "' of cache '" + core.config.name()
                        + "' asks for that key, itself or through other loaders that wait for it; have it ask its source"
                        + " instead",
                null,
                core.config.name(),
                String.valueOf(key));
    }

    /**
     * What one caller, who has waited since {@code began}, waits for: the flight, or what is served after {@code softTimeout}
     * and {@code hardTimeout}.
     */
    private CompletableFuture<Answer<V>> view(Flight<K, Answer<V>> flight, long began) {
        if (!core.loadsElsewhere || flight.result.isDone()) {
            return flight.result.thenApply(this::own);
        }
        CompletableFuture<Answer<V>> mine = new CompletableFuture<>();
        Duration soft = core.config.softTimeout();
        Duration hard = core.config.hardTimeout();
        Future<?> softTimer = soft == null
                ? null
                : later(left(soft, began), () -> {
                    CompletableFuture<?> unused =
                            fallback(flight).thenAccept(stale -> serveStale(mine, flight.key, stale));
                });
        Future<?> hardTimer = hard == null
                ? null
                : later(left(hard, began), () -> {
                    Answer<V> stale = fallback(flight).getNow(null);
                    if (stale != null) {
                        serveStale(mine, flight.key, stale);
                        return;
                    }
                    LoadTimeoutException failure = timedOut(flight.key, hard);
                    if (mine.completeExceptionally(failure)) {
                        core.loadTimedOut(flight.key, hard, failure);
                    }
                });
        CompletableFuture<?> unused = flight.result.thenApply(this::own).whenComplete((answer, failure) -> {
            cancel(softTimer);
            cancel(hardTimer);
            if (failure == null) {
                mine.complete(answer);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private void serveStale(CompletableFuture<Answer<V>> reader, K key, Answer<V> stale) {
        if (reader.complete(own(stale))) {
            core.servedStaleForTime(key);
        }
    }

    /**
     * What is retained near at this moment, or else what the flight finds in the store. Not what was near when the flight
     * began: that may have been as old as B then, and who joins the flight may come B later (promise P1).
     */
    private CompletableFuture<Answer<V>> fallback(Flight<K, Answer<V>> flight) {
        Answer<V> near = core.retained(flight.key);
        return near == null ? flight.fallback : CompletableFuture.completedFuture(near);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private Duration left(Duration timeout, long began) {
        long left = timeout.toNanos() - (core.node.clock().read() - began);
        return Duration.ofNanos(Math.max(0, left));
    }

    private Future<?> later(Duration delay, Runnable task) {
        try {
            return core.node.scheduler().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // the node is being closed
        }
    }

    private LoadTimeoutException timedOut(K key, Duration hard) {
        return new LoadTimeoutException(
                "key '" + key + "' of cache '" + core.config.name() + "' was not loaded within hardTimeout ("
                        + hard.toMillis() + " ms); the load goes on, and is cached if it ends in time",
                null,
                core.config.name(),
                String.valueOf(key));
    }

    /** An answer with a value that is the reader's own, if that is wanted. */
    private Answer<V> own(Answer<V> answer) {
        return !core.config.copyNearValues() || answer.value() == null
                ? answer
                : new Answer<>(core.copy(answer.value()), answer.stale(), answer.level(), answer.deadline());
    }

    private CompletableFuture<@Nullable Answer<V>> peek(K key, Executor steps) {
        return peek(key, false, steps);
    }

    /**
     * Asks the store, and loads nothing; null if it holds nothing.
     *
     * @param fails whether to fail if the store does not answer, rather than take it to hold nothing
     */
    private CompletableFuture<@Nullable Answer<V>> peek(K key, boolean fails, Executor steps) {
        core.stats.nearMisses.increment();
        KeyRead<K, V> read = ReadRun.keyRead(core, core.flights.prepare(key), false);
        if (core.isBehind(read.record)) {
            return fails
                    ? CompletableFuture.failedFuture(
                            core.unavailable(read.record.key(), core.node.link().owing()))
                    : CompletableFuture.completedFuture(null);
        }
        read.ticket = near.ticket(key);
        read.asked = core.node.clock().read();
        return core.node
                .link()
                .callAll(List.of(new Request<>(read.record, new Operation.Read())))
                .thenApplyAsync(
                        replies -> {
                            StoreUnavailableException failure = replies.get(0).failure();
                            if (fails && failure != null) {
                                throw core.unavailable(read.record.key(), failure);
                            }
                            return found(read, replies.get(0));
                        },
                        steps);
    }

    private @Nullable Answer<V> found(KeyRead<K, V> read, StoreReply<Reading> reply) {
        if (reply.failure() != null) {
            core.stats.storeFailures.increment();
            LOG.debug(
                    "Key '{}' of cache '{}' counts as not cached",
                    read.record.key(),
                    read.record.cache(),
                    reply.failure());
            return null;
        }
        Reading reading = reply.get();
        if (reading instanceof Reading.Hit hit) {
            if (core.config.writeBehind() != null) {
                read.discard = hit.version(); // it may be pending, and nothing newer
            }
            CacheCore.Taken<V> taken = core.take(read, hit);
            if (taken != null) {
                long deadline = CacheCore.deadline(read.asked, taken.hit().remaining());
                return new Answer<>(taken.value(), hit.stale(), Level.STORE, deadline);
            }
        } else if (reading instanceof Reading.Writing writing) {
            Decoded<V> decoded = core.old(read, writing);
            if (decoded != null) {
                return new Answer<>(decoded.value(), false, Level.STORE, Long.MAX_VALUE);
            }
        }
        core.stats.storeMisses.increment();
        core.countForeign(reading instanceof Reading.Missing missing && missing.foreign());
        return null;
    }

    /** Reads in the middle of a write of this thread's own: what is loaded is for nobody else (anomalies A19, A20). */
    private CompletableFuture<Answer<V>> readWhileWriting(K key, Source<K, V> source, ReadCall call) {
        LoadScope caller = call.loader();
        Executor steps = call.steps();
        if (caller != null && caller.loads(core.flights, key)) {
            throw recursive(key);
        }
        return peek(key, core.config.writeBehind() != null, steps)
                .thenComposeAsync(
                        found -> {
                            if (found != null) {
                                return CompletableFuture.completedFuture(found);
                            }
                            KeyRead<K, V> read = ReadRun.keyRead(core, core.flights.prepare(key), false);
                            new ReadRun<>(core, source, steps, caller).loadOnly(read);
                            return read.flight.result;
                        },
                        steps);
    }

    private CompletableFuture<Map<K, V>> readAll(
            Collection<? extends K> keys, @Nullable Source<K, V> source, Executor steps) {
        ReadCall call = ReadCall.now(core.node, steps);
        return new ReadAll<K, V>(core.config.name(), call, part -> answers(part, source, call)).of(keys);
    }

    /** Reads many different keys, in their order, each with its own outcome. */
    private Map<K, CompletableFuture<Answer<V>>> answers(
            Collection<? extends K> keys, @Nullable Source<K, V> source, ReadCall call) {
        Map<K, CompletableFuture<Answer<V>>> answers = new LinkedHashMap<>();
        List<K> asked = new ArrayList<>();
        for (K key : keys) {
            Answer<V> served = served(key);
            answers.put(key, CompletableFuture.completedFuture(served));
            if (served == null) {
                asked.add(key);
            }
        }
        if (asked.isEmpty()) {
            return answers;
        }
        Source<K, V> loader = source == null ? core.source() : source;
        if (call.writing()) {
            asked.forEach(key -> answers.put(key, readWhileWriting(key, loader, call)));
        } else {
            core.stats.nearMisses.add(asked.size());
            fly(asked, loader, call).forEach(flight -> answers.put(flight.key, view(flight, call.began())));
        }
        return answers;
    }

    /** Reads keys for nobody in particular, and says how many were loaded and how many failed. */
    WarmProgress warm(Collection<? extends K> keys, WarmProgress before) {
        Map<K, CompletableFuture<Answer<V>>> answers = new LinkedHashMap<>();
        try {
            waitFor(steps -> {
                answers.putAll(answers(keys, null, ReadCall.now(core.node, steps)));
                return ReadAll.allOf(answers.values()).handle((done, failure) -> answers);
            });
        } catch (CodecException e) {
            LOG.warn("{} keys of cache '{}' could not be warmed", keys.size(), core.config.name(), e);
            int failed = keys.size();
            return new WarmProgress(before.total(), before.done() + failed, before.loaded(), before.failed() + failed);
        }
        long loaded = 0;
        long failed = 0;
        List<Throwable> failures = new ArrayList<>(0);
        for (Map.Entry<K, CompletableFuture<Answer<V>>> entry : answers.entrySet()) {
            if (entry.getValue().isCompletedExceptionally()) {
                failed++;
                failures.add(Thrown.of(entry.getValue()));
            } else if (entry.getValue().join().level() == Level.SOURCE) {
                loaded++;
            }
        }
        if (failed > 0) {
            LOG.warn(
                    "{} of {} keys of cache '{}' could not be warmed",
                    failed,
                    answers.size(),
                    core.config.name(),
                    failures.get(0));
        }
        return new WarmProgress(
                before.total(), before.done() + answers.size(), before.loaded() + loaded, before.failed() + failed);
    }

    /** The thread of a loader was interrupted, which is not that of the caller who waits for it. */
    private CacheException interruptedElsewhere(Throwable cause) {
        return new CacheException(
                "the loader of cache '" + core.config.name()
                        + "' was interrupted on another thread; read again to load anew",
                cause,
                core.config.name(),
                null,
                Level.SOURCE);
    }

    /** Blocks for a result, whose steps the calling thread runs meanwhile. */
    <T extends @Nullable Object> T waitFor(Function<Executor, CompletableFuture<T>> read) {
        return waitFor(read, result -> {});
    }

    /** As above; {@code abandoned} is given the result if the caller is interrupted and does not wait for it any more. */
    <T extends @Nullable Object> T waitFor(
            Function<Executor, CompletableFuture<T>> read, Consumer<CompletableFuture<T>> abandoned) {
        CallerThread steps = new CallerThread(core.node.waiting(), core.node.background());
        AtomicReference<@Nullable CompletableFuture<T>> begun = new AtomicReference<>();
        try {
            return core.node.background().waiting(() -> {
                CompletableFuture<T> result = read.apply(steps);
                begun.set(result);
                return steps.await(result);
            });
        } catch (ExecutionException e) {
            Throwable cause = Thrown.cause(e);
            throw cause instanceof InterruptedException
                            && !Thread.currentThread().isInterrupted()
                    ? interruptedElsewhere(cause)
                    : Thrown.asItself(cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CompletableFuture<T> result = begun.get();
            if (result != null) {
                abandoned.accept(result);
            }
            throw new CacheException(
                    "interrupted while waiting for cache '" + core.config.name() + "'",
                    e,
                    core.config.name(),
                    null,
                    Level.STORE);
        }
    }
}
