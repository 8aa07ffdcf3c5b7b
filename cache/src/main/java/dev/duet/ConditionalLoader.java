package dev.duet;

import org.jspecify.annotations.Nullable;

/**
 * Loads the value of a key, knowing the one that was cached before, and says more of it than the value: that it has not
 * changed, for how long it may be kept, or that it may not be. For a system of record that can tell cheaply whether
 * something has changed: by an entity tag, a version column or a time of modification. Called from the threads of readers
 * and from {@link DuetBuilder#executor}, from several threads at once for different keys, and from one in the whole cluster
 * for the same key.
 *
 * <pre>{@code
 * (key, previous) -> {
 *     Response response = http.get(key, previous == null ? null : previous.validator());
 *     return response.status() == 304
 *             ? LoadResult.unchanged()
 *             : LoadResult.of(response.body()).validator(response.etag()).expiresAfter(response.maxAge());
 * }
 * }</pre>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface ConditionalLoader<K, V> {

    /**
     * Loads a value. Must not ask the cache for the same key, and must see what is committed, and nothing else, as
     * {@link CacheLoader#load} must.
     *
     * @param key the key, not null
     * @param previous the value that is refreshed, or that has expired and is {@linkplain CacheBuilder#staleIfError
     *     retained}, as the store holds it; null if it holds none, if it was invalidated, or if the store does not answer
     * @return what was found; not null, and {@link LoadResult#unchanged} only if there is a {@code previous}
     * @throws Exception if it cannot be loaded; reaches the reader as itself, unless {@code previous} is served in its place
     */
    LoadResult<V> load(K key, @Nullable PreviousValue<V> previous) throws Exception;
}
