package dev.duet;

import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key from the system of record. Called from the threads of readers and from {@link DuetBuilder#executor}, from several at once for
 * different keys, and from one in the whole cluster for the same key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface CacheLoader<K, V> {

    /**
     * Loads a value. Must not ask the cache for the same key. Must see what is committed, and nothing else: do not load
     * inside a transaction that has written, nor in one whose snapshot was taken before (anomalies A19, A20).
     *
     * @param key the key, not null
     * @return the value, or null if there is none, which is remembered for {@link CacheBuilder#cacheAbsence}
     * @throws Exception if it cannot be loaded; reaches the reader as itself, and is not remembered
     */
    @Nullable
    V load(K key) throws Exception;
}
