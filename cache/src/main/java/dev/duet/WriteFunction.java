package dev.duet;

import org.jspecify.annotations.Nullable;

/**
 * A write to the system of record that has a result.
 *
 * @param <R> the type of the result
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface WriteFunction<R extends @Nullable Object, X extends Exception> {

    /** Writes, and commits: when this returns, every other connection to the system of record sees the write. */
    R run() throws X;
}
