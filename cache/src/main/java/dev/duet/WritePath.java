package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
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
        List<Sent<K, V>> puts = new ArrayList<>(values.size());
        Map<K, RecordKey> drops = new LinkedHashMap<>();
        for (Map.Entry<? extends K, ? extends V> entry : values.entrySet()) {
            K key = Objects.requireNonNull(entry.getKey(), "key is null");
            V value = Objects.requireNonNull((V) entry.getValue(), DefaultTwoLevelCache.NULL_VALUE);
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

    /** Drops the keys from the store and every node, and tells no writer. */
    CompletableFuture<@Nullable Void> drop(Collection<? extends K> keys, Executor steps) {
        return invalidate(records(keys), steps);
    }

    CompletableFuture<@Nullable Void> invalidateAll(Collection<? extends K> keys, Executor steps) {
        if (behind != null) {
            return behind.removeAll(keys, steps);
        }
        return invalidate(records(keys), steps);
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
        core.node.link().owe(record);
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
                                core.node.link().owe(core.config.storeName());
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

    WriteIntent begin(Collection<? extends K> keys) {
        return AnnouncedWrite.begin(core, records(keys));
    }

    <R extends @Nullable Object, X extends Exception> R update(K key, WriteFunction<R, X> write) throws X {
        WriteIntent intent = begin(List.of(key));
        try {
            return write.run();
        } finally {
            intent.close();
        }
    }

    /** The addresses of all keys, before anything is sent, since a key may be refused. */
    private Map<K, RecordKey> records(Collection<? extends K> keys) {
        Map<K, RecordKey> records = new LinkedHashMap<>();
        for (K key : keys) {
            records.put(Objects.requireNonNull(key, "key is null"), core.recordKey(key));
        }
        return records;
    }

    /** Throws what went wrong, unless writes are made nevertheless while the store does not answer. */
    private void rejectIfSo(@Nullable CacheException failure) {
        if (failure != null && core.node.whenStoreIsDown() == WhenStoreIsDown.REJECT) {
            throw failure;
        }
    }

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
