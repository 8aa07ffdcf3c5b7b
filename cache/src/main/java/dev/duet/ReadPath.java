package dev.duet;

import dev.duet.internal.Payloads.Decoded;
import dev.duet.local.NearCache;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a read: near cache, flight, store, lease, loader, and back. Thread-safe.
 *
 * <p>Implementation note. The near cache's ticket is taken before the store is asked, and so is the time: an invalidation
 * that arrives in between voids the one (anomaly A03), and what is left of a value's life counts from the other, so that
 * only durations cross between clocks (A29). A value loaded without a lease is filled nowhere (A01, A02, A31), with one
 * exception: while the store cannot be asked, it is kept near for the bound B (promise P5). A key that this node has written
 * while the store could not be told is not read from the store until it has been invalidated there (A15).
 */
final class ReadPath<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);
    private static final long FIRST_PAUSE = 1_000_000;
    private static final long LONGEST_PAUSE = 25_000_000;

    private final NearCache<K, Object> near; // at hand, so that a hit takes few steps
    private final CacheCore<K, V> core;
    private final long term;

    ReadPath(CacheCore<K, V> core) {
        this.near = core.near;
        this.core = core;
        this.term = Durations.micros(core.config.loadTimeout());
    }

    @Nullable
    V getIfPresent(K key) {
        Object entry = near.lookup(key);
        return entry == null ? peek(key) : value(entry);
    }

    @Nullable
    V get(K key) {
        Object entry = near.lookup(key);
        return entry == null ? miss(key, core.loader()) : value(entry);
    }

    @Nullable
    V get(K key, CacheLoader<? super K, ? extends V> loader) {
        Object entry = near.lookup(key);
        return entry == null ? miss(key, loader) : value(entry);
    }

    private @Nullable V peek(K key) {
        core.stats.nearMisses.increment();
        RecordKey record = core.recordKey(key);
        if (core.node.link().owed.covers(record)) {
            return null;
        }
        long ticket = near.ticket(key);
        long asked = core.node.clock().read();
        Reading found;
        try {
            found = core.call(record, new Operation.Read());
        } catch (StoreUnavailableException e) {
            LOG.debug("Key '{}' of cache '{}' counts as not cached", record.key(), record.cache(), e);
            return null;
        }
        Decoded<V> decoded = found instanceof Reading.Hit hit
                ? take(key, record, ticket, asked, hit)
                : found instanceof Reading.Writing writing ? old(record, writing) : null;
        if (decoded == null) {
            core.stats.storeMisses.increment();
            countForeign(found instanceof Reading.Missing missing && missing.foreign());
            return null;
        }
        return decoded.value();
    }

    private @Nullable V miss(K key, CacheLoader<? super K, ? extends V> loader) {
        if (core.node.writes().isWriting()) {
            return readWhileWriting(key, loader);
        }
        core.stats.nearMisses.increment();
        try {
            return core.flights.join(key, core.stats.joined::increment, () -> fly(key, loader));
        } catch (Exception e) {
            throw Thrown.asItself(e);
        }
    }

    /** Reads in the middle of a write of this thread's own: what is loaded is for nobody else (anomalies A19, A20). */
    private @Nullable V readWhileWriting(K key, CacheLoader<? super K, ? extends V> loader) {
        V found = peek(key);
        if (found != null) {
            return found;
        }
        try {
            return load(key, loader);
        } catch (Exception e) {
            throw Thrown.asItself(e);
        }
    }

    private @Nullable V fly(K key, CacheLoader<? super K, ? extends V> loader) throws Exception {
        Object entry = near.lookup(key);
        if (entry != null) {
            return value(entry); // another flight has landed since this reader looked
        }
        RecordKey record = core.recordKey(key);
        if (core.node.link().owed.covers(record)) {
            return loadAlone(key, loader, record);
        }
        String token = core.node.newToken();
        long discard = 0;
        long pause = FIRST_PAUSE;
        long patience = core.node.clock().read() + 2 * core.config.loadTimeout().toNanos();
        while (true) {
            long ticket = near.ticket(key);
            long asked = core.node.clock().read();
            boolean called = !core.node.link().isDown();
            LeaseReply reply;
            try {
                reply = core.call(record, new Operation.Lease(token, term, discard));
            } catch (StoreUnavailableException e) {
                LOG.debug("Key '{}' of cache '{}' is loaded without the store", record.key(), record.cache(), e);
                if (called) {
                    core.send(record, new Operation.Release(token)); // it may stand, and keep other nodes waiting
                }
                return loadAlone(key, loader, record);
            }
            if (reply instanceof LeaseReply.Granted granted) {
                core.stats.storeMisses.increment();
                countForeign(granted.foreign());
                return loadAndFill(key, loader, record, token, granted.head(), ticket);
            }
            Reading found = ((LeaseReply.Refused) reply).reading();
            if (found instanceof Reading.Hit hit) {
                Decoded<V> decoded = take(key, record, ticket, asked, hit);
                if (decoded != null) {
                    return decoded.value();
                }
                discard = hit.version();
            } else if (found instanceof Reading.Writing writing) {
                Decoded<V> decoded = old(record, writing);
                if (decoded != null) {
                    return decoded.value();
                }
                core.stats.storeMisses.increment();
                return load(key, loader);
            } else if (core.node.clock().read() >= patience) {
                core.stats.storeMisses.increment();
                return load(key, loader);
            } else {
                core.node.waiting().pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        }
    }

    private @Nullable V loadAndFill(
            K key,
            CacheLoader<? super K, ? extends V> loader,
            RecordKey record,
            String token,
            long granted,
            long ticket)
            throws Exception {
        long floor = near.floor(record.partition());
        long started = core.node.clock().read();
        V value;
        Content content;
        try {
            value = load(key, loader);
            content = core.content(record, value, core.node.clock().read() - started);
        } catch (Throwable e) {
            core.send(record, new Operation.Release(token));
            throw e;
        }
        if (content == null) {
            core.send(record, new Operation.Release(token));
            return value;
        }
        long asked = core.node.clock().read();
        try {
            WriteReply reply = core.call(record, new Operation.Fill(token, granted, content));
            if (reply.stored()) {
                core.fillNear(key, ticket, value, record.partition(), reply.version(), asked, content.life());
            } else {
                core.stats.storeFillsRefused.increment();
            }
        } catch (StoreUnavailableException e) {
            LOG.debug("Key '{}' of cache '{}' was loaded but not stored", record.key(), record.cache(), e);
            core.fillNearAlone(key, ticket, value, record.partition(), floor, started);
        }
        return value;
    }

    /** Loads while the store cannot be asked, or not about this key. */
    private @Nullable V loadAlone(K key, CacheLoader<? super K, ? extends V> loader, RecordKey record)
            throws Exception {
        core.stats.loadsAlone.increment();
        long ticket = near.ticket(key);
        long floor = near.floor(record.partition());
        long asked = core.node.clock().read();
        V value = load(key, loader);
        core.fillNearAlone(key, ticket, value, record.partition(), floor, asked);
        return value;
    }

    private @Nullable V load(K key, CacheLoader<? super K, ? extends V> loader) throws Exception {
        long started = core.node.clock().read();
        boolean loaded = false;
        try {
            V value = loader.load(key);
            loaded = true;
            return value;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw e;
        } finally {
            core.stats.loadNanos.add(core.node.clock().read() - started);
            (loaded ? core.stats.loads : core.stats.loadFailures).increment();
        }
    }

    /** Takes a value from the store, and keeps it near; null if it cannot be read. */
    private @Nullable Decoded<V> take(K key, RecordKey record, long ticket, long asked, Reading.Hit hit) {
        Decoded<V> decoded = core.payloads.decode(record, hit.payload());
        if (decoded == null) {
            core.stats.unreadable.increment();
            return null;
        }
        core.stats.storeHits.increment();
        core.fillNear(key, ticket, decoded.value(), record.partition(), hit.head(), asked, hit.remaining());
        return decoded;
    }

    /** Takes the value from before a write that is at work, which nobody may keep; null if there is none. */
    private @Nullable Decoded<V> old(RecordKey record, Reading.Writing writing) {
        Reading.Hit hit = writing.old();
        if (hit == null) {
            return null;
        }
        Decoded<V> decoded = core.payloads.decode(record, hit.payload());
        (decoded == null ? core.stats.unreadable : core.stats.storeHits).increment();
        return decoded;
    }

    /** The value that a near entry stands for. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // the near cache holds values of V, and the one NOTHING
    private @Nullable V value(Object entry) {
        return entry == CacheCore.NOTHING ? null : (V) entry;
    }

    private void countForeign(boolean foreign) {
        if (foreign) {
            core.stats.unreadable.increment();
        }
    }
}
