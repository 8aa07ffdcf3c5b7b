package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.store.StoreConfigurationException;
import dev.duet.testkit.RedisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The least that a user of Redis has to be allowed, as docs/stores.md has it. */
class RedisAclIT {

    private static final Duration LONG = Duration.ofSeconds(15);

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    private final Map<String, String> database = new ConcurrentHashMap<>(Map.of("1", "v1", "2", "v1"));
    private final List<Duet> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Duet::close);
    }

    private static List<String> rule(String user) throws IOException {
        Path document = Path.of("docs/stores.md");
        return Files.readAllLines(
                        Files.exists(document) ? document : Path.of("..").resolve(document))
                .stream()
                .filter(line -> line.startsWith("ACL SETUSER " + user + " "))
                .findFirst()
                .map(line -> List.of(line.split(" ")))
                .orElseThrow();
    }

    private static void allow(List<String> rule, String... changes) {
        List<String> command = new ArrayList<>(rule);
        command.addAll(3, List.of("reset"));
        command.addAll(List.of(changes));
        assertThat(REDIS.server().command(command.toArray(new String[0]))).isEqualTo("OK");
    }

    private Duet duet(String user) {
        Duet duet = Duet.builder()
                .store(RedisStore.connect(
                        REDIS.server().uri().replace("redis://", "redis://" + user + ":secret@") + "?timeout=1s"))
                .build();
        open.add(duet);
        return duet;
    }

    private TwoLevelCache<String, String> users(Duet duet) {
        return duet.cache("users", String.class, String.class)
                .loader(database::get)
                .build();
    }

    @Test
    void leastRule_isEnoughForPlainUse() throws IOException {
        allow(rule("duet"));
        Duet n1 = duet("duet");
        Duet n2 = duet("duet");
        TwoLevelCache<String, String> users1 = users(n1);
        TwoLevelCache<String, String> users2 = users(n2);
        assertThat(users1.getAll(List.of("1", "2"))).hasSize(2);
        assertThat(users2.getAll(List.of("1", "2"))).hasSize(2);
        users1.update("1", () -> database.put("1", "v2"));
        users1.put("2", "v2");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(users2.getAll(List.of("1", "2")))
                        .containsEntry("1", "v2")
                        .containsEntry("2", "v2"));
        users1.invalidateAll(List.of("1", "2"));
        users1.invalidateAll();
        for (Duet duet : List.of(n1, n2)) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(duet.health().status()).isEqualTo(Health.Status.UP));
            assertThat(duet.stats().outages()).isZero();
            assertThat(duet.stats().owed()).isZero();
        }
        assertThat(users1.stats().storeFailures()).isZero();
        assertThat(users2.stats().storeFailures()).isZero();
    }

    @Test
    void leastRuleForWriteBehind_isEnough() throws IOException {
        allow(rule("duet-behind"));
        Duet duet = duet("duet-behind");
        Map<Long, Cluster.User> rows = new ConcurrentHashMap<>();
        TwoLevelCache<Long, Cluster.User> users = duet.cache("users", Long.class, Cluster.User.class)
                .loader(rows::get)
                .writeBehind(WriteBehind.<Long, Cluster.User>to(new BatchRecorder(rows))
                        .flushEvery(Duration.ofMillis(50)))
                .build();
        users.put(1L, new Cluster.User(1, "v1", 1));
        await().atMost(LONG).untilAsserted(() -> assertThat(rows).containsKey(1L));
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(users.stats().writeBehind().pending()).isZero());
        assertThat(users.stats().storeFailures()).isZero();
        assertThat(duet.stats().outages()).isZero();
    }

    @Test
    void channelThatIsMissing_isNamedAtOnce() throws IOException {
        allow(rule("duet"), "resetchannels");
        long start = System.nanoTime();
        assertThatThrownBy(() -> duet("duet"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("may not use the channel duet:changes")
                .hasMessageContaining("&duet:changes")
                .hasMessageNotContaining("TLS");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void keysOrCommandsThatAreMissing_areNamed() throws IOException {
        allow(rule("duet"), "resetkeys");
        assertThatThrownBy(() -> duet("duet"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("~duet:*");
        allow(rule("duet"), "-evalsha", "-eval");
        assertThatThrownBy(() -> duet("duet"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("may not");
    }
}
