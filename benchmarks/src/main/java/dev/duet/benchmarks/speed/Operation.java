package dev.duet.benchmarks.speed;

import org.jspecify.annotations.Nullable;

/** What is done again and again, by one thread, and timed. */
interface Operation extends AutoCloseable {

    /** Prepares the next run; is not timed. */
    default void prepare() {}

    /**
     * Does it once.
     *
     * @return what was found, if anything was asked for
     * @throws IllegalStateException if the answer is wrong
     */
    @Nullable
    Object run();

    @Override
    void close();
}
