package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.FaultProxy.HeldBack;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Anomaly A44 on a real Redis: what a node sends arrives after it has given up, and has written again. */
class LateBytesIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, String> database = new ConcurrentHashMap<>(Map.of("k", "v0"));
    private RedisServer server;
    private FaultProxy way;

    private record Node(Duet duet, TwoLevelCache<String, String> users) {}

    @BeforeEach
    void start() {
        server = RedisServer.start();
        way = FaultProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        way.close();
        server.close();
    }

    private Node node(int port, UnaryOperator<CacheBuilder<String, String>> settings) {
        Duet duet = Duet.builder()
                .store(RedisStore.connect("redis://127.0.0.1:" + port))
                .build();
        open.add(0, duet);
        return new Node(
                duet,
                settings.apply(duet.cache("users", String.class, String.class).loader(database::get))
                        .build());
    }

    private CacheBuilder<String, String> behind(CacheBuilder<String, String> settings) {
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {
                database.put(key, value);
            }

            @Override
            public void delete(String key) {
                database.remove(key);
            }
        };
        return settings.writeBehind(
                WriteBehind.to(writer).flushEvery(Duration.ofMillis(100)).closeTimeout(Duration.ofMillis(200)));
    }

    /** Has the node give up a put of v1, of which the bytes are on their way from then on. */
    private HeldBack giveUp(Node writer) {
        writer.users.put("other", "x"); // the server knows the script
        HeldBack late = way.holdBack("v1");
        Throwable unused = catchThrowable(() -> writer.users.put("k", "v1"));
        assertThat(late.isHolding()).isTrue();
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(writer.duet.health().status()).isEqualTo(Health.Status.UP);
            assertThat(writer.duet.stats().owed()).isZero();
        });
        return late;
    }

    /** Has the bytes arrive, and waits until the server has carried out what they say. */
    private void arrive(HeldBack late) {
        assertThat(late.isHolding()).isTrue();
        late.release();
        await().atMost(LONG).until(late::isDelivered);
        for (int i = 0; i < 2; i++) { // a round of the server's loop, and whatever came before it
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    private void assertKeeps(Node node, String value) {
        await().during(Duration.ofMillis(1500))
                .atMost(LONG)
                .untilAsserted(() -> assertThat(node.users.get("k")).isEqualTo(value));
    }

    @Test
    void A44_put_arrivesAfterAnUpdate_changesNothing() {
        Node writer = node(way.port(), settings -> settings);
        Node reader = node(server.port(), settings -> settings);
        assertThat(writer.users.get("k")).isEqualTo("v0");
        assertThat(reader.users.get("k")).isEqualTo("v0");
        HeldBack late = giveUp(writer);
        writer.users.update("k", () -> database.put("k", "v2"));
        assertThat(reader.users.get("k")).isEqualTo("v2");

        arrive(late);

        assertKeeps(reader, "v2");
        assertKeeps(writer, "v2");
        assertKeeps(node(server.port(), settings -> settings), "v2");
    }

    @Test
    void A44_putBehind_arrivesAfterAnother_changesNothing() {
        Node writer = node(way.port(), this::behind);
        Node reader = node(server.port(), this::behind);
        assertThat(reader.users.get("k")).isEqualTo("v0");
        HeldBack late = giveUp(writer);
        writer.users.put("k", "v2");
        assertThat(writer.users.pendingWrites().flush(LONG)).isTrue();
        assertThat(database).containsEntry("k", "v2");

        arrive(late);

        assertThat(writer.users.pendingWrites().flush(LONG)).isTrue();
        assertThat(reader.users.pendingWrites().flush(LONG)).isTrue();
        assertThat(database).containsEntry("k", "v2");
        assertKeeps(reader, "v2");
        assertKeeps(writer, "v2");
        assertKeeps(node(server.port(), this::behind), "v2");
        assertThat(database).containsEntry("k", "v2");
    }
}
