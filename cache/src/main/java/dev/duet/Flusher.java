package dev.duet;

import dev.duet.WriterCalls.Due;
import dev.duet.WriterCalls.Outcome;
import dev.duet.internal.Payloads.Decoded;
import dev.duet.store.CacheException;
import dev.duet.store.Content;
import dev.duet.store.Namespace.Request;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is pending of a cache to the system of record, for all nodes: looks for it from time to time, claims the
 * partitions that no other node has claimed, has the writer write what is due in them, and tells the store. Thread-safe.
 *
 * <p>Implementation note. One round runs at a time on a node, and one batch at a time in a round, so that a partition's writes
 * are made in order as long as its {@linkplain FlusherLeases lease} stands. That is renewed while the writer works, but not for
 * ever, so that one that hangs does not keep what is pending from the other nodes. A write that was made when the lease may have
 * ended says so when it is settled: then what is newest is written once more, over what this late one may have overwritten. The
 * rest of that danger is a writer that dies with a statement on its way; only the database can fence that, by the version.
 *
 * <p>What is settled is what the writer has said; when the store cannot be told, the write stays pending and is made again.
 */
final class Flusher<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    /** How many batches are claimed together. */
    private static final int BATCHES = 4;

    private static final long PAUSE = 20_000_000;

    private final CacheCore<K, V> core;
    private final WriteBehind<K, V> settings;
    private final PendingCounts counts;
    private final WriterCalls<K, V> writer;
    private final WriterHealth health = new WriterHealth();
    private final FlusherLeases leases;
    private CompletableFuture<Round> current = CompletableFuture.completedFuture(new Round());
    private volatile boolean closing;

    /** One look at what is pending, and what comes of it; used by one thread at a time. */
    static final class Round {
        private int found;
        private boolean more;
        private @Nullable Duration pause;
        private @Nullable StoreUnavailableException failure;
    }

    Flusher(CacheCore<K, V> core, WriteBehind<K, V> settings, PendingCounts counts) {
        this.core = core;
        this.settings = settings;
        this.counts = counts;
        this.leases = new FlusherLeases(core.config.storeName(), core.node, settings.leaseTerm());
        this.writer = new WriterCalls<>(settings, core.stats.batches, core.node.clock()::read, this::isMine);
    }

    /** Looks now, and from then on from time to time. */
    void start() {
        again(Duration.ZERO);
    }

    private void again(Duration delay) {
        if (closing) {
            return;
        }
        try {
            Future<?> unused = core.node
                    .scheduler()
                    .schedule(
                            () -> core.node.background().execute(() -> {
                                CompletableFuture<?> unusedRound = round().whenComplete((round, failure) -> {
                                    if (failure != null) {
                                        LOG.error("Pending writes of cache '{}' are not made", name(), failure);
                                    }
                                    again(failure == null ? untilNext(round) : settings.flushEvery());
                                });
                            }),
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("No more rounds: the node is being closed");
        }
    }

    private Duration untilNext(Round round) {
        return round.pause != null ? round.pause : round.more ? Duration.ZERO : settings.flushEvery();
    }

    /** Starts a round, unless one is under way; and that round's end. */
    CompletableFuture<Round> round() {
        CompletableFuture<Round> mine = new CompletableFuture<>();
        synchronized (this) {
            if (!current.isDone()) {
                return current;
            }
            current = mine;
        }
        Round round = new Round();
        CompletableFuture<?> unused = look(round).whenComplete((end, failure) -> {
            if (failure == null) {
                mine.complete(round);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    /** Starts a round for somebody who waits for room, unless the system of record is down and is tried again later. */
    void hurry() {
        if (!health.isDown()) {
            CompletableFuture<?> unused = round();
        }
    }

    private CompletableFuture<@Nullable Void> look(Round round) {
        long sent = core.node.clock().read();
        long[] mark = counts.mark();
        int busy = counts.busy() == 0 ? core.node.link().config().partitions() : counts.busy();
        int most = Math.max(2, (BATCHES * settings.batchSize() + busy - 1) / busy);
        return leases.claim(most)
                .thenComposeAsync(replies -> claimed(round, replies, sent, mark, most), core.node.background());
    }

    private CompletableFuture<@Nullable Void> claimed(
            Round round, List<StoreReply<Claim>> replies, long sent, long[] mark, int most) {
        List<PendingWrite> due = new ArrayList<>();
        List<Integer> mine = new ArrayList<>();
        for (int p = 0; p < replies.size(); p++) {
            StoreReply<Claim> reply = replies.get(p);
            if (reply.failure() != null) {
                round.failure = reply.failure();
                continue;
            }
            Claim claim = reply.get();
            counts.looked(p, claim, mark);
            lost(p, claim.lost());
            leases.claimed(p, claim, sent);
            due.addAll(claim.due());
            if (!claim.due().isEmpty()) {
                mine.add(p);
            }
            round.more |= claim.due().size() == most;
        }
        if (round.failure != null) {
            core.stats.storeFailures.increment();
            LOG.debug("Pending writes of cache '{}' cannot be looked for", name(), round.failure);
        }
        round.found = due.size();
        if (due.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        due.sort(Comparator.comparingLong(PendingWrite::writtenAt));
        List<PendingWrite> suspect = new ArrayList<>();
        List<PendingWrite> others = new ArrayList<>(due.size());
        due.forEach(pending -> (health.suspects(pending.key()) ? suspect : others).add(pending));
        List<List<PendingWrite>> batches = inBatches(others);
        batches.addAll(inBatches(suspect)); // apart, so that they spoil no batch of others
        Future<?> renewal = leases.renew(mine, writer::began);
        try {
            return batches(round, batches, 0).whenComplete((end, failure) -> renewal.cancel(false));
        } catch (Throwable e) { // whatever it is, this node does not keep the partitions from the others
            renewal.cancel(false);
            throw e;
        }
    }

    private List<List<PendingWrite>> inBatches(List<PendingWrite> due) {
        List<List<PendingWrite>> batches = new ArrayList<>();
        for (int from = 0; from < due.size(); from += settings.batchSize()) {
            batches.add(due.subList(from, Math.min(due.size(), from + settings.batchSize())));
        }
        return batches;
    }

    private CompletableFuture<@Nullable Void> batches(Round round, List<List<PendingWrite>> batches, int next) {
        if (next == batches.size() || round.pause != null) {
            return CompletableFuture.completedFuture(null);
        }
        return batch(round, batches.get(next))
                .thenComposeAsync(end -> batches(round, batches, next + 1), core.node.background());
    }

    private CompletableFuture<@Nullable Void> batch(Round round, List<PendingWrite> part) {
        List<Request<Boolean>> settled = new ArrayList<>(part.size());
        List<Due<K, V>> batch = new ArrayList<>(part.size());
        for (PendingWrite pending : part) {
            if (!isMine(pending)) {
                continue; // it is another's by now
            }
            try {
                batch.add(decoded(pending));
            } catch (RuntimeException e) {
                settled.add(failed(pending, null, settings.retry().maximumAttempts(), Content.FOREVER, e));
            }
        }
        Outcome<K, V> outcome =
                batch.isEmpty() ? new Outcome<>(List.of(), Map.of(), null) : writer.write(List.copyOf(batch));
        long now = core.node.clock().read();
        if (health.isDown() && !outcome.written().isEmpty()) {
            LOG.info("The system of record of cache '{}' takes writes again", name());
        }
        for (Due<K, V> due : outcome.written()) {
            health.succeeded(due.pending.key(), now);
            boolean late = !isMine(due.pending);
            if (late) {
                late(due);
            }
            core.stats.flushed.increment();
            settled.add(new Request<>(due.pending.key(), new PendingOperation.Flushed(due.pending.version(), late)));
        }
        Set<Due<K, V>> written = new HashSet<>(outcome.written());
        Set<Due<K, V>> lateIfMade = new HashSet<>();
        for (Due<K, V> due : batch) {
            if (!written.contains(due) && !isMine(due.pending)) {
                lateIfMade.add(due); // what the writer threw may be about an answer alone
                settled.add(
                        new Request<>(due.pending.key(), new PendingOperation.Flushed(due.pending.version(), true)));
            }
        }
        settled.addAll(failures(round, outcome, lateIfMade, now));
        return core.node
                .link()
                .callAll(settled)
                .<@Nullable Void>thenApplyAsync(
                        replies -> {
                            settled(round, settled, replies);
                            return null;
                        },
                        core.node.background());
    }

    private Due<K, V> decoded(PendingWrite pending) {
        Decoded<V> decoded = core.payloads.decode(pending.key(), pending.payload());
        K key = core.key(pending.key().key());
        if (decoded == null) {
            throw new CodecException(
                    "the pending write of key '" + pending.key().key() + "' of cache '" + name()
                            + "' cannot be read by this node: it is damaged, or of another codec or type",
                    null,
                    name(),
                    pending.key().key());
        }
        return new Due<>(pending, key, decoded.value());
    }

    /** What becomes of the writes that failed; and whether the system of record is down, so that all wait. */
    private List<Request<Boolean>> failures(Round round, Outcome<K, V> outcome, Set<Due<K, V>> lateIfMade, long now) {
        boolean alone = counts.pending() <= 1;
        List<Request<Boolean>> requests = new ArrayList<>(outcome.failed().size());
        Throwable nobodys = null;
        for (Map.Entry<Due<K, V>, Throwable> entry : outcome.failed().entrySet()) {
            PendingWrite pending = entry.getKey().pending;
            if (lateIfMade.contains(entry.getKey())) {
                continue; // it is another's by now
            }
            if (!health.counts(pending.key(), pending.version(), alone, now)) {
                nobodys = entry.getValue();
                continue;
            }
            int attempts = pending.attempts() + 1;
            boolean parked = attempts >= settings.retry().maximumAttempts();
            if (parked) {
                health.forget(pending.key());
            }
            long pause =
                    parked ? Content.FOREVER : Durations.micros(settings.retry().pause(attempts, core.node.random()));
            requests.add(failed(pending, entry.getKey().key, attempts, pause, entry.getValue()));
        }
        if (outcome.unavailable() != null) {
            round.pause = down(outcome.unavailable());
        } else if (requests.isEmpty() && nobodys != null) {
            round.pause = down(nobodys);
        }
        return requests;
    }

    private Request<Boolean> failed(
            PendingWrite pending, @Nullable K key, int attempts, long pause, Throwable failure) {
        core.stats.writeFailures.increment();
        boolean parked = pause == Content.FOREVER;
        if (parked) {
            LOG.error(
                    "The write of key '{}' of cache '{}' failed {} times and is parked; see pendingWrites().failed(), and"
                            + " retryFailed() once it can be made",
                    pending.key().key(),
                    name(),
                    attempts,
                    failure);
        } else {
            LOG.warn(
                    "The write of key '{}' of cache '{}' failed, and is tried again: {}",
                    pending.key().key(),
                    name(),
                    failure.toString());
        }
        core.events.publish(
                new CacheEvent.WriteFailed(name(), key == null ? pending.key().key() : key, attempts, parked, failure));
        return new Request<>(
                pending.key(), new PendingOperation.Failed(pending.version(), attempts, pause, failure.toString()));
    }

    /** The system of record is taken to be down: after a pause one batch tries again, here or on another node. */
    private Duration down(Throwable failure) {
        boolean first = !health.isDown();
        Duration pause = settings.retry().pause(health.down(), core.node.random());
        if (first) {
            LOG.warn(
                    "The system of record of cache '{}' takes no writes; {} are pending, and are tried again: {}",
                    name(),
                    counts.pending(),
                    failure.toString());
        }
        CompletableFuture<?> unused = leases.release();
        return pause;
    }

    private void late(Due<K, V> due) {
        core.stats.lateWrites.increment();
        LOG.warn(
                "The write of key '{}' of cache '{}' took longer than this node was the only one to make it (leaseTerm {});"
                        + " the newest is written once more, but for a while the system of record may have the older one,"
                        + " unless it compares versions",
                due.pending.key().key(),
                name(),
                settings.leaseTerm());
    }

    private void lost(int partition, long writes) {
        if (writes > 0) {
            core.stats.lostWrites.add(writes);
            LOG.error(
                    "The store has lost {} pending writes of cache '{}' in partition {}: they are damaged or gone",
                    writes,
                    name(),
                    partition);
        }
    }

    private void settled(Round round, List<Request<Boolean>> requests, List<StoreReply<Boolean>> replies) {
        StoreUnavailableException failure = null;
        for (int i = 0; i < requests.size(); i++) {
            StoreReply<Boolean> reply = replies.get(i);
            if (reply.failure() != null) {
                failure = reply.failure();
            } else if (Boolean.TRUE.equals(reply.get())
                    && requests.get(i).operation() instanceof PendingOperation.Flushed) {
                counts.flushed(requests.get(i).key().partition());
            }
        }
        if (failure != null) {
            core.stats.storeFailures.increment();
            LOG.debug("Writes of cache '{}' were made, and are made again: the store cannot be told", name(), failure);
            round.failure = failure;
            round.more = false;
        }
    }

    private boolean isMine(PendingWrite pending) {
        return leases.isHeld(pending.key().partition());
    }

    /** As {@link PendingWrites#flush}. */
    boolean flush(Duration timeout) {
        long end = core.node.clock().monotonic() + timeout.toNanos();
        Round before = await(round(), end); // which may have looked already
        Round round = before == null ? null : await(round(), end);
        while (round != null) {
            if (round.failure == null && counts.pending() == 0) {
                return true;
            }
            if (core.node.clock().monotonic() - end >= 0) {
                if (round.failure != null) {
                    throw core.unavailable(null, round.failure);
                }
                return false;
            }
            if (round.found == 0 || round.pause != null || round.failure != null) {
                pause(end);
            }
            round = await(round(), end);
        }
        return false;
    }

    /** Makes what can be made for a while, gives the leases back, and says what remains. Called once. */
    void close() {
        closing = true;
        long end = core.node.clock().monotonic() + settings.closeTimeout().toNanos();
        try {
            Round round = await(round(), end);
            boolean looked = false;
            while (round != null
                    && round.failure == null
                    && (!looked || round.found > 0 || round.pause != null)
                    && core.node.clock().monotonic() - end < 0) {
                if (round.pause != null) {
                    pause(end);
                }
                round = await(round(), end);
                looked = true;
            }
            Object unused = await(leases.release(), core.node.link().deadline());
        } catch (RuntimeException e) {
            LOG.warn("Pending writes of cache '{}' were not made while the node was closed", name(), e);
        }
        if (counts.pending() > 0) {
            LOG.warn(
                    "{} writes of cache '{}' are pending in the store as this node leaves; the other nodes that have this cache"
                            + " make them, or the next that has it",
                    counts.pending(),
                    name());
        }
    }

    private void pause(long end) {
        CompletableFuture<@Nullable Void> pause = core.node.waiting().pause(PAUSE);
        Boolean unused = await(pause.thenApply(over -> true), end);
    }

    /** Waits; null if it takes longer. */
    private <T> @Nullable T await(CompletableFuture<T> future, long end) {
        try {
            return core.node
                    .waiting()
                    .await(future, Math.max(0, end - core.node.clock().monotonic()));
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new CacheException("pending writes of cache '" + name() + "' cannot be made", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while pending writes of cache '" + name() + "' were made", e);
        }
    }

    private String name() {
        return core.config.name();
    }
}
