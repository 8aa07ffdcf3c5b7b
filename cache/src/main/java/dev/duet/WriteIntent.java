package dev.duet;

/**
 * The announcement of a write to one or several keys, from {@link TwoLevelCache#beginWrite}, that stands until it is
 * {@linkplain #close() closed}: after the write was committed or rolled back, or its outcome is unknown. Meanwhile readers
 * get the old values from the store and keep nothing.
 *
 * <pre>{@code
 * try (WriteIntent intent = accounts.beginWrite(List.of(from, to))) {
 *     database.transfer(from, to, amount); // a transaction, committed or rolled back when this returns or throws
 * }
 * }</pre>
 *
 * <p>It is renewed every third of {@code maxStaleness} for as long as it is open. One that is dropped without being closed
 * runs out within {@code maxStaleness} after it was collected as garbage, with a warning in the log that says where in the
 * application it was announced. Thread-safe.
 */
public interface WriteIntent extends AutoCloseable {

    /**
     * Says that the write is over, whatever its outcome: drops what this node holds of the keys, so that every later read
     * sees the write, and has the store drop what it holds. Never throws: if the store cannot be told, that is made up for
     * as soon as it answers ({@link WhenStoreIsDown#PROCEED}). Idempotent.
     */
    @Override
    void close();
}
