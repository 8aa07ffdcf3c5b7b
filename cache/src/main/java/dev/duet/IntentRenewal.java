package dev.duet;

import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the intents of a write standing while it is open and somebody holds it (anomaly A21). Each part of its keys is renewed
 * a third of its term after it was announced or renewed last, also while the rest is announced or completed. Thread-safe.
 *
 * <p>Implementation note. A store can renew so many intents a second and no more. So where this node has announced very many
 * keys, the term is longer than the bound B: 500 µs for each key, which comes to 6,000 renewals a second at most, and
 * more of a store that is so slow that this would be more than half of what it can do (A55).
 */
final class IntentRenewal {

    private static final Logger LOG = LoggerFactory.getLogger(AnnouncedWrite.class);
    private static final long MICROS_EACH = 500;
    /** Of how many times of an operation the term is, so that a third of it is enough to renew all in half of that. */
    private static final int MOST_TIMES = 6;

    private static final int MOST_NAMED = 8;

    private final CacheCore<?, ?> core;
    private final Collection<RecordKey> records;
    private final String token;
    private final @Nullable String place;
    private final WeakReference<AnnouncedWrite<?, ?>> write;
    private final AtomicBoolean closed;
    /** One for each part. Guarded by this. */
    private final List<Future<?>> timers = new ArrayList<>(1);
    /** Guarded by this. */
    private boolean ended;

    /**
     * The renewal of what is about to be announced.
     *
     * @param records all that the write announces
     * @param place where in the application that is, or null if it cannot be forgotten to be closed
     * @param closed whether the write is over, so that an intent that is gone is not to be announced again
     */
    IntentRenewal(
            CacheCore<?, ?> core,
            Collection<RecordKey> records,
            String token,
            @Nullable String place,
            AnnouncedWrite<?, ?> write,
            AtomicBoolean closed) {
        this.core = core;
        this.records = records;
        this.token = token;
        this.place = place;
        this.write = new WeakReference<>(write); // one that is never closed is not to be kept by the scheduler
        this.closed = closed;
        core.node.writes().announced(records.size());
    }

    /** How long an intent is to stand that is announced or renewed now, in microseconds. */
    long term() {
        long keys = core.node.writes().announced();
        long each = Math.max(
                MICROS_EACH, keys > Parts.MOST ? MOST_TIMES * core.node.link().microsEach() : 0);
        return Math.max(Durations.micros(core.node.maxStaleness()), keys * each);
    }

    /** Renews the intents of a part from now on. */
    synchronized void keep(List<RecordKey> part, long term) {
        timers.add(later(part, timers.size(), term));
    }

    private synchronized void again(List<RecordKey> part, int number, long term) {
        timers.set(number, later(part, number, term));
    }

    private Future<?> later(List<RecordKey> part, int number, long term) {
        if (!ended) {
            try {
                return core.node.scheduler().schedule(() -> renew(part, number), term / 3, TimeUnit.MICROSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("Intents are not renewed: the node is being closed");
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private void renew(List<RecordKey> part, int number) {
        if (write.get() == null) {
            forgotten();
            return;
        }
        long term = term();
        again(part, number, term);
        List<Request<Boolean>> renewals = new ArrayList<>(part.size());
        part.forEach(record -> renewals.add(new Request<>(record, new Operation.Renew(token, term))));
        List<CompletableFuture<Boolean>> replies = core.node.link().sendAll(renewals);
        CompletableFuture<?> unused = CompletableFuture.allOf(replies.toArray(new CompletableFuture<?>[0]))
                .handle((all, failure) -> {
                    announceAgain(part, replies, term);
                    return null;
                });
    }

    /** Announces what was found to be gone. */
    private void announceAgain(List<RecordKey> part, List<CompletableFuture<Boolean>> stand, long term) {
        List<Request<Long>> gone = new ArrayList<>(0);
        for (int i = 0; i < stand.size() && !closed.get(); i++) {
            if (!stand.get(i).isCompletedExceptionally() && !stand.get(i).join()) {
                gone.add(new Request<>(part.get(i), new Operation.Begin(token, term, true)));
            }
        }
        if (!gone.isEmpty()) {
            core.node.link().sendAll(gone);
        }
    }

    private void forgotten() {
        if (end()) {
            LOG.warn(
                    "A write of {} was announced{} and never closed; its intent runs out now",
                    records.size() <= MOST_NAMED
                            ? records
                            : records.size() + " keys, among them "
                                    + records.iterator().next(),
                    place == null ? "" : " at " + place);
        }
    }

    /** Renews nothing any more. Returns whether it did until now. */
    synchronized boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        timers.forEach(timer -> timer.cancel(false));
        core.node.writes().announced(-records.size());
        return true;
    }
}
