package dev.duet.redis.internal;

import dev.duet.store.StoreConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.EqualJitterDelay;
import org.redisson.config.MasterSlaveServersConfig;
import org.redisson.config.ReadMode;

/**
 * A client's configuration, seen from the inside: where its servers are, and whether it is fit for a store. A copy, so
 * that what it was made from stays as it is.
 */
public final class ClientConfig extends Config {

    private static final int NETTY_THREADS =
            Math.min(4, Math.max(2, Runtime.getRuntime().availableProcessors()));
    private static final int CONNECTIONS = 4;
    private static final int PING_MILLIS = 1_000;

    /** Copies a configuration. */
    public ClientConfig(Config config) {
        super(config);
    }

    /**
     * A lean client for a single server: few threads, few connections, all of them shared by many commands at a time.
     *
     * <p>Nothing is sent twice: a failure comes back at once, and the caller knows best what to do about it. Every
     * connection, the subscribed one too, is probed each second, so that one that is half-open is found and replaced.
     */
    public static ClientConfig of(RedisUri uri) {
        Duration timeout = uri.timeout();
        Config config = new Config()
                .setCodec(ByteArrayCodec.INSTANCE)
                .setNettyThreads(NETTY_THREADS)
                .setThreads(2)
                .setUsername(uri.user())
                .setPassword(uri.password())
                .setTcpKeepAlive(true)
                .setKeepPubSubOrder(true)
                .setUseScriptCache(false); // ours is enough
        // No value is an object of the client's own, for which it would look at each argument.
        config.setReferenceEnabled(false);
        config.useSingleServer()
                .setAddress(uri.server())
                .setDatabase(uri.database())
                .setTimeout((int) timeout.toMillis())
                .setSubscriptionTimeout((int) timeout.toMillis())
                .setConnectTimeout((int) uri.connectTimeout().toMillis())
                .setRetryAttempts(0)
                .setRetryDelay(new ConstantDelay(timeout))
                .setReconnectionDelay(new EqualJitterDelay(Duration.ofMillis(50), Duration.ofSeconds(1)))
                .setPingConnectionInterval(PING_MILLIS)
                .setConnectionPoolSize(CONNECTIONS)
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1);
        return new ClientConfig(config);
    }

    /**
     * Checks that a client like this can serve as a store.
     *
     * @throws StoreConfigurationException if it reads from replicas, hands over messages out of order, renames keys, or
     *     never pings; the message names the setting and the remedy
     */
    public void check() {
        ReadMode readMode = many().map(BaseMasterSlaveServersConfig::getReadMode)
                .findFirst()
                .orElse(ReadMode.MASTER);
        if (readMode != ReadMode.MASTER) {
            throw unfit("readMode is " + readMode + ", and a replica may answer with a value that was already"
                    + " invalidated; set readMode to ReadMode.MASTER");
        }
        if (!isKeepPubSubOrder()) {
            throw unfit("keepPubSubOrder is false, and changes would be heard out of order; set it to true");
        }
        if (!getNameMapper().map("duet").equals("duet")) {
            throw unfit("it has a nameMapper, and scripts would not find their keys; take it out, and keep applications"
                    + " apart by their namespaces");
        }
        if (servers().getPingConnectionInterval() == 0) {
            throw unfit("pingConnectionInterval is 0, and a change feed whose connection hangs would never be replaced;"
                    + " set it to a second or a few");
        }
    }

    /** How long a subscription may take to stand. */
    Duration subscriptionTimeout() {
        return Duration.ofMillis(servers().getSubscriptionTimeout());
    }

    /** Whether a command that is not answered is sent again, so that it may take effect twice, and later than another. */
    boolean sendsAgain() {
        return servers().getRetryAttempts() > 0;
    }

    /**
     * Where the servers are, without users and passwords.
     *
     * @throws StoreConfigurationException if it names no server at all
     */
    public String address() {
        if (getSingleServerConfig() != null) {
            return servers(List.of(getSingleServerConfig().getAddress()))
                    + '/'
                    + getSingleServerConfig().getDatabase();
        }
        if (getClusterServersConfig() != null) {
            return servers(getClusterServersConfig().getNodeAddresses());
        }
        if (getSentinelServersConfig() != null) {
            return servers(getSentinelServersConfig().getSentinelAddresses()) + " (sentinels of "
                    + getSentinelServersConfig().getMasterName() + ')';
        }
        if (getReplicatedServersConfig() != null) {
            return servers(getReplicatedServersConfig().getNodeAddresses());
        }
        MasterSlaveServersConfig masterSlave = getMasterSlaveServersConfig();
        if (masterSlave == null || masterSlave.getMasterAddress() == null) {
            throw namesNoServer();
        }
        return servers(List.of(masterSlave.getMasterAddress()));
    }

    /** The number of the database: 0 unless it is set. */
    public int database() {
        if (getSingleServerConfig() != null) {
            return getSingleServerConfig().getDatabase();
        }
        if (getClusterServersConfig() != null) {
            return getClusterServersConfig().getDatabase();
        }
        if (getSentinelServersConfig() != null) {
            return getSentinelServersConfig().getDatabase();
        }
        if (getReplicatedServersConfig() != null) {
            return getReplicatedServersConfig().getDatabase();
        }
        return getMasterSlaveServersConfig() == null
                ? 0
                : getMasterSlaveServersConfig().getDatabase();
    }

    /** Whether any of the servers takes a connection; one whose address says no host and port counts as if it did. */
    boolean isReachable() {
        return addresses().isEmpty() || addresses().stream().anyMatch(this::isReachable);
    }

    private boolean isReachable(String address) {
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            return true;
        }
        if (uri.getHost() == null || uri.getPort() < 0) {
            return true;
        }
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(uri.getHost(), uri.getPort()),
                    servers().getConnectTimeout());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Collection<String> addresses() {
        if (getSingleServerConfig() != null) {
            return List.of(getSingleServerConfig().getAddress());
        }
        if (getClusterServersConfig() != null) {
            return getClusterServersConfig().getNodeAddresses();
        }
        if (getSentinelServersConfig() != null) {
            return getSentinelServersConfig().getSentinelAddresses();
        }
        if (getReplicatedServersConfig() != null) {
            return getReplicatedServersConfig().getNodeAddresses();
        }
        return List.of();
    }

    private BaseConfig<?> servers() {
        return Stream.concat(Stream.ofNullable(getSingleServerConfig()), many())
                .findFirst()
                .orElseThrow(this::namesNoServer);
    }

    private Stream<BaseMasterSlaveServersConfig<?>> many() {
        return Stream.of(
                        getClusterServersConfig(),
                        getSentinelServersConfig(),
                        getReplicatedServersConfig(),
                        getMasterSlaveServersConfig())
                .filter(Objects::nonNull)
                .map(config -> (BaseMasterSlaveServersConfig<?>) config);
    }

    private StoreConfigurationException namesNoServer() {
        return new StoreConfigurationException(
                "the Redisson configuration names no server; call useSingleServer() or one of its kind", null);
    }

    private StoreConfigurationException unfit(String why) {
        return new StoreConfigurationException(
                "the Redisson client for " + address() + " cannot be used: " + why, null);
    }

    private static String servers(Collection<String> addresses) {
        return addresses.stream().map(Addresses::withoutPasswords).collect(Collectors.joining(","));
    }
}
