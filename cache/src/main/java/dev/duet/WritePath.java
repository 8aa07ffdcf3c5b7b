package dev.duet;

import dev.duet.AnnouncedWrite.Known;
import dev.duet.internal.InTurn;
import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Level;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a write, each with this node's own copies dropped before it is done. Several keys go to the store together.
 * Thread-safe.
 *
 * <p>Implementation note. A write that the store could not be told of is owed to it, and that before the own copies are
 * dropped, so that no later reader of this node gets the old value back from the store (anomalies A15, A25). This goes for
 * one whose outcome is not known too.
 */
final class WritePath<K, V> {

    private final CacheCore<K, V> core;
    private final @Nullable WriteBehindPath<K, V> behind;

    /** As {@code behind} writes, unless it is null. */
    WritePath(CacheCore<K, V> core, @Nullable WriteBehindPath<K, V> behind) {
        this.core = core;
        this.behind = behind;
    }

    /** A value on its way to the store; {@code content} is null if it is not to be kept, and the key is invalidated. */
    private record Sent<K, V>(
            K key, V value, RecordKey record, @Nullable Content content, long ticket, long asked) {}

    CompletableFuture<@Nullable Void> putAll(Map<? extends K, ? extends V> values, Executor steps) {
        if (behind != null) {
            return behind.putAll(values, steps);
        }
        return inParts(checked(values), part -> putPart(part, steps), steps);
    }

    /** The keys and values, of which each was looked at before anything is sent, since one may be refused. */
    List<Map.Entry<K, V>> checked(Map<? extends K, ? extends V> values) {
        List<Map.Entry<K, V>> checked = new ArrayList<>(values.size());
        for (Map.Entry<? extends K, ? extends V> entry : values.entrySet()) {
            K key = Objects.requireNonNull(entry.getKey(), "key is null");
            checked.add(Map.entry(key, Objects.requireNonNull((V) entry.getValue(), DefaultTwoLevelCache.NULL_VALUE)));
        }
        if (!Parts.isOne(checked.size())) {
            checked.forEach(entry -> core.recordKey(entry.getKey()));
        }
        return checked;
    }

    /** Makes a write in parts, all of them even if some fail; and then fails as the first did. */
    private <T> CompletableFuture<@Nullable Void> inParts(
            List<T> all, Function<List<T>, CompletableFuture<@Nullable Void>> write, Executor steps) {
        if (Parts.isOne(all.size())) {
            return write.apply(all);
        }
        AtomicReference<@Nullable CacheException> failed = new AtomicReference<>();
        return InTurn.each(
                        Parts.ofKeys(all),
                        part -> write.apply(part).handle((end, failure) -> {
                            if (failure != null) {
                                failed.set(first(failed.get(), ofStore(failure)));
                            }
                            return null;
                        }),
                        steps)
                .thenApply(end -> {
                    rejectIfSo(failed.get());
                    return null;
                });
    }

    /** A failure of the store, after which other parts are still to be told or owed; any other ends the write. */
    private static CacheException ofStore(Throwable failure) {
        Throwable cause = Thrown.cause(failure);
        if (cause instanceof StoreUnavailableException unavailable) {
            return unavailable;
        }
        throw Thrown.<RuntimeException>asItself(cause);
    }

    private CompletableFuture<@Nullable Void> putPart(List<Map.Entry<K, V>> values, Executor steps) {
        List<Sent<K, V>> puts = new ArrayList<>(values.size());
        Map<K, RecordKey> drops = new LinkedHashMap<>();
        for (Map.Entry<K, V> entry : values) {
            K key = entry.getKey();
            V value = entry.getValue();
            RecordKey record = core.recordKey(key);
            Content content = core.content(record, key, value);
            if (content == null) {
                drops.put(key, record);
            } else {
                puts.add(new Sent<>(
                        key,
                        value,
                        record,
                        content,
                        core.near.ticket(key),
                        core.node.clock().read()));
            }
        }
        List<Request<WriteReply>> requests = new ArrayList<>(puts.size());
        for (Sent<K, V> put : puts) {
            requests.add(new Request<>(put.record(), new Operation.Put(Objects.requireNonNull(put.content()))));
        }
        CompletableFuture<@Nullable Void> dropped = invalidate(drops, steps);
        return core.node
                .link()
                .callAll(requests)
                .thenAcceptAsync(replies -> taken(puts, replies), steps)
                .thenCombine(dropped, (put, drop) -> null);
    }

    private void taken(List<Sent<K, V>> puts, List<StoreReply<WriteReply>> replies) {
        CacheException failed = null;
        for (int i = 0; i < puts.size(); i++) {
            Sent<K, V> put = puts.get(i);
            StoreReply<WriteReply> reply = replies.get(i);
            if (reply.failure() != null) {
                failed = first(failed, owed(put.key(), put.record(), reply.failure()));
                continue;
            }
            core.stats.invalidationsSent.increment();
            WriteReply stored = reply.get();
            if (stored.stored() && put.content() != null) {
                core.replaceNear(
                        put.key(),
                        put.ticket(),
                        put.value(),
                        put.record().partition(),
                        stored.version(),
                        put.asked(),
                        Life.of(put.content(), stored.writtenAt()));
            } else {
                core.drop(put.key());
            }
        }
        rejectIfSo(failed);
    }

