package dev.duet;

import java.util.List;

/**
 * Writes to the system of record what a cache is told: before {@link TwoLevelCache#put} and {@link
 * TwoLevelCache#invalidate} return ({@link CacheBuilder#writer}), or some time after ({@link CacheBuilder#writeBehind}).
 *
 * <pre>{@code
 * final class UserWriter implements CacheWriter<Long, User> {
 *     public void write(Long id, User user) throws SQLException { ... } // insert ... on conflict do update
 *     public void delete(Long id) throws SQLException { ... }           // delete ..., also if there is none
 * }
 * }</pre>
 *
 * <p>When a method returns, every other connection to the system of record sees the write; when it throws, nothing is
 * assumed of it. The same write may be made more than once, in particular behind: so each must be one that can be repeated,
 * or compare {@linkplain CacheWrite#version versions}. Called from several threads; must be thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface CacheWriter<K, V> {

    /** Writes a value, new or in place of another. */
    void write(K key, V value) throws Exception;

    /** Removes a value; one that is not there is no error. */
    void delete(K key) throws Exception;

    /**
     * Writes and removes several, each of another key, in any order; best in one transaction, and in few statements. By
     * default one after the other. If it throws, all of them may be made once more.
     *
     * @param writes at least one
     */
    default void writeAll(List<CacheWrite<K, V>> writes) throws Exception {
        for (CacheWrite<K, V> write : writes) {
            V value = write.value();
            if (value == null) {
                delete(write.key());
            } else {
                write(write.key(), value);
            }
        }
    }
}
