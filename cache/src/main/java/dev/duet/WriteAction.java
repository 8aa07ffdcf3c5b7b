package dev.duet;

/**
 * A write to the system of record that has no result.
 *
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface WriteAction<X extends Exception> {

    /** Writes, and commits: when this returns, every other connection to the system of record sees the write. */
    void run() throws X;
}
