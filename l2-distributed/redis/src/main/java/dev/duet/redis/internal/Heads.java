package dev.duet.redis.internal;

import java.util.ArrayList;
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

/**
 * Reads the heads of all partitions at once, without a script for each, since a node asks for them several times a second;
 * and beside them, from each server, the id of its run, which may be another one than that on which the partitions were
 * joined. Only a head that is not there is asked for by script, which brings it back. Thread-safe.
 *
 * <p>From one server by one script, and from a cluster, where that is confined to one partition, by a pipeline.
 */
final class Heads {

    private final RedissonClient client;
    private final Scripts scripts;
    private final List<Object> names = new ArrayList<>();

    /** Whether a script is confined to one partition. */
    private volatile boolean clustered;

    Heads(RedissonClient client, Scripts scripts, Keys keys, int partitions) {
        this.client = client;
        this.scripts = scripts;
        this.clustered = client.getConfig().isClusterConfig();
        for (int p = 0; p < partitions; p++) {
            names.add(keys.head(p));
        }
    }

    /**
     * What was read.
     *
     * @param heads the heads, 0 where one is missing or is none
     * @param expected whether all servers are on the runs that were expected
     */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Found(long[] heads, boolean expected) {}

    /** Reads them. The stage fails as the client does, or as a script. */
    CompletableFuture<Found> read(ServerRuns runs) {
        return clustered
                ? readFromEach(runs)
                : scripts.run(new Call<>(Script.HEADS, new Object[0], reply -> found(runs, reply)), names)
                        .exceptionallyCompose(failure -> {
                            if (Failures.isCrossSlot(failure)) {
                                clustered = true;
                                return readFromEach(runs);
                            }
                            return CompletableFuture.failedFuture(failure);
                        });
    }

    private Found found(ServerRuns runs, List<Object> reply) {
        String run = Replies.text(reply.subList(names.size(), reply.size()));
        boolean expected = runs.representatives().stream().allMatch(partition -> runs.isOn(partition, run));
        return new Found(heads(reply), expected);
    }

    private long[] heads(List<?> found) {
        return IntStream.range(0, names.size())
                .mapToLong(p -> found.get(p) instanceof byte[] head ? FloorsText.version(head) : 0)
                .toArray();
    }

    private CompletableFuture<Found> readFromEach(ServerRuns runs) {
        List<Integer> asked = runs.representatives();
        RBatch batch = client.createBatch();
        for (Object name : names) {
            RFuture<Object> unused =
                    batch.getBucket((String) name, ByteArrayCodec.INSTANCE).getAsync();
        }
        for (int p : asked) {
            // Sent whole, as it is shorter than a digest is worth: a batch cannot ask again for what is not known.
            RFuture<Object> unused = batch.getScript(ByteArrayCodec.INSTANCE)
                    .evalAsync(Mode.READ_WRITE, Script.RUN_ID.text().whole(), ReturnType.LIST, List.of(names.get(p)));
        }
        return batch.executeAsync()
                .handle((found, failure) -> {
                    if (failure == null) {
                        return found(runs, asked, found.getResponses());
                    }
                    if (Failures.isWrongType(failure)) {
                        return new Found(
                                new long[names.size()], true); // some head is damaged: each is asked for by script
                    }
                    throw new CompletionException(failure);
                })
                .toCompletableFuture();
    }

    private Found found(ServerRuns runs, List<Integer> asked, List<?> responses) {
        List<?> ids = responses.subList(names.size(), responses.size());
        boolean expected = IntStream.range(0, asked.size())
                .allMatch(i -> runs.isOn(asked.get(i), Replies.text((List<?>) ids.get(i))));
        return new Found(heads(responses), expected);
    }
}
