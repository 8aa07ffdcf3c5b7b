package dev.duet.redis;

import static dev.duet.redis.Redises.HOUR;
import static dev.duet.redis.Redises.await;
import static dev.duet.redis.Redises.content;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Namespace;
import dev.duet.store.Namespace.Durability;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Enqueue;
import dev.duet.store.PendingOperation.Flushed;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.RedisServer.Data;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.config.Config;

/** Pending writes on a server that keeps them; and what is said of servers that may not. */
class PendingWritesIT {

    private final RecordKey key = new RecordKey(0, "users", "456");
    private RedisServer server;
    private RedisStore store;
    private Namespace namespace;

    @BeforeEach
    void start() {
        server = RedisServer.builder()
                .directive("appendonly", "yes")
                .directive("appendfsync", "always")
                .start();
        store = RedisStore.connect(server.uri() + "?timeout=1s");
        namespace = Redises.open(store);
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    private long enqueue(RecordKey key, String value) {
        return await(namespace.execute(key, new Enqueue(content(value), true))).version();
    }

    private Claim claim() {
        return await(namespace.claim("users", List.of(0), "f", HOUR, 10).get(0));
    }

    @Test
    void pendingWrites_outliveAServerThatIsKilled_andAllThatHidesValues() {
        RecordKey other = new RecordKey(0, "users", "7");
        Redises.put(namespace, other, "hidden");
        long before = enqueue(key, "v1");
        server.kill();
        server.restart(Data.KEEP);

        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(see(namespace, key)).isEqualTo("v1"));
        assertThat(see(namespace, other)).as("started over").isEqualTo("Missing");
        Claim claim = claim();
        assertThat(claim.pending()).isEqualTo(1);
        assertThat(claim.due()).extracting(PendingWrite::version).containsExactly(before);

        long head = await(namespace.startOver(0, await(namespace.heads())[0], 0));
        assertThat(see(namespace, key)).isEqualTo("v1");
        await(namespace.invalidateAll("users"));
        assertThat(see(namespace, key)).isEqualTo("v1");
        assertThat(claim().due()).extracting(PendingWrite::version).containsExactly(before);

        long next = enqueue(key, "v2");
        assertThat(next).isEqualTo(head + 2);
        assertThat(await(namespace.execute(key, new Flushed(before, false)))).isFalse();
        assertThat(await(namespace.execute(key, new Flushed(next, false)))).isTrue();
        assertThat(claim()).isEqualTo(new Claim(false, 0, 0, 0, List.of()));
        assertThat(see(namespace, key)).isEqualTo("v2");
    }

    @Test
    void A17_lateFlushAfterARestart_bringsNoOldValueBack() {
        long first = enqueue(key, "v1");
        long second = enqueue(key, "v2");
        await(namespace.execute(key, new Flushed(second, false)));
        server.kill();
        server.restart(Data.KEEP);
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(see(namespace, key)).isEqualTo("Missing"));

        assertThat(await(namespace.execute(key, new Flushed(first, true)))).isTrue();

        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void durability_ofAServerThatKeepsEverything_isNotWorthAWord() {
        assertThat(await(namespace.durability())).isEqualTo(new Durability(null, null));
    }

    @Test
    void durability_whereWritesMayBeEvicted_isRefused() {
        server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

        assertThat(await(namespace.durability()).refusal())
                .contains("maxmemory-policy allkeys-lru", "noeviction", "volatile-lru");
        server.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru");
        assertThat(await(namespace.durability()).refusal()).isNull();
    }

    @Test
    void durability_whereTheLastSecondMayBeLost_isWarnedOf() {
        server.command("CONFIG", "SET", "appendfsync", "everysec");

        assertThat(await(namespace.durability()).warning())
                .contains("appendfsync everysec", "second", "appendfsync always")
                .doesNotContain("retryAttempts");
    }

    @Test
    void durability_withoutAppendOnlyFileAndReplica_isWarnedOf_withAllThatApplies() {
        server.command("CONFIG", "SET", "appendonly", "no");
        Config config = new Config();
        config.useSingleServer().setAddress(server.uri()).setRetryAttempts(2);
        try (RedisStore sendingAgain = RedisStore.connect(config)) {
            Durability durability = await(Redises.open(sendingAgain).durability());

            assertThat(durability.refusal()).isNull();
            assertThat(durability.warning())
                    .contains("appendonly yes", "appendfsync always", "moreover", "retryAttempts");
        }
    }

    @Test
    void durability_ofAServerThatTellsLittle_isNotKnown() {
        server.command("CONFIG", "SET", "appendfsync", "everysec");
        server.command("ACL", "SETUSER", "default", "-config");

        assertThat(await(namespace.durability())).isEqualTo(new Durability(null, null));
    }
}
