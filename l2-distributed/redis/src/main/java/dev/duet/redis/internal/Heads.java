package dev.duet.redis.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/**
 * Reads the heads of all partitions at once, without a script for each, since a node asks for them several times a second;
 * and beside them, from each server, the id of its run, which may be another one than that on which the partitions were
 * joined. Only a head that is not there is asked for by script, which brings it back. Thread-safe.
 */
final class Heads {

    private final RedissonClient client;
    private final Keys keys;
    private final int partitions;

    Heads(RedissonClient client, Keys keys, int partitions) {
        this.client = client;
        this.keys = keys;
        this.partitions = partitions;
    }

    /**
     * What was read: the heads as text, of which any may be missing or be none; whether all servers are on the runs
     * that were expected; and what their clocks said, in microseconds, in the order of {@link ServerRuns#representatives}.
     */
    record Found(List<?> heads, boolean expected, List<Long> clocks) {}

    /** Reads them. The stage fails as the client does. */
    CompletableFuture<Found> read(ServerRuns runs) {
        List<Integer> asked = runs.representatives();
        RBatch batch = client.createBatch();
        for (int p = 0; p < partitions; p++) {
            RFuture<Object> unused =
                    batch.getBucket(keys.head(p), StringCodec.INSTANCE).getAsync();
        }
        askRuns(batch, asked);
        return batch.executeAsync()
                .handle((found, failure) -> {
                    if (failure == null) {
                        return found(runs, asked, found.getResponses(), partitions);
                    }
                    if (Failures.isWrongType(failure)) {
                        return new Found(
                                List.of(), true, List.of()); // some head is damaged: each is asked for by script
                    }
                    throw new CompletionException(failure);
                })
                .toCompletableFuture();
    }

    /** Reads what the clocks of the servers say, and nothing else. The stage fails as the client does. */
    CompletableFuture<Found> clocks(ServerRuns runs) {
        List<Integer> asked = runs.representatives();
        RBatch batch = client.createBatch();
        askRuns(batch, asked);
        return batch.executeAsync()
                .thenApply(found -> found(runs, asked, found.getResponses(), 0))
                .toCompletableFuture();
    }

    private void askRuns(RBatch batch, List<Integer> partitionsAsked) {
        for (int p : partitionsAsked) {
            // Sent whole, as it is shorter than a digest is worth: a batch cannot ask again for what is not known.
            RFuture<Object> unused = batch.getScript(ByteArrayCodec.INSTANCE)
                    .evalAsync(Mode.READ_WRITE, Script.RUN_ID.text().whole(), ReturnType.LIST, List.of(keys.head(p)));
        }
    }

    private static Found found(ServerRuns runs, List<Integer> asked, List<?> responses, int heads) {
        List<?> ids = responses.subList(heads, responses.size());
        boolean expected = IntStream.range(0, asked.size())
                .allMatch(i -> runs.isOn(asked.get(i), Replies.text((List<?>) ids.get(i))));
        List<Long> clocks =
                ids.stream().map(reply -> (Long) ((List<?>) reply).get(1)).toList();
        return new Found(responses.subList(0, heads), expected, clocks);
    }
}
