package dev.duet;

import dev.duet.internal.InTurn;
import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.Namespace.Durability;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a write that is acknowledged when the store holds it, value and pending write in one step, and that a {@link
 * Flusher} makes later. Thread-safe.
 *
 * <p>Implementation note. Unlike other writes, one that the store does not take fails, whatever is to be done while the store is
 * down: to acknowledge it would be to lose it. Its outcome is not known then; this node's own copies are dropped.
 */
final class WriteBehindPath<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(WriteBehindPath.class);
    private static final long PAUSE = 20_000_000;

    /** The life of what is not to be cached once it is written, in microseconds: there is none shorter. */
    private static final long NO_LIFE = 1;

    private final CacheCore<K, V> core;
    private final WriteBehind<K, V> settings;
    final PendingCounts counts;
    final Flusher<K, V> flusher;
    private volatile boolean fit;

    WriteBehindPath(CacheCore<K, V> core, WriteBehind<K, V> settings) {
        this.core = core;
        this.settings = settings;
        this.counts = new PendingCounts(core.node.link().config().partitions(), settings.maximumPending());
        this.flusher = new Flusher<>(core, settings, counts);
    }

    /** A write on its way to the store; {@code value} is null if it is a removal. */
    private static final class Write<K, V> {
        final K key;
        final @Nullable V value;
        final RecordKey record;
        final Content content;
        long ticket;
        long asked;

        Write(K key, @Nullable V value, RecordKey record, Content content) {
            this.key = key;
            this.value = value;
            this.record = record;
            this.content = content;
        }
    }

    /**
     * Checks that the store keeps what it acknowledges, if it can be asked; if not, the first write asks again.
     *
     * @throws StoreConfigurationException if it does not
     */
    void checkStore() {
        try {
            fit(core.await(durability(), core.node.link().deadline(), null));
        } catch (StoreUnavailableException e) {
            LOG.debug("Whether the store is fit for write-behind is to be seen", e);
        }
    }

    private CompletableFuture<Durability> durability() {
        return core.node.link().start(Namespace::durability);
    }

    private void fit(Durability durability) {
        String cache = "cache '" + core.config.name() + "' cannot write behind: ";
        if (durability.refusal() != null) {
            throw new StoreConfigurationException(cache + durability.refusal(), null);
        }
        if (durability.warning() != null && !fit) {
            LOG.warn("Pending writes of cache '{}' may be lost: {}", core.config.name(), durability.warning());
        }
        fit = true;
    }

    CompletableFuture<@Nullable Void> putAll(Map<? extends K, ? extends V> values, Executor steps) {
        List<Map.Entry<K, V>> checked = new ArrayList<>(values.size());
        for (Map.Entry<? extends K, ? extends V> entry : values.entrySet()) {
            K key = Objects.requireNonNull(entry.getKey(), "key is null");
            checked.add(Map.entry(key, Objects.requireNonNull((V) entry.getValue(), DefaultTwoLevelCache.NULL_VALUE)));
            checkKey(key, values.size());
        }
        return inParts(checked, this::puts, steps);
    }

    private List<Write<K, V>> puts(List<Map.Entry<K, V>> values) {
        List<Write<K, V>> writes = new ArrayList<>(values.size());
        for (Map.Entry<K, V> entry : values) {
            RecordKey record = core.recordKey(entry.getKey());
            Content content = content(record, entry.getKey(), entry.getValue());
            writes.add(new Write<>(entry.getKey(), entry.getValue(), record, content));
        }
        return writes;
    }

    CompletableFuture<@Nullable Void> removeAll(Collection<? extends K> keys, Executor steps) {
        List<K> checked = new ArrayList<>(keys);
        checked.forEach(key -> checkKey(Objects.requireNonNull(key, "key is null"), checked.size()));
        return inParts(checked, this::removals, steps);
    }

    /** Refuses a key before anything is sent, where not all of them are encoded before that anyhow. */
    private void checkKey(K key, int keys) {
        if (!Parts.isOne(keys)) {
            RecordKey unused = core.recordKey(key);
        }
    }

    /**
     * Makes writes in parts, each of which waits for room by itself. One that fails is the last one: what was acknowledged before
     * is pending, and the rest has not been sent.
     */
    private <T> CompletableFuture<@Nullable Void> inParts(
            List<T> all, Function<List<T>, List<Write<K, V>>> encode, Executor steps) {
        if (Parts.isOne(all.size())) {
            return enqueue(encode.apply(all), 0, steps);
        }
        AtomicInteger left = new AtomicInteger(all.size());
        return InTurn.each(
                        Parts.ofKeys(all),
                        part -> enqueue(encode.apply(part), left.addAndGet(-part.size()), steps),
                        steps)
                .thenApply(end -> null);
    }

    private List<Write<K, V>> removals(List<K> keys) {
        List<Write<K, V>> writes = new ArrayList<>(keys.size());
        Duration absence = core.config.cacheAbsence();
        // So that a write that comes late finds that it was removed since, and has that written once more.
        long remembered = 2 * FlusherLeases.MOST_TERMS * Durations.micros(settings.leaseTerm());
        long life = absence == null ? NO_LIFE : Durations.micros(absence);
        for (K key : keys) {
            RecordKey record = core.recordKey(key);
            writes.add(new Write<>(
                    key, null, record, new Content(core.payloads.encodeAbsent(record), life, remembered, 0)));
        }
        return writes;
    }

    private Content content(RecordKey record, K key, V value) {
        Payload payload = core.payloads.encode(record, value, null);
        if (payload == null) {
            throw new CodecException(
                    "the value of key '" + record.key() + "' of cache '" + core.config.name()
                            + "' is larger than maximumValueSize (" + core.config.maximumValueSize()
                            + " bytes), so that the store cannot keep it until it is written; raise maximumValueSize",
                    null,
                    core.config.name(),
                    record.key());
        }
        Duration retention = core.config.staleIfError();
        return new Content(
                payload,
                Math.max(NO_LIFE, core.lifeOf(key, value)),
                retention == null ? 0 : Durations.micros(retention),
                0);
    }

    /**
     * Has the store hold writes.
     *
     * @param rest how many writes of the same call come after these
     */
    private CompletableFuture<@Nullable Void> enqueue(List<Write<K, V>> writes, int rest, Executor steps) {
        if (fit) {
            return send(
                    writes,
                    rest,
                    true,
                    core.node.clock().monotonic() + settings.maximumWait().toNanos(),
                    steps);
        }
        return core.node
                .link()
                .bounded(durability())
                .handleAsync(
                        (durability, failure) -> {
                            if (failure != null) {
                                throw core.unavailable(null, StoreLink.unavailable(failure));
                            }
                            fit(durability);
                            return core.node.clock().monotonic()
                                    + settings.maximumWait().toNanos();
                        },
                        steps)
                .thenComposeAsync(end -> send(writes, rest, true, end, steps), steps);
    }

    /**
     * Sends writes, as many as there is room for; and at first also the others, in case they take the place of pending ones.
     */
    private CompletableFuture<@Nullable Void> send(
            List<Write<K, V>> writes, int rest, boolean first, long end, Executor steps) {
        int room = counts.reserve(writes.size());
        int sent = first ? writes.size() : room;
        List<Request<PendingReply>> requests = new ArrayList<>(sent);
        for (int i = 0; i < sent; i++) {
            Write<K, V> write = writes.get(i);
            write.ticket = core.near.ticket(write.key);
            write.asked = core.node.clock().read();
            requests.add(new Request<>(write.record, new PendingOperation.Enqueue(write.content, i < room)));
        }
        return core.node
                .link()
                .callAll(requests)
                .thenComposeAsync(
                        replies -> {
                            List<Write<K, V>> left = taken(writes, replies, room);
                            return left.isEmpty()
                                    ? CompletableFuture.completedFuture(null)
                                    : waitForRoom(left, rest, end, steps);
                        },
                        steps);
    }

    /** Takes the replies; those that there was no room for. */
    private List<Write<K, V>> taken(List<Write<K, V>> writes, List<StoreReply<PendingReply>> replies, int room) {
        List<Write<K, V>> left = new ArrayList<>(0);
        CacheException failed = null;
        for (int i = 0; i < replies.size(); i++) {
            Write<K, V> write = writes.get(i);
            StoreReply<PendingReply> reply = replies.get(i);
            if (reply.failure() != null) {
                core.stats.storeFailures.increment();
                core.drop(write.key);
                failed = WritePath.first(failed, core.unavailable(write.record.key(), reply.failure()));
            } else if (reply.get().accepted()) {
                accepted(write, reply.get());
            } else {
                left.add(write);
            }
        }
        counts.release(room);
        if (failed != null) {
            throw failed;
        }
        left.addAll(writes.subList(replies.size(), writes.size()));
        return left;
    }

    private void accepted(Write<K, V> write, PendingReply reply) {
        core.stats.invalidationsSent.increment();
        core.stats.acknowledged.increment();
        if (reply.coalesced()) {
            core.stats.coalesced.increment();
        } else {
            counts.grown(write.record.partition());
        }
        if (write.value == null) {
            core.drop(write.key);
        } else {
            core.replaceNear(
                    write.key,
                    write.ticket,
                    write.value,
                    write.record.partition(),
                    reply.version(),
                    write.asked,
                    Life.of(write.content, reply.writtenAt()));
        }
    }

    private CompletableFuture<@Nullable Void> waitForRoom(
            List<Write<K, V>> writes, int rest, long end, Executor steps) {
        if (core.node.clock().monotonic() - end >= 0) {
            int left = writes.size() + rest;
            core.stats.rejectedWrites.add(left);
            throw new WriteBehindFullException(
                    left + " of the writes of cache '" + core.config.name()
                            + "' were not made, the first of key '"
                            + writes.get(0).record.key() + "': there are " + settings.maximumPending()
                            + " pending ones (maximumPending), and the system of record did not take them within "
                            + settings.maximumWait() + " (maximumWait); see whether it does",
                    core.config.name(),
                    writes.get(0).record.key());
        }
        flusher.hurry();
        return core.node.waiting().pause(PAUSE).thenComposeAsync(over -> send(writes, rest, false, end, steps), steps);
    }
}
