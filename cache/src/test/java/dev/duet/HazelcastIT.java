package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.config.SplitBrainProtectionConfig;
import dev.duet.hazelcast.HazelcastStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cache on Hazelcast: three nodes, each an embedded member, and no server. */
class HazelcastIT {

    private static final Duration BOUND = Duration.ofSeconds(1);

    record User(long id, String email) {}

    private final String cluster = "duet-" + UUID.randomUUID();
    private final Map<Long, String> database = new ConcurrentHashMap<>(Map.of(456L, "v1"));
    private final AtomicInteger loads = new AtomicInteger();
    private final List<Duet> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(Duet::close);
    }

    private TwoLevelCache<Long, User> node() {
        return node(settings -> settings.loader(this::select));
    }

    private TwoLevelCache<Long, User> node(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return node(config(), true, settings);
    }

    private Config config() {
        Config config = new Config().setClusterName(cluster);
        config.getNetworkConfig().setPort(16_701).setPortCount(10);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
        for (int port = 16_701; port < 16_704; port++) {
            config.getNetworkConfig().getJoin().getTcpIpConfig().addMember("127.0.0.1:" + port);
        }
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.socket.bind.any", "false");
        return config;
    }

    private TwoLevelCache<Long, User> node(
            Config config, boolean failFast, UnaryOperator<CacheBuilder<Long, User>> settings) {
        Duet duet = Duet.builder()
                .store(HazelcastStore.embedded(config))
                .failFast(failFast)
                .maxStaleness(BOUND)
                .build();
        nodes.add(duet);
        return settings.apply(duet.cache("users", Long.class, User.class).expireAfterWrite(Duration.ofMinutes(5)))
                .build();
    }

    private User select(Long id) {
        loads.incrementAndGet();
        String email = database.get(id);
        return email == null ? null : new User(id, email);
    }

    private static String email(TwoLevelCache<Long, User> users) {
        return users.get(456L).email();
    }

    @Test
    void cache_onThreeMembers_loadsOnce_andHearsOfUpdatesPutsAndInvalidations() throws Exception {
        List<TwoLevelCache<Long, User>> users = List.of(node(), node(), node());
        for (TwoLevelCache<Long, User> here : users) {
            assertThat(email(here)).isEqualTo("v1");
            assertThat(email(here)).isEqualTo("v1");
        }
        assertThat(loads).hasValue(1);
        assertThat(users.get(2).stats().storeHits()).isEqualTo(1);

        users.get(0).update(456L, () -> {
            database.put(456L, "v2");
        });
        assertThat(email(users.get(0))).isEqualTo("v2");
        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(email(users.get(2))).isEqualTo("v2"));

        users.get(1).put(456L, new User(456, "put"));
        assertThat(email(users.get(1))).isEqualTo("put");
        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(email(users.get(0))).isEqualTo("put"));

        users.get(2).invalidateAll();
        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(email(users.get(1))).isEqualTo("v2"));
        assertThat(users.get(1).async().get(456L).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo(new User(456, "v2"));
    }

    @Test
    void firstNode_ofACluster_thatIsToHaveTwo_readsFromTheDatabase_untilThereIsASecond() {
        TwoLevelCache<Long, User> one = protectedNode();
        assertThat(email(one)).isEqualTo("v1");
        assertThat(one.stats().storeHits()).isZero();

        TwoLevelCache<Long, User> two = protectedNode();

        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
            one.put(456L, new User(456, "shared"));
            assertThat(email(two)).isEqualTo("shared");
        });
    }

    private TwoLevelCache<Long, User> protectedNode() {
        Config config = config();
        config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig("majority", true, 2));
        config.addMapConfig(HazelcastStore.mapConfig("duet.*").setSplitBrainProtectionName("majority"));
        return node(config, false, settings -> settings.loader(this::select));
    }

    @Test
    void getAll_ofManyKeys_isLoadedOnce() {
        LongStream.range(0, 1_000).forEach(id -> database.put(id, "v" + id));
        TwoLevelCache<Long, User> one = node();
        TwoLevelCache<Long, User> two = node();
        List<Long> keys = LongStream.range(0, 1_000).boxed().toList();

        assertThat(one.getAll(keys)).hasSize(1_000);
        assertThat(two.getAll(keys)).hasSize(1_000);

        assertThat(loads).hasValue(1_000);
    }

    @Test
    void node_thatLeaves_takesNothingAlong_andTheOthersGoOn() {
        TwoLevelCache<Long, User> one = node();
        TwoLevelCache<Long, User> two = node();
        node();
        LongStream.range(0, 200).forEach(id -> one.put(id, new User(id, "put")));

        nodes.remove(2).close();

        LongStream.range(0, 200).forEach(id -> assertThat(two.get(id)).isEqualTo(new User(id, "put")));
        one.put(7L, new User(7, "later"));
        await().atMost(BOUND).untilAsserted(() -> assertThat(two.get(7L)).isEqualTo(new User(7, "later")));
        assertThat(loads).hasValue(0);
    }

    @Test
    void writeBehind_isFlushedByWhoeverIsThere() {
        Map<Long, String> written = new ConcurrentHashMap<>();
        UnaryOperator<CacheBuilder<Long, User>> behind = settings -> settings.loader(this::select)
                .writeBehind(WriteBehind.<Long, User>to(new CacheWriter<>() {
                            @Override
                            public void write(Long key, User value) {
                                written.put(key, value.email());
                            }

                            @Override
                            public void delete(Long key) {
                                written.remove(key);
                            }
                        })
                        .flushEvery(Duration.ofMillis(200)));
        TwoLevelCache<Long, User> one = node(behind);
        TwoLevelCache<Long, User> two = node(behind);
        Map<Long, String> expected = new HashMap<>();
        for (long id = 0; id < 200; id++) {
            one.put(id, new User(id, "behind " + id));
            expected.put(id, "behind " + id);
        }
        assertThat(two.get(199L)).as("pending").isEqualTo(new User(199, "behind 199"));

        nodes.remove(0).close();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(written).isEqualTo(expected));
    }
}
