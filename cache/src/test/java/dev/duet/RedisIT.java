package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cache on a real Redis, with several nodes, each with connections of its own. */
class RedisIT {

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    record User(long id, String email) {}

    private final Map<Long, String> database = new ConcurrentHashMap<>(Map.of(456L, "v1"));
    private final AtomicInteger loads = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @Test
    void get_onThreeNodes_loadsOnce() {
        List<TwoLevelCache<Long, User>> nodes = List.of(node(), node(), node());

        for (TwoLevelCache<Long, User> users : nodes) {
            assertThat(email(users)).isEqualTo("v1");
            assertThat(email(users)).isEqualTo("v1");
        }

        assertThat(loads).hasValue(1);
        assertThat(nodes.get(2).stats().storeHits()).isEqualTo(1);
        assertThat(nodes.get(2).stats().nearHits()).isEqualTo(1);
    }

    @Test
    void get_manyThreadsOnThreeNodes_loadsOnce() throws Exception {
        int readers = 50;
        CountDownLatch arrived = new CountDownLatch(3 * readers);
        UnaryOperator<CacheBuilder<Long, User>> loadsWhenAllHaveArrived = settings -> settings.loader(key -> {
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            return select(key);
        });
        List<TwoLevelCache<Long, User>> nodes =
                List.of(node(loadsWhenAllHaveArrived), node(loadsWhenAllHaveArrived), node(loadsWhenAllHaveArrived));
        ExecutorService threads = Executors.newFixedThreadPool(readers * nodes.size());
        open.add(threads::shutdownNow);
        List<Future<String>> answers = new ArrayList<>();
        for (TwoLevelCache<Long, User> users : nodes) {
            for (int i = 0; i < readers; i++) {
                answers.add(threads.submit(() -> {
                    arrived.countDown();
                    return email(users);
                }));
            }
        }

        for (Future<String> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("v1");
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void update_onOneNode_isSeenOnAll() {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        email(n1);
        email(n2);

        n1.update(456L, () -> {
            await().until(() -> n2.stats().invalidationsApplied() == 1);
            assertThat(email(n2)).isEqualTo("v1");
            database.put(456L, "v2");
        });

        assertThat(email(n2)).isEqualTo("v2");
        assertThat(email(n1)).isEqualTo("v2");
        assertThat(loads).hasValue(2);
    }

    @Test
    void put_onOneNode_isSeenOnAll() {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        email(n1);
        email(n2);

        n1.put(456L, new User(456, "put"));

        assertThat(email(n1)).isEqualTo("put");
        await().untilAsserted(() -> assertThat(email(n2)).isEqualTo("put"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void invalidateAll_onOneNode_isSeenOnAll() {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        email(n1);
        email(n2);
        database.put(456L, "v2");

        n1.invalidateAll();

        assertThat(email(n1)).isEqualTo("v2");
        await().untilAsserted(() -> assertThat(email(n2)).isEqualTo("v2"));
        assertThat(loads).hasValue(2);
    }

    @Test
    void expireAfterWrite_runsOutOnBothLevels() {
        TwoLevelCache<Long, User> n1 = node(settings -> settings.expireAfterWrite(Duration.ofMillis(300)));
        TwoLevelCache<Long, User> n2 = node(settings -> settings.expireAfterWrite(Duration.ofMillis(300)));
        email(n1);
        database.put(456L, "v2");

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(email(n1)).isEqualTo("v2"));
        assertThat(email(n2)).isEqualTo("v2");
    }

    @Test
    void records_areReadableUnderTheirKeys() {
        email(node());

        String key = "duet:{" + partition() + "}:users:456";
        assertThat((String) REDIS.server().command("GET", key)).contains("{\"id\":456,\"email\":\"v1\"}");
    }

    @Test
    void documentedKey_isThatOfTheRecord_andDeletingItLeavesNearCopies() {
        Duet duet =
                Duet.builder().store(RedisStore.connect(REDIS.server().uri())).build();
        open.add(duet);
        TwoLevelCache<Long, User> users =
                duet.cache("users", Long.class, User.class).loader(this::select).build();
        email(users);
        assertThat((String) REDIS.server().command("GET", "duet:{61}:users:456"))
                .contains("v1");
        database.put(456L, "v2");

        assertThat(REDIS.server().command("DEL", "duet:{61}:users:456")).isEqualTo(1L);

        long audits = duet.stats().feed().audits();
        await().until(() -> duet.stats().feed().audits() > audits + 6);
        assertThat(email(users)).as("near").isEqualTo("v1");
        users.invalidate(456L);
        assertThat(email(users)).isEqualTo("v2");
    }

    @Test
    void A36_recordOverwrittenByOthers_isCountedMiss() {
        TwoLevelCache<Long, User> n1 = node();
        email(n1);
        String key = "duet:{" + partition() + "}:users:456";
        TwoLevelCache<Long, User> n2 = node();
        REDIS.server().command("SET", key, "something else");
        assertThat(email(n2)).isEqualTo("v1");
        assertThat(n2.stats().unreadable()).isEqualTo(1);

        TwoLevelCache<Long, User> n3 = node();
        REDIS.server().command("DEL", key);
        REDIS.server().command("RPUSH", key, "a", "list");
        assertThat(email(n3)).isEqualTo("v1");
        assertThat(n3.stats().unreadable()).isEqualTo(1);
        assertThat(loads).hasValue(3);
    }

    @Test
    void build_storeUnreachable_saysSo() {
        RedisServer server = RedisServer.start();
        String uri = server.uri();
        server.close();

        assertThatThrownBy(() -> Duet.builder()
                        .store(RedisStore.connect(uri + "?connectTimeout=500ms"))
                        .build())
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(uri);
    }

    @Test
    void build_otherPartitionCount_saysSo() {
        node();

        assertThatThrownBy(() -> Duet.builder()
                        .store(RedisStore.connect(REDIS.server().uri()))
                        .partitions(32)
                        .build())
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("partitions(32)")
                .hasMessageContaining("64 partitions");
    }

    private int partition() {
        return NamespaceConfig.defaults().partitionOf("users", "456");
    }

    private TwoLevelCache<Long, User> node() {
        return node(settings -> settings);
    }

    private TwoLevelCache<Long, User> node(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return node(REDIS.server().uri(), settings);
    }

    private TwoLevelCache<Long, User> node(String uri, UnaryOperator<CacheBuilder<Long, User>> settings) {
        Duet duet = Duet.builder()
                .store(RedisStore.connect(uri))
                .storeTimeout(Duration.ofSeconds(10)) // a busy machine is no outage
                .build();
        open.add(0, duet);
        return settings.apply(duet.cache("users", Long.class, User.class).loader(this::select))
                .build();
    }

    private User select(long id) {
        loads.incrementAndGet();
        return new User(id, String.valueOf(database.get(id)));
    }

    private static String email(TwoLevelCache<Long, User> users) {
        User user = users.get(456L);
        return user == null ? "" : user.email();
    }
}
