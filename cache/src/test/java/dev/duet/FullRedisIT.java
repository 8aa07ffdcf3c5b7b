package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.RedisServerBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Redis that refuses: as it is out of memory and evicts nothing, which is how it is set up by default (anomaly A47), or as it
 * takes no writes at all.
 */
class FullRedisIT {

    private static final Duration SOON = Duration.ofSeconds(5);

    /** The oldest Redis that the store supports; and that of the PATH, where there is one. */
    enum Version {
        JAR,
        ANY;

        RedisServerBuilder server() {
            return this == JAR ? RedisServer.builder().source(RedisServer.Source.JAR) : RedisServer.builder();
        }
    }

    private final Map<String, String> database = new ConcurrentHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisServer server;
    private Duet n1;
    private Duet n2;
    private TwoLevelCache<String, String> users1;
    private TwoLevelCache<String, String> users2;

    private void start(Version version) {
        server = version.server().start();
        open.add(server);
        n1 = duet();
        n2 = duet();
        users1 = users(n1);
        users2 = users(n2);
    }

    private Duet duet() {
        Duet duet = Duet.builder().store(RedisStore.connect(server.uri())).build();
        open.add(0, duet);
        return duet;
    }

    private TwoLevelCache<String, String> users(Duet duet) {
        return duet.cache("users", String.class, String.class)
                .loader(database::get)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private void insert(String... keys) {
        for (String key : keys) {
            database.put(key, "v1");
            assertThat(users1.get(key)).isEqualTo("v1");
            assertThat(users2.get(key)).isEqualTo("v1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A47_fullServer_everyWriteIsSeenByOthers_andNothingStaysOwed(Version version) {
        start(version);
        insert("update", "several", "known", "invalidate", "put", "stays");
        server.command("CONFIG", "SET", "maxmemory", "1");

        users1.update("update", () -> database.put("update", "v2"));
        users1.updateAll(List.of("several"), () -> database.put("several", "v2"));
        users1.updateAndPut("known", () -> {
            database.put("known", "v2");
            return "v2";
        });
        database.put("invalidate", "v2");
        users1.invalidate("invalidate");
        assertThat(n1.health().status()).isEqualTo(Health.Status.UP);
        database.put("put", "v2");
        users1.put("put", "v2");
        assertThat(n1.health().status()).isEqualTo(Health.Status.STALE);
        assertThat(n1.health().reason()).contains("maxmemory");

        for (String key : List.of("update", "several", "known", "invalidate", "put")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(users2.get(key)).isEqualTo("v2"));
            assertThat(users1.get(key)).isEqualTo("v2");
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(n1.health().owedInvalidations()).isZero());
        assertThat(users2.get("stays")).isEqualTo("v1");
        assertThat(n1.health().status()).isEqualTo(Health.Status.UP);
        assertThat(n1.stats().outages()).isZero();
        assertThat(n2.stats().outages()).isZero();

        database.put("stays", "v2");
        users1.invalidateAll();
        await().atMost(SOON).untilAsserted(() -> assertThat(users2.get("stays")).isEqualTo("v2"));

        server.command("CONFIG", "SET", "maxmemory", "0");
        database.put("new", "v1");
        assertThat(users1.get("new")).isEqualTo("v1");
        assertThat(users2.getIfPresent("new")).isEqualTo("v1");
        assertThat(n1.health().reason()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void A47_serverThatTakesNoWrites_isSeenInHealth_untilItIsTold(Version version) {
        start(version);
        insert("update");
        server.command("CONFIG", "SET", "min-replicas-to-write", "1");

        users1.update("update", () -> database.put("update", "v2"));

        assertThat(n1.health().status()).isNotEqualTo(Health.Status.UP);
        assertThat(n1.health().reason()).contains("replicas");
        assertThat(n1.health().owedInvalidations()).isEqualTo(1);
        assertThat(users1.get("update")).isEqualTo("v2");
        server.command("CONFIG", "SET", "min-replicas-to-write", "0");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(users2.get("update")).isEqualTo("v2"));
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(n1.health().status()).isEqualTo(Health.Status.UP));
    }

    @ParameterizedTest
    @EnumSource
    void A47_userWhoMayNotInvalidate_isSeenInHealth_untilItIsTold(Version version) {
        start(version);
        insert("invalidate");
        server.command("ACL", "SETUSER", "default", "-incr");
        database.put("invalidate", "v2");

        users1.invalidate("invalidate");

        assertThat(n1.health().status()).isNotEqualTo(Health.Status.UP);
        assertThat(n1.health().reason()).contains("the user may not");
        server.command("ACL", "SETUSER", "default", "+incr");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(users2.get("invalidate")).isEqualTo("v2"));
    }
}
