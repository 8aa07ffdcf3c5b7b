package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.testkit.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Anomaly A54: what shares a server, in another database or under another name, is not heard. */
class RedisDatabasesIT {

    private static final int KEYS = 50;
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    /** A node, and how often it has loaded. */
    private final class Side {
        final AtomicInteger loads = new AtomicInteger();
        final Duet duet;
        final TwoLevelCache<Integer, String> users;

        Side(RedisStore store, String namespace) {
            duet = Duet.builder()
                    .store(store)
                    .namespace(namespace)
                    .partitions(4)
                    .build();
            open.add(0, duet);
            users = duet.cache("users", Integer.class, String.class)
                    .ttlJitter(0)
                    .refreshBeta(0)
                    .loader(key -> "v" + loads.incrementAndGet())
                    .build();
        }

        Side(String path, String namespace) {
            this(RedisStore.connect(REDIS.server().uri().replaceAll("/0$", "") + path), namespace);
        }

        /** Writes, and reads what was written; several times, so that the versions of the sides part. */
        void work(int rounds) {
            for (int i = 0; i < rounds; i++) {
                for (int key = 0; key < KEYS; key++) {
                    users.invalidate(key);
                }
            }
            for (int key = 0; key < KEYS; key++) {
                users.get(key);
            }
        }

        void readAll() {
            for (int key = 0; key < KEYS; key++) {
                users.get(key);
            }
        }

        void assertHeard(long changes) {
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(users.stats().invalidationsApplied()).isEqualTo(changes));
        }

        void assertUndisturbed() {
            assertThat(duet.stats().feed().wentBack()).isZero();
            assertThat(duet.stats().feed().gaps()).isZero();
            assertThat(duet.stats().unreadable()).isZero();
            assertThat(duet.health().status()).isEqualTo(Health.Status.UP);
        }
    }

    private void assertApart(Side one, Side other) {
        one.work(5);
        other.work(1);
        one.assertHeard(5 * KEYS);
        other.assertHeard(KEYS);

        int loaded = one.loads.get();
        other.work(3);
        other.assertHeard(4 * KEYS);
        one.readAll();
        other.readAll();

        assertThat(one.loads).hasValue(loaded);
        assertThat(one.users.stats().invalidationsApplied()).isEqualTo(5 * KEYS);
        assertThat(other.loads).hasValue(2 * KEYS);
        one.assertUndisturbed();
        other.assertUndisturbed();
    }

    @Test
    void A54_twoDatabases_doNotHearEachOther() {
        assertApart(new Side("/0", "duet"), new Side("/1", "duet"));
    }

    @Test
    void A54_twoDatabasesOtherThanTheFirst_doNotHearEachOther() {
        assertApart(new Side("/1", "duet"), new Side("/11", "duet"));
    }

    @Test
    void A54_clientsThatAreHandedOver_doNotHearEachOther() {
        assertApart(new Side(using(0), "duet"), new Side(using(2), "duet"));
    }

    private RedisStore using(int database) {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(REDIS.server().uri().replaceAll("/0$", ""))
                .setDatabase(database)
                .setPingConnectionInterval(1_000);
        RedissonClient client = Redisson.create(config);
        open.add(client::shutdown);
        return RedisStore.using(client);
    }

    @Test
    void A54_namespacesWhoseNamesBeginAlike_doNotHearEachOther() {
        assertApart(new Side("/0", "duet"), new Side("/0", "duet2"));
    }

    @Test
    void A54_nodesOfOneDatabase_hearEachOther() {
        Side one = new Side("/1", "duet");
        Side other = new Side("/1", "duet");
        one.work(1);
        other.assertHeard(KEYS);
        other.readAll();
        assertThat(other.loads).hasValue(0);
    }
}
