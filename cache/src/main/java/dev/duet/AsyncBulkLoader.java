package dev.duet;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Loads the values of several keys in one step from a system of record that answers later. As {@link BulkLoader}, but no
 * thread waits in it. Called from several threads at once for different keys, and from one in the whole cluster for the
 * same key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface AsyncBulkLoader<K, V> {

    /**
     * Starts to load values. Should return soon. Must not ask the cache for the same keys, and must see what is committed,
     * and nothing else, as {@link CacheLoader#load} must.
     *
     * @param keys the keys, none null, at least one; cannot be changed
     * @param executor runs what the load needs a thread for: {@link DuetBuilder#executor}; need not be used
     * @return a stage that completes with the values, as {@link BulkLoader#loadAll} returns them; if it fails, its failure
     *     reaches the reader as itself, for all of the keys, and is not remembered; not null
     * @throws Exception if the load cannot be started; the same as a stage that fails
     */
    CompletionStage<? extends Map<? extends K, ? extends @Nullable V>> loadAll(Set<? extends K> keys, Executor executor)
            throws Exception;
}
