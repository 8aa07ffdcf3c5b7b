package dev.duet.sim;

import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.RecordKey;
import dev.duet.store.Window;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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

    /** Answers what a node asks, or fails, over its link. */
    <R> CompletableFuture<R> answer(RecordKey record, Operation<R> operation, CompletableFuture<R> reply) {
        return reply;
    }

    /** Claims what is pending in a partition. */
    CompletionStage<Claim> claim(
            Namespace namespace,
            String cache,
            int partition,
            String flusher,
            long term,
            int most,
            @Nullable String over) {
        Map<Integer, String> overs = over == null ? Map.of() : Map.of(partition, over);
        return namespace
                .claim(cache, List.of(partition), flusher, term, most, overs)
                .get(0);
    }

    /** Invalidates everything. */
    CompletionStage<long[]> invalidateAll(Namespace namespace, String cache) {
        return namespace.invalidateAll(cache);
    }

    /** A record is about to be evicted. */
    void evicts(Namespace namespace, RecordKey record) {}

    /** Whether many requests arrive twice, for a schedule that needs one which does. */
    boolean repeatsOften() {
        return false;
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

    /** Whether nodes see that the store's clock went back. */
    boolean clockIsWatched() {
        return true;
    }

    /** When a put or an enqueued write may be carried out. */
    Window window(Window window) {
        return window;
    }

    /** Whether the clocks of the nodes tick. */
    boolean clocksTick() {
        return true;
    }
}
