package dev.duet.redis;

import static dev.duet.redis.Redises.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.RecordingListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;

/** Two masters that share the slots: each partition lives on one of them, and all of it on the same. */
class RedisClusterIT {

    private static final int SLOTS = 16_384;

    private static RedisServer first;
    private static RedisServer second;

    @BeforeAll
    static void start() {
        first = node();
        second = node();
        first.command(slots(0, SLOTS / 2));
        second.command(slots(SLOTS / 2, SLOTS));
        first.command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(second.port()));
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (RedisServer server : List.of(first, second)) {
                assertThat((String) server.command("CLUSTER", "INFO"))
                        .contains("cluster_state:ok", "cluster_known_nodes:2", "cluster_slots_assigned:" + SLOTS);
            }
        });
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    private static RedisServer node() {
        return RedisServer.builder()
                .directive("cluster-enabled", "yes")
                .directive("cluster-node-timeout", "5000")
                .start();
    }

    private static String[] slots(int from, int to) {
        return Stream.concat(
                        Stream.of("CLUSTER", "ADDSLOTS"),
                        IntStream.range(from, to).mapToObj(Integer::toString))
                .toArray(String[]::new);
    }

    @Test
    void pendingWrites_areClaimedOnAllMastersTogether() {
        Config config = new Config();
        config.useClusterServers()
                .addNodeAddress(first.uri(), second.uri())
                .setReadMode(ReadMode.MASTER)
                .setRetryAttempts(0);
        try (RedisStore store = RedisStore.connect(config)) {
            Namespace namespace = store.open(new NamespaceConfig("pending", 64), "n1");
            List<Integer> partitions = IntStream.range(0, 64).boxed().toList();
            Set<RecordKey> keys = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                RecordKey key = namespace.config().recordKey("users", Integer.toString(i));
                keys.add(key);
                await(namespace.execute(key, new PendingOperation.Enqueue(Redises.content("v" + i), true)));
                assertThat(Redises.see(namespace, key)).isEqualTo("v" + i);
            }

            List<PendingWrite> due = namespace.claim("users", partitions, "f", Redises.HOUR, 100).stream()
                    .flatMap(claim -> await(claim).due().stream())
                    .toList();

            assertThat(due).extracting(PendingWrite::key).containsExactlyInAnyOrderElementsOf(keys);
            for (PendingWrite write : due) {
                await(namespace.execute(
                        write.key(), new PendingOperation.Failed(write.version(), 1, Content.FOREVER, "down")));
            }
            assertThat(await(namespace.parked("users", 100)))
                    .extracting(PendingWrite::key)
                    .containsExactlyInAnyOrderElementsOf(keys);
            assertThat(await(namespace.durability()).refusal()).isNull();
            assertThat(await(namespace.durability()).warning())
                    .contains("append-only file")
                    .doesNotContain("moreover");
            second.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
            assertThat(await(namespace.durability()).refusal()).contains("allkeys-lfu");
            second.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        }
    }

    @Test
    void partitions_areSpreadOverTheMasters_andEachIsWhole() {
        Config config = new Config();
        config.useClusterServers().addNodeAddress(first.uri(), second.uri()).setReadMode(ReadMode.MASTER);
        try (RedisStore store = RedisStore.connect(config)) {
            Namespace namespace = store.open(NamespaceConfig.defaults(), "n1");
            RecordingListener listener = new RecordingListener();
            await(namespace.subscribe(listener));
            long[] heads = await(namespace.heads());
            Set<Integer> partitions = new HashSet<>();
            for (int i = 0; i < 300; i++) {
                RecordKey key = namespace.config().recordKey("users", Integer.toString(i));
                partitions.add(key.partition());
                long version = Redises.put(namespace, key, "v" + i);
                assertThat(version).isGreaterThan(heads[key.partition()]);
                assertThat(Redises.see(namespace, key)).isEqualTo("v" + i);
                Redises.fill(namespace, key, Redises.lease(namespace, key, version), "w");
                assertThat(Redises.see(namespace, key)).isEqualTo("w");
            }
            assertThat(partitions).hasSize(64);
            List<Namespace.Request<Reading>> reads = IntStream.range(0, 300)
                    .mapToObj(i -> namespace.config().recordKey("users", Integer.toString(i)))
                    .map(key -> new Namespace.Request<>(key, new Operation.Read()))
                    .toList();
            assertThat(namespace.executeAll(reads)).hasSize(300).allMatch(reply -> await(reply) instanceof Reading.Hit);
            for (RedisServer server : List.of(first, second)) {
                assertThat((Long) server.command("DBSIZE")).isGreaterThan(50);
            }

            long[] floors = await(namespace.invalidateAll("users"));

            assertThat(await(namespace.heads())).isEqualTo(floors);
            assertThat(Redises.see(namespace, namespace.config().recordKey("users", "7")))
                    .isEqualTo("Missing");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(listener.changes()).hasSize(364));
            for (int p = 0; p < 64; p++) {
                int partition = p;
                assertThat(listener.changes().stream().filter(c -> c.partition() == partition))
                        .containsExactlyElementsOf(await(namespace.changesAfter(p, heads[p])))
                        .extracting(Change::version)
                        .isSorted();
            }
        }
    }

    @Test
    void manyReadsAndHeads_byAClientThatDoesNotKnowOfTheCluster_goPartitionByPartition() {
        try (RedisServer alone = node();
                RedisStore store = RedisStore.connect(alone.uri())) {
            alone.command(slots(0, SLOTS));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat((String) alone.command("CLUSTER", "INFO"))
                            .contains("cluster_state:ok"));
            Namespace namespace = store.open(NamespaceConfig.defaults(), "n1");
            assertThat(await(namespace.heads())).hasSize(64).doesNotContain(0);
            List<RecordKey> keys = IntStream.range(0, 200)
                    .mapToObj(i -> namespace.config().recordKey("users", Integer.toString(i)))
                    .toList();
            keys.forEach(key -> Redises.put(namespace, key, "v"));
            List<Namespace.Request<Reading>> reads = keys.stream()
                    .map(key -> new Namespace.Request<>(key, new Operation.Read()))
                    .toList();
            for (int i = 0; i < 3; i++) {
                alone.command("CONFIG", "RESETSTAT");
                assertThat(namespace.executeAll(reads))
                        .hasSize(200)
                        .allMatch(reply -> await(reply) instanceof Reading.Hit);
            }
            long partitions = keys.stream().map(RecordKey::partition).distinct().count();
            assertThat((String) alone.command("INFO", "commandstats"))
                    .contains("cmdstat_evalsha:calls=" + partitions + ",");
        }
    }
}
