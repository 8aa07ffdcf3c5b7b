package dev.duet.local;

/**
 * A value that the near cache has, and what is to be known of it besides. A moment's truth: the entry may be gone by the
 * time it is looked at. Immutable, apart from what the value allows.
 *
 * @param <V> the values
 * @param value the value, shared with every reader; not null
 * @param version the head of the key's partition at which the value was true
 * @param writtenAt how the store names the stored value, as given in its {@link NearLife}; zero for a value that has no
 *     refresh moment, is not retained, and is not stale
 * @param deadline when it stops being served, in nanoseconds of the near cache's clock; {@link Long#MAX_VALUE} for never
 * @param stale whether the value's life is over, so that it is served by exception: the store said so, or the deadline
 *     has passed
 * @param refreshDue whether the caller, and nobody else, is to load the value anew
 */
public record NearHit<V>(V value, long version, long writtenAt, long deadline, boolean stale, boolean refreshDue) {}
