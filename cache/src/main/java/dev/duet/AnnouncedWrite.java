package dev.duet;

import dev.duet.internal.InTurn;
import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Level;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write between its announcement and its completion.
 *
 * <p>Implementation note. This node's copies are dropped at begin, so that it does not go on serving the old value near while
 * others have dropped it, and at completion, so that whoever reads after it returned starts anew (anomaly A25). Completion
 * leaves a value only where the write is known to have been made, and to have been announced; otherwise none, since whether
 * the database committed may not be known (A14). A writer that dies in between leaves an intent, which runs out (A12).
 *
 * <p>The near cache's ticket for the new value is taken before the completion is sent: a write that comes after it, and whose
 * message overtakes the reply, voids the ticket (A03).
 *
 * <p>What the store could not be told is owed before this node's copies are dropped for the last time: whoever reads
 * afterwards finds the debt, and does not ask the store (A15). An intent that was lost, by eviction or a restart of the
 * store, is found out by its renewal, and announced again, as one that leaves no value (A31).
 */
final class AnnouncedWrite<K, V> implements WriteIntent {

    private static final Logger LOG = LoggerFactory.getLogger(AnnouncedWrite.class);

    private final CacheCore<K, V> core;
    private final Map<K, RecordKey> records;
    private final String token;
    /** At which version each key was announced; without those that were not. Set before anybody else sees this. */
    private final Map<K, Long> versions = new HashMap<>();

    private final AtomicBoolean closed = new AtomicBoolean();
    private final IntentRenewal renewal;
    /** How many keys the store was told of, or was to be. */
    private final AtomicInteger told = new AtomicInteger();
    /** Why the first key could not be announced. */
    private volatile @Nullable CacheException failed;

    private volatile boolean abandoned;
    private volatile boolean takenBack;

    private AnnouncedWrite(CacheCore<K, V> core, Map<K, RecordKey> records, @Nullable String place) {
        this.core = core;
        this.records = records;
        this.token = core.node.newToken();
        this.renewal = new IntentRenewal(core, records.values(), token, place, this, closed);
    }

    /** What the system of record has of a key once the write is made; a null value if it has nothing. */
    record Known<V>(@Nullable V value, Content content) {}

    /** How the write of a key ends. */
    private record Ending<K, V>(
            K key, RecordKey record, @Nullable Known<V> known, long ticket, long asked) {}

    /**
     * Announces a write; all keys in one round trip, or very many in parts. What the calling thread loads until it is closed is
     * for nobody else.
     *
     * @param place where in the application that was, or null if it cannot be forgotten to be closed
     * @throws StoreUnavailableException if that fails, and writes are to be rejected then; what was announced is taken back
     * @throws CacheException if the thread is interrupted meanwhile; the same
     * @throws IllegalStateException if that fails since the node was closed meanwhile; the same
     */
    static <K, V> AnnouncedWrite<K, V> begin(CacheCore<K, V> core, Map<K, RecordKey> records, @Nullable String place) {
        AnnouncedWrite<K, V> write = new AnnouncedWrite<>(core, records, place);
        CompletableFuture<Void> announcing = CompletableFuture.completedFuture(null);
        try {
            announcing = write.announce();
            core.node.link().awaitAll(announcing);
            write.announced();
            // One that is never closed is not to be kept by its thread.
            WeakReference<AnnouncedWrite<?, ?>> held = new WeakReference<>(write);
            AtomicBoolean closed = write.closed;
            core.node.writes().begun(() -> held.get() != null && !closed.get());
            return write;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            write.abandon(announcing);
            throw new CacheException(
                    "interrupted while waiting for the store", e, core.config.name(), null, Level.STORE);
        } catch (Throwable e) { // whatever it is, the caller gets nothing to close
            write.abandon(announcing);
            throw e;
        }
    }

