package dev.duet;

import dev.duet.internal.CallerThread;
import dev.duet.internal.LoadScope;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call of a reader, as it was when it was made: what is read for it later, on whichever thread, is read as if then.
 *
 * @param steps runs its steps
 * @param loader the call of a loader that makes it, or null
 * @param writing whether its thread is in the middle of a write
 * @param began when it was made, by the node's clock
 */
record ReadCall(Executor steps, @Nullable LoadScope loader, boolean writing, long began) {

    /** A call that this thread makes now. */
    static ReadCall now(Node node, Executor steps) {
        return new ReadCall(
                steps,
                node.loads().current(),
                node.writes().isWriting(),
                node.clock().read());
    }

    /** Whether nobody waits for it any more. */
    boolean isOver() {
        return steps instanceof CallerThread thread && thread.hasLeft();
    }
}
