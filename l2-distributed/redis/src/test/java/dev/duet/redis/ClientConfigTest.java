package dev.duet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.redis.internal.ClientConfig;
import dev.duet.redis.internal.RedisUri;
import dev.duet.store.StoreConfigurationException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisson.config.Config;
import org.redisson.config.NameMapper;
import org.redisson.config.ReadMode;

/** Clients that are not fit for a store are refused before anything is sent. */
class ClientConfigTest {

    private static final String ADDRESS = "redis://user:secret@10.0.0.1:7000";

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    enum Servers {
        CLUSTER((config, mode) ->
                config.useClusterServers().addNodeAddress(ADDRESS).setReadMode(mode)),
        SENTINEL((config, mode) -> config.useSentinelServers()
                .addSentinelAddress(ADDRESS)
                .setMasterName("main")
                .setReadMode(mode)),
        REPLICATED((config, mode) ->
                config.useReplicatedServers().addNodeAddress(ADDRESS).setReadMode(mode)),
        MASTER_SLAVE((config, mode) -> config.useMasterSlaveServers()
                .setMasterAddress(ADDRESS)
                .addSlaveAddress("redis://10.0.0.2:7000")
                .setReadMode(mode));

        private final BiConsumer<Config, ReadMode> use;

        Servers(BiConsumer<Config, ReadMode> use) {
            this.use = use;
        }

        Config reading(ReadMode mode) {
            Config config = new Config();
            use.accept(config, mode);
            return config;
        }
    }

    static Stream<Config> inDatabaseThree() {
        Config single = new Config();
        single.useSingleServer().setAddress(ADDRESS).setDatabase(3);
        Config cluster = Servers.CLUSTER.reading(ReadMode.MASTER);
        cluster.useClusterServers().setDatabase(3);
        Config sentinel = Servers.SENTINEL.reading(ReadMode.MASTER);
        sentinel.useSentinelServers().setDatabase(3);
        Config replicated = Servers.REPLICATED.reading(ReadMode.MASTER);
        replicated.useReplicatedServers().setDatabase(3);
        Config masterSlave = Servers.MASTER_SLAVE.reading(ReadMode.MASTER);
        masterSlave.useMasterSlaveServers().setDatabase(3);
        return Stream.of(single, cluster, sentinel, replicated, masterSlave);
    }

    @ParameterizedTest
    @MethodSource("inDatabaseThree")
    void A54_database_isKnownOfEachKindOfServers(Config config) {
        assertThat(new ClientConfig(config).database()).isEqualTo(3);
        assertThat(ClientConfig.of(RedisUri.parse("redis://h/7")).database()).isEqualTo(7);
    }

    static Stream<Config> readingFromReplicas() {
        return Stream.of(Servers.values())
                .flatMap(servers ->
                        Stream.of(ReadMode.SLAVE, ReadMode.MASTER_SLAVE).map(servers::reading));
    }

    @ParameterizedTest
    @MethodSource("readingFromReplicas")
    void A18_readingFromReplicas_isRefused_withTheRemedy(Config config) {
        assertThatThrownBy(() -> RedisStore.connect(config))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("readMode")
                .hasMessageContaining("ReadMode.MASTER")
                .hasMessageContaining("10.0.0.1:7000")
                .hasMessageNotContaining("secret");
    }

    @Test
    void A18_theDefaultOfACluster_isRefused() {
        Config config = new Config();
        config.useClusterServers().addNodeAddress(ADDRESS);

        assertThatThrownBy(() -> RedisStore.connect(config))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("readMode");
    }

    @ParameterizedTest
    @EnumSource
    void readingFromTheMaster_isFit(Servers servers) {
        ClientConfig config = new ClientConfig(servers.reading(ReadMode.MASTER));

        config.check();
        assertThat(config.address()).contains("redis://10.0.0.1:7000").doesNotContain("secret");
    }

    @Test
    void messagesOutOfOrder_areRefused_withTheRemedy() {
        Config config = new Config().setKeepPubSubOrder(false);
        config.useSingleServer().setAddress(ADDRESS);

        assertThatThrownBy(() -> RedisStore.connect(config))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("keepPubSubOrder");
    }

    @Test
    void renamedKeys_areRefused_withTheRemedy() {
        Config config = new Config().setNameMapper(new NameMapper() {
            @Override
            public String map(String name) {
                return "app:" + name;
            }

            @Override
            public String unmap(String name) {
                return name.substring(4);
            }
        });
        config.useSingleServer().setAddress(ADDRESS);

        assertThatThrownBy(() -> RedisStore.connect(config))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("nameMapper");
    }

    @Test
    void A08_neverPinging_isRefused_withTheRemedy() {
        Config config = new Config();
        config.useSingleServer().setAddress(ADDRESS).setPingConnectionInterval(0);

        assertThatThrownBy(() -> RedisStore.connect(config))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("pingConnectionInterval");
    }

    @Test
    void noServer_isRefused_withTheRemedy() {
        assertThatThrownBy(() -> RedisStore.connect(new Config()))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("useSingleServer()");
    }

    @Test
    void clientOfTheStoresOwn_doesNotLookForItsObjectsInArguments() {
        assertThat(ClientConfig.of(RedisUri.parse("redis://127.0.0.1:6379")).isReferenceEnabled())
                .isFalse();
    }
}
