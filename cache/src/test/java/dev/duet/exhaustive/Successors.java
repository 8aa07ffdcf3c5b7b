package dev.duet.exhaustive;

import java.util.function.Supplier;

/** Takes what may happen next. */
interface Successors {

    /**
     * A step that may be made.
     *
     * @param step says what happens; asked only if the step is told of
     * @param after the state afterwards
     */
    void add(Supplier<String> step, State after);
}
