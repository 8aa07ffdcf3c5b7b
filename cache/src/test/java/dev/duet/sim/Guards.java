package dev.duet.sim;

import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import java.util.concurrent.CompletionStage;

/**
 * What the store contributes to coherence; a test takes one of its guards out to see the simulation find that. One for each
 * schedule, so that it may remember what it has seen there.
 */
class Guards {

    /** All of them are in. */
    static final Guards ALL = new Guards();

    /** Carries out an operation. */
    <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
        return namespace.execute(record, operation);
    }

    /** Whether the store tells nobody of loads that have ended. */
    boolean losesHints() {
        return false;
    }

    /** The heads, as an audit gets them over {@code link}. */
    CompletionStage<long[]> heads(Namespace namespace, Link link) {
        return namespace.heads();
    }

    /** Whether a store that restarts starts everything over. */
    boolean restartsAreNoticed() {
        return true;
    }

    /** Whether the clocks of the nodes tick. */
    boolean clocksTick() {
        return true;
    }
}
