package dev.duet;

import dev.duet.store.Level;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param value the value, or null if there is none
 * @param stale whether its life is over
 * @param level where it came from
 * @param deadline when its life ends, by the node's clock; {@link Long#MAX_VALUE} if never, or if it is not kept
 */
record Answer<V>(@Nullable V value, boolean stale, Level level, long deadline) {}
