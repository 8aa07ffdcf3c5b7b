package dev.duet;

import org.jspecify.annotations.Nullable;

/**
 * A write that was acknowledged and is parked, since it could not be made ({@link PendingWrites#failed}). Readers get its value
 * all the same. Immutable.
 *
 * @param key the key
 * @param value the value; null if it is to be removed, or if it cannot be read
 * @param version the version, as {@link CacheWrite#version()}
 * @param attempts how often it failed
 * @param failure why it failed last, in words
 */
public record FailedWrite<K, V>(K key, @Nullable V value, long version, int attempts, String failure) {}
