package dev.duet.store;

import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A namespace as one node sees it: records, the operations on them, and the feed of their changes. Thread-safe.
 *
 * <p>A stage that fails does so with a {@link CacheException}; {@link StoreUnavailableException} if the store did not
 * answer, in which case the operation may or may not have been carried out.
 */
public interface Namespace extends AutoCloseable {

    /** The settings that all nodes share. */
    NamespaceConfig config();

    /**
     * Carries out an operation atomically: record, head, log and broadcast in one step.
     *
     * @param <R> the type of the operation's reply
     */
    <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation);

    /**
     * Carries out many operations, each atomically and by itself; a store in another process is sent them together, in one
     * round trip to each of its servers.
     *
     * @return the outcome of each, in the order of the requests
     */
    default <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
        List<CompletionStage<R>> replies = new ArrayList<>(requests.size());
        requests.forEach(request -> replies.add(execute(request.key(), request.operation())));
        return replies;
    }

    /** An operation on a record. */
    record Request<R>(RecordKey key, Operation<R> operation) {}

    /**
     * Invalidates a whole cache: in every partition the head grows by one, the floor of the cache becomes that head,
     * and the change is logged and broadcast. Nothing is scanned.
     *
     * @return the new floors, by partition
     */
    CompletionStage<long[]> invalidateAll(String cache);

    /**
     * The heads of all partitions, by partition, as they are now. A partition never used has a head too.
     *
     * <p>A store whose server can be replaced by another, or restarted with older data, finds that out here and at its
     * scripts at the latest, and {@linkplain #startOver starts} what it may have lost changes of over before it answers
     * (anomalies A16, A17).
     */
    CompletionStage<long[]> heads();

    /**
     * Starts a partition over because changes of it were lost: everything stored there so far counts as absent from now
     * on, and the head goes above every version that was given out before. In one atomic step, and without scanning;
     * nothing is logged, so that followers find a gap that the log cannot close. How many versions were given out that are
     * lost, neither the store nor the caller can know; so the head leaps, by a million or two as the clock has it. One that went up by one could
     * come to be where another node had left off, which would take what follows for its own. Does nothing if the partition was
     * started over since its head was {@code seen}, by whichever node, and its head is above {@code above} already.
     *
     * @param partition the partition, from zero
     * @param seen the head by which it was found out that changes are lost
     * @param above the highest version that the caller knows to have been given out
     * @return the head afterwards, above {@code above}
     */
    CompletionStage<Long> startOver(int partition, long seen, long above);

    /**
     * The changes of a partition after {@code version}, in order, as far as the log goes back. The first one has the
     * version after it, unless the log is too short.
     */
    CompletionStage<List<Change>> changesAfter(int partition, long version);

    /**
     * Subscribes to the change feed.
     *
     * @return a stage that completes when the server has acknowledged the subscription, after
     *     {@link ChangeListener#onSubscribed()}
     */
    CompletionStage<ChangeSubscription> subscribe(ChangeListener listener);

    /**
     * Looks whether somebody has set the clock by which the store counts terms and lives, and if so, sees to it that nothing
     * outlasts its time by that (anomaly A43). {@link #heads} does the same, and more; this is for when those are read seldom.
     * Does nothing by default, for a store with a clock that nobody sets.
     */
    default CompletionStage<?> watchClock() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * When an operation that is sent now, and is waited for as long as {@code patience}, may be carried out: by an estimate of
     * the store's clock that is not ahead of it.
     *
     * @param partition the partition of the operation's record
     * @param patience for how long its reply is waited for, in microseconds
     */
    Window window(int partition, long patience);

    /**
     * Claims what is pending of a cache, to write it to the system of record: takes or renews the lease by which one flusher
     * alone does that in a partition, and replies what is due there, in one atomic step for each partition. Where nothing
     * is pending, the lease is given back. All in one round trip to each server.
     *
     * @param cache the cache
     * @param partitions the partitions
     * @param flusher the flusher's token, unique to it; as an operation's
     * @param term for how long the lease stands, in microseconds; 0 gives it back, and counts only
     * @param most how many writes are replied at most, for each partition; 0 if only the lease is to be renewed
     * @param over by partition, the holding that has run out, as {@link PendingOperation.Holder} has it, and is taken over if it is
     *     that one still
     * @return the reply of each partition, in their order
     */
    List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over);

    /** As above, taking over from nobody. */
    default List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most) {
        return claim(cache, partitions, flusher, term, most, Map.of());
    }

    /**
     * The writes of a cache that are parked, the longest parked first in each partition.
     *
     * @param most how many are replied at most, for each partition
     */
    CompletionStage<List<PendingWrite>> parked(String cache, int most);

    /** Whether what is acknowledged here may be lost, so that write-behind is not to be used, or not without care. */
    CompletionStage<Durability> durability();

    /**
     * What the store does not promise of acknowledged writes.
     *
     * @param refusal why write-behind must not be used, and the remedy; null if it may be
     * @param warning what may lose writes nevertheless, and the remedy; null if there is nothing to say
     */
    record Durability(@Nullable String refusal, @Nullable String warning) {}

    /** Ends the subscriptions of this node. Idempotent. */
    @Override
    void close();
}
