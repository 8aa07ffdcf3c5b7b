package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.core.Hazelcast;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is wrong is said early, and with its remedy. */
class HazelcastStoreConnectIT {

    @RegisterExtension
    static final Members members = new Members(1);

    private static NamespaceConfig namespace(String name) {
        return new NamespaceConfig(name, 8);
    }

    @Test
    void open_withAnotherNumberOfPartitions_saysSo() {
        Store store = HazelcastStore.using(members.get(0));
        store.open(namespace("agreed"), "n1");

        assertThatThrownBy(() -> store.open(new NamespaceConfig("agreed", 16), "n2"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("has 8 partitions, but partitions(16) is configured")
                .hasMessageContaining("configure the same number");
    }

    @Test
    void open_ofAClientOfAnotherClusterName_saysSoInTime() {
        ClientConfig config = members.clientConfig().setClusterName("another");
        try (Store store = HazelcastStore.client(config)) {
            assertFailsInTime(store, "listens, but did not take this client", "'another'");
        }
    }

    @Test
    void open_whereNobodyListens_saysSoInTime() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ClientConfig config = new ClientConfig();
        config.getNetworkConfig().addAddress("127.0.0.1:" + port);
        try (Store store = HazelcastStore.client(config)) {
            assertFailsInTime(store, "127.0.0.1:" + port + ": nobody listens there");
        }
    }

    private static void assertFailsInTime(Store store, String... parts) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> store.open(namespace("refused"), "n1"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContainingAll(parts);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void open_ofAClientThatIsTaken_works_andCloseEndsTheClient() throws Exception {
        try (Store store = HazelcastStore.client(members.clientConfig())) {
            assertThat(store.open(namespace("client"), "n1")
                            .heads()
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .hasSize(8);
        }
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(members.get(0).getClientService().getConnectedClients())
                                .isEmpty());
    }

    @Test
    void open_afterClose_saysSo() {
        Store store = HazelcastStore.using(members.get(0));
        store.close();

        assertThatThrownBy(() -> store.open(namespace("closed"), "n1"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("is closed");
        assertThat(members.get(0).getLifecycleService().isRunning()).isTrue();
    }

    @Test
    void map_thatWouldBeEvicted_isRefused() {
        assertRefused(
                new MapConfig("duet.refused")
                        .setInMemoryFormat(InMemoryFormat.OBJECT)
                        .setEvictionConfig(new EvictionConfig()
                                .setEvictionPolicy(EvictionPolicy.LRU)
                                .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                                .setSize(10)),
                "'duet.refused'",
                "eviction-policy LRU, and needs NONE; maximumRecords()");
    }

    @Test
    void map_thatWouldBeKeptAsBytes_isRefused() {
        assertRefused(new MapConfig("duet.refused"), "in-memory-format BINARY, and needs OBJECT");
    }

    @Test
    void map_whoseEntriesWouldEnd_isRefused() {
        assertRefused(
                new MapConfig("duet.*").setInMemoryFormat(InMemoryFormat.OBJECT).setTimeToLiveSeconds(60),
                "time-to-live-seconds or max-idle-seconds 60, and needs 0");
    }

    @Test
    void map_thatWouldBeMergedOtherwise_isRefused() {
        assertRefused(
                new MapConfig("duet.*").setInMemoryFormat(InMemoryFormat.OBJECT),
                "merge-policy com.hazelcast.spi.merge.PutIfAbsentMergePolicy, and needs");
    }

    /** A member with such a map joins, and then no node gets to use it. */
    private static void assertRefused(MapConfig map, String... parts) {
        Config config = members.config();
        config.addMapConfig(map);
        try (Store store = HazelcastStore.embedded(config)) {
            assertThatThrownBy(() -> store.open(namespace("refused"), "n1"))
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContainingAll(parts);
            assertThatThrownBy(() -> HazelcastStore.using(members.get(0)).open(namespace("refused"), "n2"))
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContainingAll(parts);
        }
    }

    @Test
    void member_ofAClusterWithAnotherPartitionCount_doesNotStart() {
        Config config = members.config();
        config.setProperty("hazelcast.partition.count", "31");
        try (Store store = HazelcastStore.embedded(config)) {
            assertThatThrownBy(() -> store.open(namespace("count"), "n1"))
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContaining("hazelcast.partition.count");
        }
    }

    @Test
    void embedded_asItIs_isReachedOverLoopbackAlone_andDoesNotPhoneHome() throws Exception {
        Config config = new Config().setClusterName("alone");
        config.getNetworkConfig().setPort(15_901).setPortCount(100);
        try (Store store = HazelcastStore.embedded(config)) {
            store.open(namespace("alone"), "n1");

            int port = Hazelcast.getAllHazelcastInstances().stream()
                    .filter(instance -> instance.getConfig().getClusterName().equals("alone"))
                    .findFirst()
                    .orElseThrow()
                    .getCluster()
                    .getLocalMember()
                    .getAddress()
                    .getPort();
            assertThat(isListening("127.0.0.1", port)).isTrue();
            for (NetworkInterface network : List.copyOf(Collections.list(NetworkInterface.getNetworkInterfaces()))) {
                for (InetAddress address : Collections.list(network.getInetAddresses())) {
                    if (!address.isLoopbackAddress()) {
                        assertThat(isListening(address.getHostAddress(), port))
                                .as("listening on %s", address)
                                .isFalse();
                    }
                }
            }
            assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
            assertThat(config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled())
                    .isFalse();
            assertThat(config.getNetworkConfig()
                            .getJoin()
                            .getAutoDetectionConfig()
                            .isEnabled())
                    .isFalse();
        }
    }

    @Test
    void embedded_withSettingsOfTheApplications_keepsThem() {
        Config config = new Config();
        config.setProperty("hazelcast.phone.home.enabled", "true");
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember("10.0.0.1");
        config.addMapConfig(new MapConfig("duet.*").setBackupCount(2));

        HazelcastStore.embedded(config);

        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("true");
        assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.0.0.1");
        assertThat(config.getNetworkConfig().getInterfaces().isEnabled()).isFalse();
        assertThat(config.findMapConfig("duet.x").getBackupCount()).isEqualTo(2);
    }

    private static boolean isListening(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
