package dev.duet.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A namespace as the contract's tests speak to it: with short names, and waiting for each answer. Values live forever and
 * leases and intents stand for an hour, unless it is said otherwise.
 */
final class ContractNode {

    static final long HOUR = TimeUnit.HOURS.toMicros(1);

    /** Long enough that the steps of a test happen within it, short enough to wait for its end. */
    static final long SOON = TimeUnit.MILLISECONDS.toMicros(400);

    final Namespace namespace;

    /** The head at which a lease was granted last, by its record and token. */
    private final Map<Loader, Long> granted = new ConcurrentHashMap<>();

    /** The version at which a write was begun last, by its record and token. */
    private final Map<Loader, Long> begun = new ConcurrentHashMap<>();

    private record Loader(RecordKey key, String token) {}

    ContractNode(Namespace namespace) {
        this.namespace = namespace;
    }

    RecordKey key(String cache, String key) {
        return namespace.config().recordKey(cache, key);
    }

    static Content value(String text) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
    }

    static Content value(String text, long life) {
        return new Content(value(text).payload(), life, 0);
    }

    Reading read(RecordKey key) {
        return execute(key, new Operation.Read());
    }

    LeaseReply lease(RecordKey key, String token) {
        return lease(key, token, HOUR);
    }

    /** Takes a lease, under which {@link #fill} fills from then on. */
    LeaseReply lease(RecordKey key, String token, long term) {
        LeaseReply reply = execute(key, new Operation.Lease(token, term, 0));
        if (reply instanceof LeaseReply.Granted lately) {
            granted.put(new Loader(key, token), lately.head());
        }
        return reply;
    }

    WriteReply fill(RecordKey key, String token, String value) {
        return fill(key, token, value(value));
    }

    WriteReply fill(RecordKey key, String token, Content content) {
        long head = granted.getOrDefault(new Loader(key, token), 0L);
        return execute(key, new Operation.Fill(token, head, content));
    }

    boolean release(RecordKey key, String token) {
        return execute(key, new Operation.Release(token));
    }

    WriteReply put(RecordKey key, String value) {
        return execute(key, new Operation.Put(value(value)));
    }

    long invalidate(RecordKey key) {
        return execute(key, new Operation.Invalidate());
    }

    long begin(RecordKey key, String token) {
        return begin(key, token, HOUR);
    }

    /** Announces a write, which {@link #complete} completes from then on. */
    long begin(RecordKey key, String token, long term) {
        long version = execute(key, new Operation.Begin(token, term));
        begun.put(new Loader(key, token), version);
        return version;
    }

    boolean renew(RecordKey key, String token, long term) {
        return execute(key, new Operation.Renew(token, term));
    }

    WriteReply complete(RecordKey key, String token, @Nullable String value) {
        return complete(key, token, begun.getOrDefault(new Loader(key, token), 0L), value);
    }

    /** Completes a write that was announced at a version. */
    WriteReply complete(RecordKey key, String token, long announced, @Nullable String value) {
        return execute(key, new Operation.Complete(token, announced, value == null ? null : value(value)));
    }

    PendingReply enqueue(RecordKey key, String value) {
        return enqueue(key, value(value));
    }

    PendingReply enqueue(RecordKey key, Content content) {
        return execute(key, new PendingOperation.Enqueue(content, true));
    }

    boolean flushed(RecordKey key, long version) {
        return execute(key, new PendingOperation.Flushed(version, false));
    }

    boolean flushedLate(RecordKey key, long version) {
        return execute(key, new PendingOperation.Flushed(version, true));
    }

    boolean failed(RecordKey key, long version, int attempts, long pause) {
        return execute(key, new PendingOperation.Failed(version, attempts, pause, "down"));
    }

    boolean requeue(RecordKey key) {
        return execute(key, new PendingOperation.Requeue());
    }

    /** Claims what is pending of a cache in the first partition, a hundred writes at most. */
    Claim claim(String cache, String flusher, long term) {
        return claim(cache, flusher, term, 100);
    }

    Claim claim(String cache, String flusher, long term, int most) {
        return await(namespace.claim(cache, List.of(0), flusher, term, most).get(0));
    }

    /** Claims what another flusher held, if it is that holding still. */
    Claim takeOver(String cache, String flusher, long term, String over) {
        return await(namespace
                .claim(cache, List.of(0), flusher, term, 100, Map.of(0, over))
                .get(0));
    }

    List<PendingWrite> parked(String cache, int most) {
        return await(namespace.parked(cache, most));
    }

    <R> R execute(RecordKey key, Operation<R> operation) {
        return await(namespace.execute(key, operation));
    }

    long[] invalidateAll(String cache) {
        return await(namespace.invalidateAll(cache));
    }

    long[] heads() {
        return await(namespace.heads());
    }

    long head(RecordKey key) {
        return heads()[key.partition()];
    }

    List<Change> changesAfter(int partition, long version) {
        return await(namespace.changesAfter(partition, version));
    }

    ChangeSubscription subscribe(RecordingListener listener) {
        return await(namespace.subscribe(listener));
    }

    static void assertWritten(WriteReply reply, long version, boolean stored) {
        assertThat(reply.version()).isEqualTo(version);
        assertThat(reply.stored()).isEqualTo(stored);
        if (stored) {
            assertThat(reply.writtenAt()).isPositive();
        } else {
            assertThat(reply.writtenAt()).isZero();
        }
    }

    /** The value that {@code reading} hits, or what it is instead. */
    static String seen(Reading reading) {
        if (reading instanceof Reading.Hit hit) {
            return new String(hit.payload().bytes(), StandardCharsets.UTF_8);
        }
        if (reading instanceof Reading.Writing writing) {
            return "writing over " + (writing.old() == null ? "nothing" : seen(writing.old()));
        }
        return reading instanceof Reading.Loading ? "loading" : "missing";
    }

    String see(RecordKey key) {
        return seen(read(key));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within 20 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