    /**
     * A put that nobody waits for any more, as its caller was interrupted, and may write again before it is carried out (A44). So
     * what it leaves is invalidated once its outcome is known. A write behind it is not: it would be lost by that.
     */
    void abandoned(CompletableFuture<?> put, Collection<? extends K> keys) {
        if (behind == null) {
            CompletableFuture<?> unused = put.handle((end, failure) -> true)
                    .thenComposeAsync(end -> drop(keys, core.node.background()), core.node.background());
        }
    }

    /** Drops the keys from the store and every node, and tells no writer. */
    CompletableFuture<@Nullable Void> drop(Collection<? extends K> keys, Executor steps) {
        if (Parts.isOne(keys.size())) {
            return invalidate(records(keys), steps);
        }
        List<K> distinct = checked(keys);
        return inParts(distinct, part -> invalidate(records(part), steps), steps);
    }

    /** Different keys, of which each was looked at before anything is sent, since one may be refused. */
    List<K> checked(Collection<? extends K> keys) {
        List<K> checked = new ArrayList<>(new LinkedHashSet<K>(keys));
        checked.forEach(key -> core.recordKey(Objects.requireNonNull(key, "key is null")));
        return checked;
    }

    CompletableFuture<@Nullable Void> invalidateAll(Collection<? extends K> keys, Executor steps) {
        if (behind != null) {
            return behind.removeAll(keys, steps);
        }
        return drop(keys, steps);
    }

    private CompletableFuture<@Nullable Void> invalidate(Map<K, RecordKey> records, Executor steps) {
        List<Request<Long>> requests = new ArrayList<>(records.size());
        records.values().forEach(record -> requests.add(new Request<>(record, new Operation.Invalidate())));
        return core.node.link().callAll(requests).thenApplyAsync(replies -> dropped(records, replies), steps);
    }

    private @Nullable Void dropped(Map<K, RecordKey> records, List<StoreReply<Long>> replies) {
        CacheException failed = null;
        int i = 0;
        for (Map.Entry<K, RecordKey> entry : records.entrySet()) {
            StoreReply<Long> reply = replies.get(i++);
            if (reply.failure() != null) {
                failed = first(failed, owed(entry.getKey(), entry.getValue(), reply.failure()));
            } else {
                core.stats.invalidationsSent.increment();
                core.drop(entry.getKey());
            }
        }
        rejectIfSo(failed);
        return null;
    }

    /** The store could not be told of a write of this key, as far as is known. */
    private CacheException owed(K key, RecordKey record, StoreUnavailableException failure) {
        core.stats.storeFailures.increment();
        core.node.link().owe(record, failure);
        core.drop(key);
        return core.unavailable(record.key(), failure);
    }

    CompletableFuture<@Nullable Void> invalidateAll(Executor steps) {
        return core.node
                .link()
                .bounded(core.node.link().start(namespace -> namespace.invalidateAll(core.config.storeName())))
                .handleAsync(
                        (floors, failure) -> {
                            if (failure != null) {
                                core.stats.storeFailures.increment();
                                core.node.link().owe(core.config.storeName(), StoreLink.unavailable(failure));
                                core.dropAll();
                                Throwable cause = Thrown.cause(failure);
                                if (!(cause instanceof StoreUnavailableException known)) {
                                    throw new CompletionException(cause);
                                }
                                rejectIfSo(core.unavailable(null, known));
                                return null;
                            }
                            core.stats.invalidationsSent.increment();
                            for (int p = 0; p < floors.length; p++) {
                                core.raiseFloor(p, floors[p]);
                            }
                            core.invalidated(null, true);
                            return null;
                        },
                        steps);
    }

    /** Announces a write that the application closes. */
    WriteIntent begin(Collection<? extends K> keys) {
        refuseBehind("beginWrite(…)");
        Map<K, RecordKey> records = records(keys);
        return AnnouncedWrite.begin(core, records, place());
    }

    <R extends @Nullable Object, X extends Exception> R update(
            String method, Collection<? extends K> keys, WriteFunction<R, X> write) throws X {
        refuseBehind(method);
        AnnouncedWrite<K, V> intent = AnnouncedWrite.begin(core, records(keys), null);
        try {
            return write.run();
        } finally {
            intent.close();
        }
    }

    <X extends Exception> @Nullable V updateAndPut(K key, WriteFunction<? extends @Nullable V, X> write) throws X {
        refuseBehind("updateAndPut(…)");
        Map<K, RecordKey> records = records(List.of(key));
        AnnouncedWrite<K, V> intent = AnnouncedWrite.begin(core, records, null);
        Map<K, Known<V>> values = Map.of();
        try {
            V value = write.run();
            values = known(records, Collections.singletonMap(key, value));
            return value;
        } finally {
            intent.close(values);
        }
    }

