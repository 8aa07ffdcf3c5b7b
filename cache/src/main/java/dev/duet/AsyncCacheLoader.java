package dev.duet;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key from a system of record that answers later, such as a reactive driver or an HTTP client. As
 * {@link CacheLoader}, but no thread waits in it. Called from several threads at once for different keys, and from one in
 * the whole cluster for the same key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface AsyncCacheLoader<K, V> {

    /**
     * Starts to load a value. Should return soon. Must not ask the cache for the same key, and must see what is committed, and
     * nothing else, as {@link CacheLoader#load} must.
     *
     * @param key the key, not null
     * @param executor runs what the load needs a thread for: {@link DuetBuilder#executor}; need not be used
     * @return a stage that completes with the value, or with null if there is none, which is remembered for
     *     {@link CacheBuilder#cacheAbsence}; if it fails, its failure reaches the reader as itself, without a
     *     {@link java.util.concurrent.CompletionException} around it, and is not remembered; not null
     * @throws Exception if the load cannot be started; the same as a stage that fails
     */
    CompletionStage<? extends @Nullable V> load(K key, Executor executor) throws Exception;
}
