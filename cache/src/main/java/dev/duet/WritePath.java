package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way of a write, each with this node's own copies dropped before it returns. Thread-safe.
 *
 * <p>Implementation note. A write that the store could not be told of is owed to it, and that before the own copies are
 * dropped, so that no later reader of this node gets the old value back from the store (anomalies A15, A25). This goes for
 * one whose outcome is not known too.
 */
final class WritePath<K, V> {

    private final CacheCore<K, V> core;

    WritePath(CacheCore<K, V> core) {
        this.core = core;
    }

    void put(K key, V value) {
        Objects.requireNonNull(value, "value is null; to remove one, use invalidate(key)");
        RecordKey record = core.recordKey(key);
        Content content = core.content(record, value, 0);
        if (content == null) {
            invalidate(key);
            return;
        }
        long ticket = core.near.ticket(key);
        long asked = core.node.clock().read();
        WriteReply reply;
        try {
            reply = core.call(record, new Operation.Put(content));
        } catch (CacheException e) {
            core.node.link().owe(record);
            core.drop(key);
            rejectIfSo(e);
            return;
        }
        core.stats.invalidationsSent.increment();
        if (reply.stored()) {
            core.replaceNear(key, ticket, value, record.partition(), reply.version(), asked, content.life());
        } else {
            core.drop(key);
        }
    }

    void invalidate(K key) {
        invalidateAll(List.of(key));
    }

    void invalidateAll(Collection<? extends K> keys) {
        Map<K, RecordKey> records = records(keys);
        long deadline = core.node.link().deadline();
        Map<K, CompletableFuture<Long>> sent = new LinkedHashMap<>();
        records.forEach((key, record) -> sent.put(key, core.start(record, new Operation.Invalidate())));
        CacheException failed = null;
        for (Map.Entry<K, CompletableFuture<Long>> entry : sent.entrySet()) {
            RecordKey record = Objects.requireNonNull(records.get(entry.getKey()));
            try {
                core.await(entry.getValue(), deadline, record.key());
                core.stats.invalidationsSent.increment();
            } catch (CacheException e) {
                core.node.link().owe(record);
                failed = first(failed, e);
            } finally {
                core.drop(entry.getKey());
            }
        }
        if (failed != null) {
            rejectIfSo(failed);
        }
    }

    void invalidateAll() {
        long deadline = core.node.link().deadline();
        long[] floors;
        try {
            floors = core.await(
                    core.node.link().start(namespace -> namespace.invalidateAll(core.config.name())), deadline, null);
        } catch (CacheException e) {
            core.node.link().owe(core.config.name());
            core.dropAll();
            rejectIfSo(e);
            return;
        }
        core.stats.invalidationsSent.increment();
        for (int p = 0; p < floors.length; p++) {
            core.raiseFloor(p, floors[p]);
        }
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
            records.put(key, core.recordKey(key));
        }
        return records;
    }

    /** Throws what went wrong, unless it was that the store does not answer, and writes are made nevertheless. */
    private void rejectIfSo(CacheException failure) {
        if (!(failure instanceof StoreUnavailableException) || core.node.whenStoreIsDown() == WhenStoreIsDown.REJECT) {
            throw failure;
        }
    }

    private static CacheException first(@Nullable CacheException before, CacheException now) {
        if (before == null) {
            return now;
        }
        before.addSuppressed(now);
        return before;
    }
}
