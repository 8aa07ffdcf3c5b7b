package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.server.HazelcastMemberStarter;
import com.hazelcast.partition.PartitionService;
import dev.duet.hazelcast.internal.Instance;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.testkit.JvmProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members as Hazelcast ships them, in processes of their own, whose configuration says nothing of Duet. */
class PlainMemberIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("plain", 8);
    private static final List<String> NEEDED =
            List.of("hazelcast-5", "l2-distributed/hazelcast/target/classes", "duet-hazelcast", "slf4j-api");

    private final String cluster = "duet-" + UUID.randomUUID();

    @TempDir
    Path directory;

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static String classPath(Predicate<String> needed) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(needed)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isOfStore(String element) {
        return NEEDED.stream().anyMatch(element.replace('\\', '/')::contains)
                || element.contains("duet-store")
                || element.replace('\\', '/').contains("l2-distributed/store/target");
    }

    private JvmProcess start(int port, String classPath) throws IOException {
        Path config = directory.resolve("hazelcast.yaml");
        Files.writeString(config, """
                hazelcast:
                  cluster-name: %s
                  properties:
                    hazelcast.phone.home.enabled: false
                    hazelcast.socket.bind.any: false
                  network:
                    port:
                      port: %d
                      auto-increment: false
                    interfaces:
                      enabled: true
                      interfaces: [127.0.0.1]
                    join:
                      auto-detection:
                        enabled: false
                      tcp-ip:
                        enabled: true
                        member-list: [127.0.0.1:%d]
                """.formatted(cluster, port, port));
        return JvmProcess.start(
                "member",
                classPath,
                HazelcastMemberStarter.class.getName(),
                List.of("-Xmx256m", "-Dhazelcast.config=" + config),
                List.of());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private HazelcastStore client(int port) {
        ClientConfig config = new ClientConfig().setClusterName(cluster);
        config.getNetworkConfig().addAddress("127.0.0.1:" + port);
        return HazelcastStore.client(config);
    }

    @Test
    void member_withDuetAndNothingOfTheApplication_isEnough() throws Exception {
        int port = freePort();
        String classPath = classPath(PlainMemberIT::isOfStore);
        assertThat(classPath).doesNotContain("test-classes").contains("hazelcast");
        try (JvmProcess member = start(port, classPath);
                HazelcastStore store = client(port)) {
            Namespace namespace = store.open(CONFIG, "n1");
            RecordKey key = CONFIG.recordKey("users", "a");
            Content content = new Content(Payload.of("any bytes".getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);

            await(namespace.execute(key, new Operation.Put(content)));

            assertThat(await(namespace.execute(key, new Operation.Read()))).isInstanceOf(Reading.Hit.class);
            assertThat(member.isAlive()).isTrue();
        }
    }

    /** Hazelcast itself would have it taken after 5 seconds. */
    @Test
    void write_whoseBackupDoesNotAnswer_isNotAcknowledged() throws Exception {
        int port = freePort();
        HazelcastInstance here = null;
        try (JvmProcess member = start(port, classPath(PlainMemberIT::isOfStore))) {
            Config config = new Config().setClusterName(cluster);
            Instance.complete(config);
            config.getNetworkConfig().setPort(freePort());
            config.getNetworkConfig().getJoin().getTcpIpConfig().clear().addMember("127.0.0.1:" + port);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> listens(port));
            here = Hazelcast.newHazelcastInstance(config);
            PartitionService partitions = here.getPartitionService();
            Cluster members = here.getCluster();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> members.getMembers().size() == 2 && partitions.isClusterSafe());
            Namespace namespace = HazelcastStore.using(here).open(CONFIG, "n1");
            UUID local = members.getLocalMember().getUuid();
            RecordKey mine = IntStream.range(0, 1_000)
                    .mapToObj(i -> CONFIG.recordKey("users", "k" + i))
                    .filter(key -> partitions
                            .getPartition(key.partition())
                            .getOwner()
                            .getUuid()
                            .equals(local))
                    .findFirst()
                    .orElseThrow();
            Content content = new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0);
            await(namespace.execute(mine, new PendingOperation.Enqueue(content, true)));

            member.pause();

            assertThatThrownBy(() -> await(namespace.execute(mine, new PendingOperation.Enqueue(content, true))))
                    .hasCauseInstanceOf(StoreUnavailableException.class);
            member.resume();
        } finally {
            if (here != null) {
                here.getLifecycleService().terminate();
            }
        }
    }

    private static boolean listens(int port) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void member_withoutDuet_isRefused_andTheMessageSaysWhatIsMissing() throws Exception {
        int port = freePort();
        try (JvmProcess member = start(
                        port, classPath(element -> element.contains("hazelcast-5") || element.contains("slf4j-api")));
                HazelcastStore store = client(port)) {
            assertThat(member.isAlive()).isTrue();
            assertThatThrownBy(() -> store.open(CONFIG, "n1"))
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContaining("class path")
                    .hasMessageContaining("duet-hazelcast");
        }
    }
}
