package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write between its announcement and its completion.
 *
 * <p>Implementation note. This node's copies are dropped at begin, so that it does not go on serving the old value near while
 * others have dropped it, and at completion, so that whoever reads after it returned starts anew (anomaly A25). Completion
 * leaves no value, whatever came of the write, since whether the database committed may not be known (A14). A writer that
 * dies in between leaves an intent, which runs out (A12).
 *
 * <p>What the store could not be told is owed before this node's copies are dropped for the last time: whoever reads
 * afterwards finds the debt, and does not ask the store (A15). An intent that was lost, by eviction or a restart of the
 * store, is found out by its renewal, and announced anew (A31).
 */
final class AnnouncedWrite<K> implements WriteIntent {

    private static final Logger LOG = LoggerFactory.getLogger(AnnouncedWrite.class);

    private final CacheCore<K, ?> core;
    private final Map<K, RecordKey> records;
    private final String token;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Future<?> renewal;

    private AnnouncedWrite(CacheCore<K, ?> core, Map<K, RecordKey> records) {
        this.core = core;
        this.records = records;
        this.token = core.node.newToken();
    }

    /**
     * Announces a write; all keys in one round trip.
     *
     * @throws StoreUnavailableException if that fails, and writes are to be rejected then; what was announced is taken back
     */
    static <K> AnnouncedWrite<K> begin(CacheCore<K, ?> core, Map<K, RecordKey> records) {
        AnnouncedWrite<K> write = new AnnouncedWrite<>(core, records);
        try {
            write.announce();
        } catch (CacheException e) {
            boolean proceeds = core.node.whenStoreIsDown() == WhenStoreIsDown.PROCEED;
            if (!proceeds || !(e instanceof StoreUnavailableException)) {
                records.values().forEach(record -> core.send(record, new Operation.Complete(write.token, null)));
                throw e;
            }
            core.stats.unannounced.increment(); // its first renewal announces it if it can
        } finally {
            records.keySet().forEach(core::drop);
        }
        // One that is never closed is not to be kept by its thread, nor by its renewals.
        WeakReference<AnnouncedWrite<?>> held = new WeakReference<>(write);
        AtomicBoolean closed = write.closed;
        core.node.writes().begun(() -> held.get() != null && !closed.get());
        write.renewal = renewal(core, records, write.token, held, closed);
        return write;
    }

    private void announce() {
        long term = term(core);
        long deadline = core.node.link().deadline();
        Map<RecordKey, CompletableFuture<Long>> begun = new LinkedHashMap<>();
        records.values().forEach(record -> begun.put(record, core.start(record, new Operation.Begin(token, term))));
        CacheException failed = null;
        for (Map.Entry<RecordKey, CompletableFuture<Long>> entry : begun.entrySet()) {
            try {
                core.await(entry.getValue(), deadline, entry.getKey().key());
                core.stats.invalidationsSent.increment();
            } catch (CacheException e) {
                failed = failed == null ? e : failed;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Renews every third of the term, for as long as the write is open and somebody holds it (anomaly A21). */
    private static @Nullable Future<?> renewal(
            CacheCore<?, ?> core,
            Map<?, RecordKey> records,
            String token,
            WeakReference<AnnouncedWrite<?>> write,
            AtomicBoolean closed) {
        long term = term(core);
        Runnable renew = () -> {
            if (write.get() == null) {
                LOG.warn("A write of {} was announced and never closed; its intent runs out now", records.values());
                throw new IllegalStateException("never closed"); // ends the renewals
            }
            for (RecordKey record : records.values()) {
                renew(core, record, token, term, closed);
            }
        };
        try {
            return core.node.scheduler().scheduleAtFixedRate(renew, term / 3, term / 3, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            return null; // the node is being closed
        }
    }

    private static void renew(CacheCore<?, ?> core, RecordKey record, String token, long term, AtomicBoolean closed) {
        core.node
                .link()
                .send(namespace -> namespace
                        .execute(record, new Operation.Renew(token, term))
                        .whenComplete((stands, failure) -> {
                            if (Boolean.FALSE.equals(stands) && !closed.get()) {
                                core.send(record, new Operation.Begin(token, term));
                            }
                        }));
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (renewal != null) {
            renewal.cancel(false);
        }
        boolean interrupted = Thread.interrupted(); // an interrupt of the write has to wait for this
        try {
            complete();
        } finally {
            core.node.writes().isWriting(); // takes this one off
            records.keySet().forEach(core::drop);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void complete() {
        long deadline = core.node.link().deadline();
        Map<RecordKey, CompletableFuture<WriteReply>> sent = new LinkedHashMap<>();
        records.values().forEach(record -> sent.put(record, core.start(record, new Operation.Complete(token, null))));
        sent.forEach((record, reply) -> {
            try {
                core.await(reply, deadline, record.key());
            } catch (CacheException e) {
                LOG.debug("The completion of a write of {} failed", record, e);
                core.node.link().owe(record);
            }
        });
    }

    private static long term(CacheCore<?, ?> core) {
        return Durations.micros(core.node.maxStaleness());
    }
}
