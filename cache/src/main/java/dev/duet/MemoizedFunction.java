package dev.duet;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function whose results are cached: computed once for each argument in the whole cluster. From {@link Duet#memoize} or
 * {@link CacheBuilder#memoize}. Thread-safe.
 *
 * <p>What the function throws reaches the caller as itself, and is not remembered. A null result is remembered for
 * {@link CacheBuilder#cacheAbsence}, by default not at all.
 *
 * @param <A> the type of the argument
 * @param <R> the type of the result
 */
public interface MemoizedFunction<A, R> extends Function<A, @Nullable R> {

    /** The cache of the results, to invalidate some, to warm it, or to see its statistics. */
    TwoLevelCache<A, R> cache();
}
