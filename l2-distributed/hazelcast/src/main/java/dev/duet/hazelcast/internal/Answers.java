package dev.duet.hazelcast.internal;

import com.hazelcast.client.Client;
import com.hazelcast.core.HazelcastInstance;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes stages of a store's own of Hazelcast's: they fail in time, and as a store's do. Thread-safe. */
final class Answers {

    private final String address;
    private final Executor executor;

    /**
     * Of an instance.
     *
     * @param address where it is, for messages
     * @param executor for what depends on the answers to a member
     */
    Answers(HazelcastInstance instance, String address, Executor executor) {
        this.address = address;
        this.executor = instance.getLocalEndpoint() instanceof Client
                ? Runnable::run
                : answer -> {
                    try {
                        executor.execute(answer);
                    } catch (RejectedExecutionException e) {
                        answer.run(); // the store is being closed
                    }
                };
    }

    /**
     * Asks, and takes the answer: to a client on the thread that brings it, as nothing that depends on it blocks. To a member it
     * may be brought by a thread that runs steps, which is not to be kept from them, and which Hazelcast does not let ask many
     * partitions.
     *
     * @param asked asks
     * @param millis how long the answer may take
     * @param of makes of it what the stage completes with
     */
    <A, T> CompletableFuture<T> take(Supplier<CompletionStage<A>> asked, long millis, Function<A, T> of) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        try {
            // By itself, each stage of Hazelcast's starts a thread to go on in, where there are two processors or one.
            CompletionStage<Boolean> unused = asked.get()
                    .handleAsync(
                            (answer, failure) -> {
                                if (failure != null) {
                                    return stage.completeExceptionally(failure);
                                }
                                try {
                                    return stage.complete(of.apply(answer));
                                } catch (RuntimeException e) {
                                    return stage.completeExceptionally(e);
                                }
                            },
                            executor);
        } catch (RuntimeException e) {
            stage.completeExceptionally(e);
        }
        return stage.orTimeout(millis, TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Failures.translate(failure, address)));
    }
}
