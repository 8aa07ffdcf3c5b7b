package dev.duet;

import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;

/**
 * The writes of a cache that are acknowledged and not in the system of record yet; of all nodes. From {@link
 * TwoLevelCache#pendingWrites()}. Thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface PendingWrites<K, V> {

    /** How many are pending, without those that are parked: as of the last look, and with what this node has done since. */
    long size();

    /**
     * Writes what is pending now, and waits for it; what another node is writing too. Blocks.
     *
     * @param timeout how long it may take
     * @return whether nothing is pending any more but what is parked
     * @throws StoreUnavailableException if the store does not answer
     */
    boolean flush(Duration timeout);

    /**
     * The writes that are parked, since they failed {@link WriteRetry#maximumAttempts} times; 1,000 of each partition at
     * most, the longest parked first. A later write of a key takes the place of one that is parked.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    List<FailedWrite<K, V>> failed();

    /**
     * Has those that are parked tried again, as if they had never failed.
     *
     * @return how many
     * @throws StoreUnavailableException if the store does not answer; some may be tried again
     */
    int retryFailed();
}
