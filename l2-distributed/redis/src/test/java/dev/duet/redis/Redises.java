package dev.duet.redis;

import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What the tests on Redis share. */
final class Redises {

    static final long HOUR = TimeUnit.HOURS.toMicros(1);

    private Redises() {}

    /** A namespace of one partition that no test has used. */
    static NamespaceConfig fresh() {
        return new NamespaceConfig("t" + UUID.randomUUID().toString().substring(0, 8), 1);
    }

    static Namespace open(Store store) {
        return store.open(fresh(), "n1");
    }

    static Content content(String text) {
        return content(text, Content.FOREVER);
    }

    static Content content(String text, long life) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), life, 0);
    }

    static long put(Namespace namespace, RecordKey key, String value) {
        return await(namespace.execute(key, new Operation.Put(content(value)))).version();
    }

    /** Takes the lease, and returns the head at which it was granted. */
    static long lease(Namespace namespace, RecordKey key, long discard) {
        LeaseReply reply = await(namespace.execute(key, new Operation.Lease("loader", HOUR, discard)));
        return ((LeaseReply.Granted) reply).head();
    }

    /** Fills under the lease that was granted at that head, and returns whether that was stored. */
    static boolean fill(Namespace namespace, RecordKey key, long granted, String value) {
        return await(namespace.execute(key, new Operation.Fill("loader", granted, content(value))))
                .stored();
    }

    /** The value that is read, or what is found instead. */
    static String see(Namespace namespace, RecordKey key) {
        Reading reading = await(namespace.execute(key, new Operation.Read()));
        return reading instanceof Reading.Hit hit
                ? new String(hit.payload().bytes(), StandardCharsets.UTF_8)
                : reading.getClass().getSimpleName();
    }

    /** Waits, and throws what the stage fails with as it is. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
