package dev.duet.redis.internal;

import dev.duet.redis.internal.Script.Text;
import dev.duet.store.RecordKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.BatchOptions;
import org.redisson.api.BatchOptions.ExecutionMode;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * Runs many scripts in one round trip to each server, each by itself. What a server does not know is sent once more, all
 * together, after the partitions were joined: the first of each script whole, the others by digest behind it, on the same
 * connection. Thread-safe.
 */
final class Pipeline {

    private final RedissonClient client;
    private final String address;

    Pipeline(RedissonClient client, String address) {
        this.client = client;
        this.address = address;
    }

    /** A script to be run on a partition, or on a record of it, and where its reply goes. */
    record Entry<R>(
            Call<R> call, int partition, @Nullable RecordKey record, List<Object> keys, CompletableFuture<R> result) {

        private void take(List<Object> answer, String address) {
            Scripts.complete(result, call, answer, address);
        }

        private void fail(Throwable failure, String address) {
            result.completeExceptionally(Failures.translate(failure, address, record));
        }
    }

    /**
     * Runs them.
     *
     * @param text the script of an entry, for the server that its partition is on
     * @param join makes sure of the servers, before one is sent a script that it does not know
     */
    <R> void run(List<Entry<R>> entries, Function<Entry<R>, Text> text, Supplier<CompletableFuture<Void>> join) {
        send(entries, text, false, unknown -> {
            CompletableFuture<Void> unused = join.get().whenComplete((joined, failure) -> {
                if (failure == null) {
                    send(unknown, text, true, again -> {});
                } else {
                    unknown.forEach(entry -> entry.fail(failure, address));
                }
            });
        });
    }

    private <R> void send(
            List<Entry<R>> entries, Function<Entry<R>, Text> text, boolean whole, Consumer<List<Entry<R>>> onUnknown) {
        List<RFuture<List<Object>>> answers = new ArrayList<>(entries.size());
        Set<String> sent = new HashSet<>();
        try {
            RBatch batch = client.createBatch(BatchOptions.defaults().executionMode(ExecutionMode.IN_MEMORY));
            RScriptAsync scripts = batch.getScript(ByteArrayCodec.INSTANCE);
            for (Entry<R> entry : entries) {
                Text script = text.apply(entry);
                Object[] arguments = entry.call().arguments();
                answers.add(
                        whole && sent.add(script.digest())
                                ? scripts.evalAsync(
                                        Mode.READ_WRITE, script.whole(), ReturnType.LIST, entry.keys(), arguments)
                                : scripts.evalShaAsync(
                                        Mode.READ_WRITE, script.digest(), ReturnType.LIST, entry.keys(), arguments));
            }
            batch.executeAsync().whenComplete((done, failure) -> settle(entries, answers, failure, whole, onUnknown));
        } catch (RuntimeException e) {
            entries.forEach(entry -> entry.fail(e, address));
        }
    }

    /** Tells each its own answer or failure; the batch fails as a whole if any of it does. */
    private <R> void settle(
            List<Entry<R>> entries,
            List<RFuture<List<Object>>> answers,
            @Nullable Throwable failure,
            boolean whole,
            Consumer<List<Entry<R>>> onUnknown) {
        List<Entry<R>> unknown = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry<R> entry = entries.get(i);
            CompletableFuture<List<Object>> answer = answers.get(i).toCompletableFuture();
            if (!answer.isDone()) {
                entry.fail(failure == null ? new IllegalStateException("no answer") : failure, address);
            } else if (!answer.isCompletedExceptionally()) {
                entry.take(answer.join(), address);
            } else {
                Throwable own = answer.handle((none, why) -> why).join();
                if (!whole && Failures.isUnknownScript(own)) {
                    unknown.add(entry);
                } else {
                    entry.fail(own, address);
                }
            }
        }
        if (!unknown.isEmpty()) {
            onUnknown.accept(unknown);
        }
    }
}
