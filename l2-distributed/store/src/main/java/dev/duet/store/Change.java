package dev.duet.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change that readers may see, as the store logs and broadcasts it: the record of a key, or a whole cache.
 *
 * @param partition the partition
 * @param version the partition's head after the change; the changes of a partition are numbered without a gap
 * @param cache the name of the cache
 * @param key the key as text, or null for all keys of the cache in this partition
 * @param origin the node that made the change
 */
public record Change(
        int partition, long version, String cache, @Nullable String key, String origin) {
    /** Checks for nulls. */
    public Change {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(origin, "origin");
    }
}