    /**
     * As {@link #begin}, without blocking.
     *
     * @param steps runs what is to be done when the store has answered
     */
    static <K, V> CompletableFuture<AnnouncedWrite<K, V>> beginAsync(
            CacheCore<K, V> core, Map<K, RecordKey> records, Executor steps) {
        AnnouncedWrite<K, V> write = new AnnouncedWrite<>(core, records, null);
        CompletableFuture<Void> announcing = CompletableFuture.completedFuture(null);
        try {
            announcing = write.announce();
            CompletableFuture<Void> sent = announcing;
            return announcing
                    .thenApplyAsync(
                            end -> {
                                write.announced();
                                return write;
                            },
                            steps)
                    .whenComplete((begun, failure) -> {
                        if (failure != null) {
                            write.abandon(sent);
                        }
                    });
        } catch (Throwable e) { // whatever it is, the caller gets nothing to close
            write.abandon(announcing);
            throw e;
        }
    }

    private CompletableFuture<Void> announce() {
        Iterator<List<Map.Entry<K, RecordKey>>> parts = Parts.ofIntents(new ArrayList<>(records.entrySet()));
        return InTurn.each(InTurn.until(() -> abandoned || isRejected(), parts), this::announce, Runnable::run);
    }

    private CompletableFuture<?> announce(List<Map.Entry<K, RecordKey>> part) {
        told.addAndGet(part.size());
        long term = renewal.term();
        List<Request<Long>> requests = new ArrayList<>(part.size());
        part.forEach(entry -> requests.add(new Request<>(entry.getValue(), new Operation.Begin(token, term))));
        return core.node.link().callAll(requests).thenAccept(replies -> announced(part, replies, term));
    }

    private void announced(List<Map.Entry<K, RecordKey>> part, List<StoreReply<Long>> replies, long term) {
        for (int i = 0; i < part.size(); i++) {
            Map.Entry<K, RecordKey> entry = part.get(i);
            StoreReply<Long> reply = replies.get(i);
            if (reply.failure() == null) {
                core.stats.invalidationsSent.increment();
                versions.put(entry.getKey(), reply.get());
            } else {
                core.stats.storeFailures.increment();
                failed = failed == null ? core.unavailable(entry.getValue().key(), reply.failure()) : failed;
            }
        }
        if (!isRejected()) { // the first renewal of what is not announced announces it if it can
            part.forEach(entry -> core.drop(entry.getKey()));
            renewal.keep(part.stream().map(Map.Entry::getValue).toList(), term);
        }
    }

    private boolean isRejected() {
        return failed != null && core.node.whenStoreIsDown() == WhenStoreIsDown.REJECT;
    }

    /** All parts were announced, as far as the store could be told. */
    private void announced() {
        CacheException failure = failed;
        if (failure == null) {
            return;
        }
        if (core.node.lifetime().isOver()) { // was closed meanwhile, and could tell nobody
            takeBack();
            core.node.lifetime().check();
        }
        if (isRejected()) {
            takeBack();
            throw failure;
        }
        core.stats.unannounced.increment();
    }

    /** Takes back what was announced, and what is still being announced once it is. */
    private void abandon(CompletableFuture<Void> announcing) {
        if (takenBack) {
            return;
        }
        abandoned = true;
        takeBack();
        if (records.size() > Parts.MOST) {
            CompletableFuture<?> unused = announcing.whenComplete((end, failure) -> takeBack());
        }
    }

    private void takeBack() {
        takenBack = true;
        renewal.end();
        List<RecordKey> begun = List.copyOf(records.values()).subList(0, told.get());
        CompletableFuture<?> unused = InTurn.each(Parts.ofKeys(begun), this::takeBack, Runnable::run);
        records.keySet().forEach(core::drop);
    }

    private CompletableFuture<?> takeBack(List<RecordKey> part) {
        List<Request<WriteReply>> requests = new ArrayList<>(part.size());
        part.forEach(record -> requests.add(new Request<>(record, new Operation.Complete(token))));
        CompletableFuture<?>[] replies = core.node.link().sendAll(requests).toArray(new CompletableFuture<?>[0]);
        return CompletableFuture.allOf(replies).handle((done, failure) -> null);
    }

    /**
     * At which version a key was announced, so that a later write of it has a higher one; 0 if the store could not be told.
     */
    long version(K key) {
        return versions.getOrDefault(key, 0L);
    }

