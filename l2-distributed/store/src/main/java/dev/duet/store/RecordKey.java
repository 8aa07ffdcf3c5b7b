package dev.duet.store;

import java.util.Objects;

/**
 * The address of a record within a namespace.
 *
 * @param partition the partition that cache and key fall into, from {@link NamespaceConfig#partitionOf}
 * @param cache the name of the cache
 * @param key the key as text
 */
public record RecordKey(int partition, String cache, String key) {
    /** Checks for nulls. */
    public RecordKey {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(key, "key");
    }
}
