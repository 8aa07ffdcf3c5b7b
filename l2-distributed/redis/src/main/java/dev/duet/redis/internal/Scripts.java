package dev.duet.redis.internal;

import dev.duet.redis.internal.Script.Text;
import dev.duet.store.CacheException;
import dev.duet.store.RecordKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
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

    /**
     * Runs a script that any server may run.
     *
     * @param keys the keys, all in one slot
     */
    <R> CompletableFuture<R> run(Call<R> call, List<Object> keys) {
        Text text = call.script().text();
        return run(call, text, () -> CompletableFuture.completedFuture(text), keys, null);
    }

    /**
     * Runs a script.
     *
     * @param text the script as it is sent by digest
     * @param whole what is sent in full to a server that does not know it; asked for only then
     * @param keys the keys, all in one slot
     * @param record the record that it is about, for messages, or null
     */
    <R> CompletableFuture<R> run(
            Call<R> call,
            Text text,
            Supplier<CompletableFuture<Text>> whole,
            List<Object> keys,
            @Nullable RecordKey record) {
        CompletableFuture<R> result = new CompletableFuture<>();
        try {
            scripts.<List<Object>>evalShaAsync(Mode.READ_WRITE, text.digest(), ReturnType.LIST, keys, call.arguments())
                    .whenComplete((answer, failure) -> {
                        if (failure != null && Failures.isUnknownScript(failure)) {
                            CompletableFuture<Text> unused = whole.get().whenComplete((known, why) -> {
                                if (why == null) {
                                    runWhole(call, known, keys, record, result);
                                } else {
                                    complete(result, call, List.of(), why, record);
                                }
                            });
                        } else {
                            complete(result, call, answer, failure, record);
                        }
                    });
        } catch (RuntimeException e) {
            result.completeExceptionally(Failures.translate(e, address, record));
        }
        return result;
    }

    private <R> void runWhole(
            Call<R> call, Text text, List<Object> keys, @Nullable RecordKey record, CompletableFuture<R> result) {
        try {
            scripts.<List<Object>>evalAsync(Mode.READ_WRITE, text.whole(), ReturnType.LIST, keys, call.arguments())
                    .whenComplete((answer, failure) -> complete(result, call, answer, failure, record));
        } catch (RuntimeException e) {
            result.completeExceptionally(Failures.translate(e, address, record));
        }
    }

    private <R> void complete(
            CompletableFuture<R> result,
            Call<R> call,
            List<Object> answer,
            @Nullable Throwable failure,
            @Nullable RecordKey record) {
        if (failure != null) {
            result.completeExceptionally(Failures.translate(failure, address, record));
            return;
        }
        complete(result, call, answer, address);
    }

    /** Reads what a script replied. */
    static <R> void complete(CompletableFuture<R> result, Call<R> call, List<Object> answer, String address) {
        try {
            result.complete(call.reply().apply(answer));
        } catch (RuntimeException e) {
            result.completeExceptionally(
                    new CacheException("Redis at " + address + " gave a reply that cannot be read", e));
        }
    }
}
