package dev.duet.sim;

import dev.duet.store.Content;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import org.jspecify.annotations.Nullable;

/** Is told what the store's server does, in its order. */
interface Witness {

    /** An operation was sent, by a strand or by something that is no thread. */
    default void sent(int key, Operation<?> operation, @Nullable Strand strand) {}

    /** An operation is about to be carried out. */
    default void applies(RecordKey record, Operation<?> operation) {}

    /** An operation was carried out. */
    default void applied(int key, Operation<?> operation, Object reply) {}

    /** A value was stored. */
    default void stored(int key, long version, Content content) {}

    /** A write was completed with a value, which the store keeps. */
    default void completed(int key, long version) {}

    /** Everything was invalidated. */
    default void invalidatedAll() {}

    /** A record was forgotten. */
    default void evicted(int key) {}

    /** The server's clock was set, by so much. */
    default void clockSet(long nanos) {}

    /** The server was started again. */
    default void restarted() {}
}
