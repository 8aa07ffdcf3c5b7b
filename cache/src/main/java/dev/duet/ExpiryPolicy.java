package dev.duet;

import java.time.Duration;

/**
 * Says how long each value lives, such as a token that carries its own end. Called from the threads that load and put, from
 * several at once.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface ExpiryPolicy<K, V> {

    /**
     * The life of a value, from the moment it is stored, in both levels. Not asked about values whose load said their life
     * with {@link LoadResult#expiresAfter}, nor about absence, which lives for {@link CacheBuilder#cacheAbsence}.
     *
     * @param key the key, not null
     * @param value the value, not null
     * @return the life; zero or negative for a value whose life is over already, which is returned and not cached; more than
     *     36,500 days are as 36,500 days; null is an error, which reaches the reader or the writer as a
     *     {@link dev.duet.store.CacheException}
     */
    Duration expireAfterWrite(K key, V value);
}
