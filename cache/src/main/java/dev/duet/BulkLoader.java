package dev.duet;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the values of several keys from the system of record in one step, such as one query. Called from the threads of
 * readers and from {@link DuetBuilder#executor}, from several at once for different keys, and from one in the whole cluster for the same key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface BulkLoader<K, V> {

    /**
     * Loads values. Must not ask the cache for the same keys, and must see what is committed, and nothing else, as
     * {@link CacheLoader#load} must.
     *
     * @param keys the keys, none null, at least one; cannot be changed
     * @return the values; a key that is missing, or whose value is null, has none, which is remembered for
     *     {@link CacheBuilder#cacheAbsence}; keys that were not asked for are ignored; not null
     * @throws Exception if they cannot be loaded; reaches the reader as itself, for all of the keys, and is not remembered
     */
    Map<? extends K, ? extends @Nullable V> loadAll(Set<? extends K> keys) throws Exception;
}
