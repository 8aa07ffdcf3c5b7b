package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a write: intent, write, completion, each with this node's own copies dropped before it goes on. Thread-safe.
 *
 * <p>Implementation note. {@code update} drops at begin, so that this node does not go on serving the old value near while
 * the others have dropped it, and at completion, so that whoever reads after it returned starts anew (anomaly A25). An
 * exception of the write completes without a value: whether the database committed is not known (A14). A writer that dies
 * anywhere in between leaves an intent, which runs out (A12).
 */
final class WritePath<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(WritePath.class);

    private final CacheCore<K, V> core;
    private final long term;

    WritePath(CacheCore<K, V> core) {
        this.core = core;
        this.term = Durations.micros(core.node.maxStaleness());
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
            core.drop(key);
            throw e;
        }
        core.stats.invalidationsSent.increment();
        if (reply.stored()) {
            core.replaceNear(key, ticket, value, record.partition(), reply.version(), asked, content.life());
        } else {
            core.drop(key);
        }
    }

    void invalidate(K key) {
        try {
            core.call(core.recordKey(key), new Operation.Invalidate());
            core.stats.invalidationsSent.increment();
        } finally {
            core.drop(key);
        }
    }

    void invalidateAll(Collection<? extends K> keys) {
        Map<K, RecordKey> records = new LinkedHashMap<>();
        for (K key : keys) {
            records.put(key, core.recordKey(key)); // all of them before anything is sent, since a key may be refused
        }
        Map<K, CompletionStage<Long>> sent = new LinkedHashMap<>();
        records.forEach(
                (key, record) -> sent.put(key, core.node.namespace().execute(record, new Operation.Invalidate())));
        CacheException failed = null;
        for (Map.Entry<K, CompletionStage<Long>> entry : sent.entrySet()) {
            try {
                core.await(entry.getValue(), String.valueOf(entry.getKey()));
                core.stats.invalidationsSent.increment();
            } catch (CacheException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            } finally {
                core.drop(entry.getKey());
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    void invalidateAll() {
        long[] floors = core.await(core.node.namespace().invalidateAll(core.config.name()), null);
        core.stats.invalidationsSent.increment();
        for (int p = 0; p < floors.length; p++) {
            core.raiseFloor(p, floors[p]);
        }
    }

    <R extends @Nullable Object, X extends Exception> R update(K key, WriteFunction<R, X> write) throws X {
        RecordKey record = core.recordKey(key);
        String token = core.node.newToken();
        try {
            core.call(record, new Operation.Begin(token, term));
        } catch (CacheException e) {
            core.send(record, new Operation.Complete(token, null));
            throw e;
        } finally {
            core.drop(key);
        }
        core.stats.invalidationsSent.increment();
        try {
            return renewing(record, token, write);
        } finally {
            complete(key, record, token);
        }
    }

    /** Runs the write, and meanwhile renews its intent every third of its term (anomaly A21). */
    private <R extends @Nullable Object, X extends Exception> R renewing(
            RecordKey record, String token, WriteFunction<R, X> write) throws X {
        Runnable renew = () -> core.send(record, new Operation.Renew(token, term));
        Future<?> renewal = core.node.scheduler().scheduleAtFixedRate(renew, term / 3, term / 3, TimeUnit.MICROSECONDS);
        try {
            return write.run();
        } finally {
            renewal.cancel(false);
        }
    }

    /** Tells the store that the write is done, whatever its outcome; an interrupt of the write has to wait for that. */
    private void complete(K key, RecordKey record, String token) {
        boolean interrupted = Thread.interrupted();
        try {
            core.call(record, new Operation.Complete(token, null));
        } catch (CacheException e) {
            LOG.warn(
                    "The write of key '{}' of cache '{}' is done, but the store could not be told; other nodes may read"
                            + " the old value until the intent runs out, in {}: {}",
                    record.key(),
                    record.cache(),
                    core.node.maxStaleness(),
                    e.getMessage());
        } finally {
            core.drop(key);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
