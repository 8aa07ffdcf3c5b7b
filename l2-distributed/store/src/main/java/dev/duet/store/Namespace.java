package dev.duet.store;

import java.util.List;
import java.util.concurrent.CompletionStage;

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
     * Invalidates a whole cache: in every partition the head grows by one, the floor of the cache becomes that head,
     * and the change is logged and broadcast. Nothing is scanned.
     *
     * @return the new floors, by partition
     */
    CompletionStage<long[]> invalidateAll(String cache);

    /** The heads of all partitions, by partition, as they are now. A partition never used has a head too. */
    CompletionStage<long[]> heads();

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

    /** Ends the subscriptions of this node. Idempotent. */
    @Override
    void close();
}