    /** Calls what writes, on behalf of nobody who waits on this thread: what it loads meanwhile is for nobody else. */
    <R extends @Nullable Object, X extends Exception> R call(WriteFunction<R, X> write) throws X {
        AtomicBoolean over = new AtomicBoolean();
        core.node.writes().begun(() -> !over.get());
        try {
            return write.run();
        } finally {
            over.set(true);
            core.node.writes().isWriting(); // takes this one off
        }
    }

    @Override
    public void close() {
        close(Map.of());
    }

    /**
     * As {@link #close()}, and leaves values.
     *
     * @param values what is known; none for a key whose write may or may not have been made
     */
    void close(Map<K, Known<V>> values) {
        if (!end()) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // an interrupt of the write has to wait for this
        try {
            List<Ending<K, V>> endings = endings(values);
            CompletableFuture<List<StoreReply<WriteReply>>> sent = complete(endings);
            List<StoreReply<WriteReply>> replies = null;
            while (replies == null) {
                try {
                    replies = core.node.link().awaitAll(sent);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            completed(endings, replies);
        } finally {
            core.node.writes().isWriting(); // takes this one off
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** As {@link #close(Map)}, without blocking. */
    CompletableFuture<@Nullable Void> closeAsync(Map<K, Known<V>> values, Executor steps) {
        if (!end()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Ending<K, V>> endings = endings(values);
        return complete(endings)
                .<@Nullable Void>thenApplyAsync(
                        replies -> {
                            completed(endings, replies);
                            return null;
                        },
                        steps);
    }

    private boolean end() {
        boolean first = closed.compareAndSet(false, true);
        if (first && records.size() <= Parts.MOST) {
            renewal.end();
        }
        return first;
    }

    private List<Ending<K, V>> endings(Map<K, Known<V>> values) {
        List<Ending<K, V>> endings = new ArrayList<>(records.size());
        records.forEach((key, record) -> {
            Known<V> known = versions.containsKey(key) ? values.get(key) : null;
            endings.add(new Ending<>(
                    key, record, known, core.near.ticket(key), core.node.clock().read()));
        });
        return endings;
    }

    private CompletableFuture<List<StoreReply<WriteReply>>> complete(List<Ending<K, V>> endings) {
        List<Request<WriteReply>> requests = new ArrayList<>(endings.size());
        for (Ending<K, V> ending : endings) {
            Content content = ending.known() == null ? null : ending.known().content();
            requests.add(new Request<>(ending.record(), new Operation.Complete(token, version(ending.key()), content)));
        }
        return core.node.link().callAll(requests);
    }

    private void completed(List<Ending<K, V>> endings, List<StoreReply<WriteReply>> replies) {
        renewal.end(); // of very many keys, some waited for their turn
        for (int i = 0; i < endings.size(); i++) {
            Ending<K, V> ending = endings.get(i);
            StoreReply<WriteReply> reply = replies.get(i);
            if (reply.failure() != null) {
                LOG.debug("The completion of a write of {} failed", ending.record(), reply.failure());
                core.stats.storeFailures.increment();
                core.node.link().owe(ending.record(), reply.failure());
            }
            if (reply.failure() != null || !reply.get().stored() || !keptNear(ending, reply.get())) {
                core.drop(ending.key());
            }
        }
    }

    /** Whether the new value took the place of what this node had near. */
    private boolean keptNear(Ending<K, V> ending, WriteReply stored) {
        Known<V> known = Objects.requireNonNull(ending.known(), "the store keeps what it was not given");
        try {
            core.replaceNearAnnounced(
                    ending.key(),
                    ending.ticket(),
                    known.value(),
                    ending.record().partition(),
                    stored.version(),
                    ending.asked(),
                    Life.of(known.content(), stored.writtenAt()));
            return true;
        } catch (RuntimeException e) { // the weigher's, when the write is made and cannot be refused any more
            LOG.warn("What was written to {} cannot be kept near", ending.record(), e);
            return false;
        }
    }
}
