package dev.duet.redis;

import static dev.duet.redis.Redises.HOUR;
import static dev.duet.redis.Redises.await;
import static dev.duet.redis.Redises.content;
import static dev.duet.redis.Redises.fill;
import static dev.duet.redis.Redises.lease;
import static dev.duet.redis.Redises.put;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Enqueue;
import dev.duet.store.PendingOperation.Failed;
import dev.duet.store.PendingOperation.Flushed;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.PendingOperation.Requeue;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.WriteReply;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.RecordingListener;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Anomaly A47: a server that is out of memory and evicts nothing, which is how Redis is set up by default, takes all that tells
 * of a change. It refuses what stores a value.
 */
abstract class FullServer {

    private final RecordKey key = new RecordKey(0, "users", "456");
    private final NamespaceConfig config = Redises.fresh();
    private RedisStore store;
    private Namespace namespace;

    abstract RedisServer server();

    @BeforeEach
    void open() {
        store = RedisStore.connect(server().uri());
        namespace = store.open(config, "n1");
    }

    @AfterEach
    void close() {
        server().command("CONFIG", "SET", "maxmemory", "0");
        store.close();
    }

    private void fillMemory() {
        server().command("CONFIG", "SET", "maxmemory", "1");
        assertThatThrownBy(() -> server().command("SET", "more", "x")).hasMessageContaining("OOM");
    }

    private <R> R execute(Operation<R> operation) {
        return await(namespace.execute(key, operation));
    }

    private long head() {
        return await(namespace.heads())[0];
    }

    private List<Long> loggedAfter(long version) {
        return await(namespace.changesAfter(0, version)).stream()
                .map(Change::version)
                .toList();
    }

    private void assertRefused(Operation<?> operation) {
        assertThatThrownBy(() -> execute(operation))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("maxmemory");
    }