    <R extends @Nullable Object> CompletableFuture<R> updateAsync(
            String method, Collection<? extends K> keys, Supplier<? extends CompletionStage<R>> write, Executor steps) {
        return updateAsync(method, records(keys), write, result -> Map.of(), steps);
    }

    CompletableFuture<@Nullable V> updateAndPutAsync(
            K key, Supplier<? extends CompletionStage<? extends @Nullable V>> write, Executor steps) {
        Map<K, RecordKey> records = records(List.of(key));
        Supplier<CompletionStage<@Nullable V>> widened = () -> widened(write.get());
        return updateAsync(
                "updateAndPut(…)",
                records,
                widened,
                value -> known(records, Collections.singletonMap(key, value)),
                steps);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a stage only gives; null is refused by who called this
    private static <T extends @Nullable Object> CompletionStage<T> widened(CompletionStage<? extends T> stage) {
        return (CompletionStage<T>) stage;
    }

    private <R extends @Nullable Object> CompletableFuture<R> updateAsync(
            String method,
            Map<K, RecordKey> records,
            Supplier<? extends CompletionStage<R>> write,
            Function<R, Map<K, Known<V>>> values,
            Executor steps) {
        refuseBehind(method);
        return AnnouncedWrite.beginAsync(core, records, steps)
                .thenComposeAsync(intent -> written(intent, write, values, steps), steps);
    }

    private <R extends @Nullable Object> CompletableFuture<R> written(
            AnnouncedWrite<K, V> intent,
            Supplier<? extends CompletionStage<R>> write,
            Function<R, Map<K, Known<V>>> values,
            Executor steps) {
        CompletableFuture<R> outcome = new CompletableFuture<>();
        try {
            CompletionStage<R> unused = given(intent.call(write::get)).whenComplete((result, failure) -> {
                if (failure == null) {
                    outcome.complete(result);
                } else {
                    outcome.completeExceptionally(Thrown.cause(failure));
                }
            });
        } catch (Throwable e) { // whatever it is, the write is over
            outcome.completeExceptionally(e);
        }
        CompletableFuture<Map<K, Known<V>>> known = outcome.thenApplyAsync(values, steps);
        return known.handle((found, failure) -> failure == null ? found : Map.<K, Known<V>>of())
                .thenCompose(found -> intent.closeAsync(found, steps))
                .thenCompose(closed -> known)
                .thenCompose(encoded -> outcome);
    }

    private <R extends @Nullable Object> CompletionStage<R> given(@Nullable CompletionStage<R> stage) {
        if (stage == null) { // a supplier need not be compiled with a null checker
            throw new CacheException(
                    "a write to cache '" + core.config.name()
                            + "' returned null; return a stage, which completes when the write is committed",
                    null,
                    core.config.name(),
                    null,
                    Level.SOURCE);
        }
        return stage;
    }

    /** What the keys are known to have once a write of the values is made; without what is not to be cached. */
    Map<K, Known<V>> known(Map<K, RecordKey> records, Map<? extends K, ? extends @Nullable V> values) {
        Map<K, Known<V>> known = new HashMap<>();
        values.forEach((key, value) -> {
            Content content = core.content(Objects.requireNonNull(records.get(key)), key, value);
            if (content != null) {
                known.put(key, new Known<>(value, content));
            }
        });
        return known;
    }

    /** A write of the application's own would be overtaken by one that is pending. */
    private void refuseBehind(String method) {
        if (core.config.writeBehind() != null) {
            throw new IllegalStateException("cache '" + core.config.name() + "' writes behind, so that " + method
                    + " would be overtaken by what is pending; use put or invalidate");
        }
    }

    /** Where in the application a write is announced. */
    private static @Nullable String place() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !isOurs(frame.getClassName()))
                        .findFirst()
                        .map(frame -> frame.toStackTraceElement().toString())
                        .orElse(null));
    }

    private static boolean isOurs(String className) {
        return className.startsWith("java.")
                || className
                        .substring(0, Math.max(0, className.lastIndexOf('.')))
                        .equals(WritePath.class.getPackageName());
    }

    /** The addresses of all keys, before anything is sent, since a key may be refused. */
    Map<K, RecordKey> records(Collection<? extends K> keys) {
        Map<K, RecordKey> records = new LinkedHashMap<>();
        for (K key : keys) {
            records.put(Objects.requireNonNull(key, "key is null"), core.recordKey(key));
        }
        return records;
    }

    /**
     * Throws what went wrong, unless writes are made nevertheless while the store does not answer; never so if the node was closed
     * meanwhile, which can tell nobody any more.
     */
    private void rejectIfSo(@Nullable CacheException failure) {
        if (failure != null
                && (core.node.whenStoreIsDown() == WhenStoreIsDown.REJECT
                        || core.node.lifetime().isOver())) {
            throw failure;
        }
    }

    /** The first of failures that this call has made, of which nobody else knows yet. */
    static CacheException first(@Nullable CacheException before, CacheException now) {
        if (before == null) {
            return now;
        }
        if (before.getSuppressed().length < 8) {
            before.addSuppressed(now);
        }
        return before;
    }
}
