package dev.duet.redis.internal;

import dev.duet.store.CacheException;
import dev.duet.store.RecordKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RScript;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * Runs scripts on the servers: by digest, and where the server does not know it (it is new, was restarted, or its
 * scripts were flushed) in full, after which it does. Thread-safe.
 *
 * <p>Stages complete on a thread of the client's network, and fail with a {@link CacheException} and nothing else.
 */
final class Scripts {

    private final RScript scripts;
    private final String address;

    Scripts(RedissonClient client, String address) {
        this.scripts = client.getScript(ByteArrayCodec.INSTANCE);
        this.address = address;
    }

    /** Runs the script of an operation on a record. */
    <R> CompletableFuture<R> run(Call<R> call, List<Object> keys, RecordKey record) {
        return run(call.script(), keys, call.arguments(), call.reply(), record);
    }

    /**
     * Runs a script.
     *
     * @param keys the keys, all in one slot
     * @param arguments the arguments, as bytes
     * @param reply reads the reply
     * @param record the record that it is about, for messages, or null
     */
    <R> CompletableFuture<R> run(
            Script script,
            List<Object> keys,
            Object[] arguments,
            Function<List<Object>, R> reply,
            @Nullable RecordKey record) {
        CompletableFuture<R> result = new CompletableFuture<>();
        try {
            scripts.<List<Object>>evalShaAsync(Mode.READ_WRITE, script.digest(), ReturnType.LIST, keys, arguments)
                    .whenComplete((answer, failure) -> {
                        if (failure != null && Failures.isUnknownScript(failure)) {
                            runWhole(script, keys, arguments, reply, record, result);
                        } else {
                            complete(result, answer, failure, reply, record);
                        }
                    });
        } catch (RuntimeException e) {
            result.completeExceptionally(Failures.translate(e, address, record));
        }
        return result;
    }

    private <R> void runWhole(
            Script script,
            List<Object> keys,
            Object[] arguments,
            Function<List<Object>, R> reply,
            @Nullable RecordKey record,
            CompletableFuture<R> result) {
        try {
            scripts.<List<Object>>evalAsync(Mode.READ_WRITE, script.text(), ReturnType.LIST, keys, arguments)
                    .whenComplete((answer, failure) -> complete(result, answer, failure, reply, record));
        } catch (RuntimeException e) {
            result.completeExceptionally(Failures.translate(e, address, record));
        }
    }

    private <R> void complete(
            CompletableFuture<R> result,
            List<Object> answer,
            @Nullable Throwable failure,
            Function<List<Object>, R> reply,
            @Nullable RecordKey record) {
        if (failure != null) {
            result.completeExceptionally(Failures.translate(failure, address, record));
            return;
        }
        try {
            result.complete(reply.apply(answer));
        } catch (RuntimeException e) {
            result.completeExceptionally(
                    new CacheException("Redis at " + address + " gave a reply that cannot be read", e));
        }
    }
}