    @Test
    void A47_invalidations_goThrough_andAreLoggedAndHeard() {
        RecordingListener listener = new RecordingListener();
        await(namespace.subscribe(listener));
        long version = put(namespace, key, "v1");
        fillMemory();

        assertThat(execute(new Operation.Invalidate())).isEqualTo(version + 1);
        assertThat(see(namespace, key)).isEqualTo("Missing");
        assertThat(execute(new Operation.Invalidate())).as("of nothing").isEqualTo(version + 2);
        assertThat(await(namespace.invalidateAll("users"))).containsExactly(version + 3);

        assertThat(loggedAfter(version)).containsExactly(version + 1, version + 2, version + 3);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(listener.changes())
                        .extracting(Change::version)
                        .containsExactly(version, version + 1, version + 2, version + 3));
    }

    @Test
    void A47_invalidatingMoreThanTheLogHolds_goesThrough() {
        long version = put(namespace, key, "v1");
        fillMemory();
        for (int i = 1; i <= 1_500; i++) {
            assertThat(execute(new Operation.Invalidate())).isEqualTo(version + i);
        }
        assertThat(loggedAfter(version + 1_499)).containsExactly(version + 1_500);
    }

    @Test
    void A47_announcedWrite_goesThrough_andLeavesNoValue() {
        long version = put(namespace, key, "v1");
        fillMemory();

        long begun = execute(new Operation.Begin("w", HOUR));
        assertThat(begun).isEqualTo(version + 1);
        assertThat(execute(new Operation.Begin("w", HOUR))).as("sent again").isEqualTo(begun);
        assertThat(see(namespace, key)).isEqualTo("Writing");
        assertThat(execute(new Operation.Renew("w", HOUR))).isTrue();
        WriteReply reply = execute(new Operation.Complete("w", begun, content("v2")));

        assertThat(reply.stored()).isFalse();
        assertThat(see(namespace, key)).isEqualTo("Missing");
        assertThat(loggedAfter(version)).containsExactly(begun);
    }

    @Test
    void A47_writesThatOverlap_goThrough() {
        put(namespace, key, "v1");
        fillMemory();
        long first = execute(new Operation.Begin("w1", HOUR));
        long second = execute(new Operation.Begin("w2", HOUR));
        assertThat(execute(new Operation.Complete("w1", first, content("v2"))).stored())
                .isFalse();
        assertThat(execute(new Operation.Complete("w2", second, null)).stored()).isFalse();
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A47_writeWhoseIntentWasLost_goesThrough() {
        long begun = execute(new Operation.Begin("w", HOUR));
        execute(new Operation.Complete("w", begun, null));
        put(namespace, key, "v1");
        fillMemory();

        assertThat(execute(new Operation.Complete("w", begun, null)).version()).isEqualTo(begun + 2);
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A47_writeThatBeganBefore_goesThrough() {
        put(namespace, key, "v1");
        long begun = execute(new Operation.Begin("w", HOUR));
        fillMemory();
        assertThat(execute(new Operation.Renew("w", HOUR))).isTrue();
        assertThat(execute(new Operation.Complete("w", begun, content("v2"))).stored())
                .isFalse();
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A47_headAndFloorsThatAreLost_areBroughtBack() {
        long version = put(namespace, key, "v1");
        fillMemory();
        server().command("DEL", config.name() + ":{0}:head");
        long restored = head();
        assertThat(restored).isGreaterThan(version);

        server().command("DEL", config.name() + ":{0}:floors");
        assertThat(see(namespace, key)).isEqualTo("Missing");
        assertThat(head()).isGreaterThan(restored);

        server().command("DEL", config.name() + ":{0}:head");
        assertThat(execute(new Operation.Invalidate())).isGreaterThan(restored);
        server().command("DEL", config.name() + ":{0}:head", config.name() + ":{0}:floors");
        assertThat(await(namespace.invalidateAll("users"))[0]).isPositive();
    }

    @Test
    void A47_partition_isStartedOver() {
        long version = put(namespace, key, "v1");
        fillMemory();
        long head = await(namespace.startOver(0, version, version));
        assertThat(head).isGreaterThan(version);
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A47_namespace_isCreatedAndJoined() {
        fillMemory();
        try (RedisStore other = RedisStore.connect(server().uri())) {
            assertThat(await(other.open(Redises.fresh(), "n2").heads())).hasSize(1);
            assertThat(await(other.open(config, "n2").heads())).hasSize(1);
        }
    }

    @Test
    void A47_putFillAndLease_areRefused_andChangeNothing() {
        RecordKey other = new RecordKey(0, "users", "7");
        long granted = lease(namespace, other, 0);
        long version = put(namespace, key, "v1");
        fillMemory();

        assertRefused(new Operation.Put(content("v2")));
        assertRefused(new Operation.Lease("loader", HOUR, version));
        assertThatThrownBy(() -> fill(namespace, other, granted, "v1")).hasMessageContaining("maxmemory");
        assertThat(see(namespace, key)).isEqualTo("v1");
        assertThat(see(namespace, other)).isEqualTo("Loading");
        assertThat(head()).isEqualTo(version);
        assertThat(loggedAfter(version)).isEmpty();

        long begun = execute(new Operation.Begin("w", HOUR));
        assertRefused(new Operation.Put(content("v2")));
        assertThat(head()).isEqualTo(begun);
    }

    @Test
    void A47_leases_areGivenBack() {
        lease(namespace, key, 0);
        fillMemory();
        assertThat(execute(new Operation.Renew("loader", HOUR))).isTrue();
        assertThat(execute(new Operation.Release("loader"))).isTrue();
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A47_pendingWrites_areMade_andNoneIsAccepted() {
        long version = execute(new Enqueue(content("v1"), true)).version();
        fillMemory();
        assertRefused(new Enqueue(content("v2"), true));
        assertThat(head()).isEqualTo(version);
        assertThat(see(namespace, key)).isEqualTo("v1");

        Claim claim = await(namespace.claim("users", List.of(0), "f", HOUR, 10).get(0));
        assertThat(claim.due()).extracting(PendingWrite::version).containsExactly(version);
        assertThat(execute(new Failed(version, 1, Content.FOREVER, "no"))).isTrue();
        assertThat(await(namespace.parked("users", 10))).hasSize(1);
        assertThat(execute(new Requeue())).isTrue();
        assertThat(execute(new Flushed(version, false))).isTrue();
        assertThat(see(namespace, key)).isEqualTo("v1");
        claim = await(namespace.claim("users", List.of(0), "f", HOUR, 10).get(0));
        assertThat(claim).isEqualTo(new Claim(false, 0, 0, 0, List.of()));
    }

    @Test
    void A47_lateFlush_isWrittenOnceMore() {
        long first = execute(new Enqueue(content("v1"), true)).version();
        long second = execute(new Enqueue(content("v2"), true)).version();
        execute(new Flushed(second, false));
        fillMemory();
        assertThat(execute(new Flushed(first, true))).isFalse();
        Claim claim = await(namespace.claim("users", List.of(0), "f", HOUR, 10).get(0));
        assertThat(claim.due()).extracting(PendingWrite::version).containsExactly(second);
    }
}
