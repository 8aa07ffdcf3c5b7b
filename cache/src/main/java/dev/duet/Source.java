package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The loader of a cache or of one call, whatever its kind. Never throws: what a loader throws is in the future, as itself.
 * Thread-safe.
 */
final class Source<K, V> {

    private final String cache;
    private final @Nullable One<K, V> one;
    private final @Nullable Many<K, V> many;

    private Source(String cache, @Nullable One<K, V> one, @Nullable Many<K, V> many) {
        this.cache = cache;
        this.one = one;
        this.many = many;
    }

    @FunctionalInterface
    private interface One<K, V> {
        CompletionStage<LoadResult<V>> load(K key, @Nullable PreviousValue<V> previous, Executor executor)
                throws Exception;
    }

    @FunctionalInterface
    private interface Many<K, V> {
        CompletionStage<? extends Map<? extends K, ? extends V>> load(Set<K> keys, Executor executor) throws Exception;
    }

    /** The loaders of a cache. */
    static <K, V> Source<K, V> of(CacheConfig<K, V> config) {
        String name = config.name();
        CacheLoader<? super K, ? extends V> loader = config.loader();
        AsyncCacheLoader<? super K, ? extends V> async = config.asyncLoader();
        ConditionalLoader<? super K, V> conditional = config.conditionalLoader();
        One<K, V> one = null;
        if (loader != null) {
            one = plain(loader);
        } else if (async != null) {
            one = (key, previous, executor) ->
                    given("asyncLoader", name, async.load(key, executor)).thenApply(Source::<V>result);
        } else if (conditional != null) {
            one = (key, previous, executor) -> CompletableFuture.completedFuture(
                    given("conditionalLoader", name, conditional.load(key, previous)));
        }
        BulkLoader<K, ? extends V> bulk = config.bulkLoader();
        AsyncBulkLoader<K, ? extends V> asyncBulk = config.asyncBulkLoader();
        Many<K, V> many = null;
        if (bulk != null) {
            many = many(bulk);
        } else if (asyncBulk != null) {
            many = (keys, executor) -> given("asyncBulkLoader", name, asyncBulk.loadAll(keys, executor));
        }
        return new Source<>(name, one, many);
    }

    /** The loader of one call. */
    static <K, V> Source<K, V> ofCall(String cache, CacheLoader<? super K, ? extends V> loader) {
        return new Source<>(cache, plain(loader), null);
    }

    /** The loader of one call for several keys. */
    static <K, V> Source<K, V> ofBulkCall(String cache, BulkLoader<K, ? extends V> loader) {
        return new Source<>(cache, null, many(loader));
    }

    /** The loader of one call, which does not block. */
    static <K, V> Source<K, V> ofAsyncCall(String cache, AsyncCacheLoader<? super K, ? extends V> loader) {
        return new Source<>(
                cache,
                (key, previous, executor) ->
                        given("loader", cache, loader.load(key, executor)).thenApply(Source::<V>result),
                null);
    }

    private static <K, V> One<K, V> plain(CacheLoader<? super K, ? extends V> loader) {
        return (key, previous, executor) -> CompletableFuture.completedFuture(result(loader.load(key)));
    }

    private static <K, V> Many<K, V> many(BulkLoader<K, ? extends V> loader) {
        return (keys, executor) -> CompletableFuture.completedFuture(loader.loadAll(keys));
    }

    /** Whether there is a loader. */
    boolean isThere() {
        return one != null || many != null;
    }

    /** Whether so many keys are loaded by one call. */
    boolean isBulk(int keys) {
        return many != null && (keys > 1 || one == null);
    }

    /** Loads one key. */
    CompletableFuture<LoadResult<V>> load(K key, @Nullable PreviousValue<V> previous, Executor executor) {
        try {
            if (one == null) {
                throw new IllegalStateException("no loader for one key");
            }
            return one.load(key, previous, executor).toCompletableFuture();
        } catch (Throwable e) {
            return failed(e);
        }
    }

    /** Loads several keys by one call. */
    CompletableFuture<Map<? extends K, ? extends V>> loadAll(Set<K> keys, Executor executor) {
        try {
            if (many == null) {
                throw new IllegalStateException("no loader for several keys");
            }
            return many.load(keys, executor).toCompletableFuture().thenApply(map -> given("bulkLoader", cache, map));
        } catch (Throwable e) {
            return failed(e);
        }
    }

    private static <T> CompletableFuture<T> failed(Throwable e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return CompletableFuture.failedFuture(e);
    }

    static <V> LoadResult<V> result(@Nullable V value) {
        return value == null ? LoadResult.absent() : LoadResult.of(value);
    }

    private static <T> T given(String loader, String cache, @Nullable T result) {
        if (result == null) {
            throw new CacheException(
                    "the " + loader + " of cache '" + cache + "' returned null; "
                            + (loader.endsWith("ulkLoader")
                                    ? "return a map, which leaves out the keys without a value"
                                    : loader.equals("conditionalLoader")
                                            ? "return LoadResult.absent() if there is no value"
                                            : "return a stage, which completes with null if there is no value"),
                    null,
                    cache,
                    null,
                    Level.SOURCE);
        }
        return result;
    }
}
