package dev.duet.hazelcast.internal;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.ClientConnectionStrategyConfig.ReconnectMode;
import com.hazelcast.config.Config;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A member or client, which is started when it is needed first. Thread-safe. */
public abstract class Instance {

    private static final long CONNECT_MILLIS = 10_000;

    private static final Map<String, String> PROPERTIES = Map.of(
            "hazelcast.phone.home.enabled", "false",
            "hazelcast.logging.type", "slf4j",
            "hazelcast.heartbeat.interval.seconds", "1",
            "hazelcast.max.no.heartbeat.seconds", "10",
            "hazelcast.merge.first.run.delay.seconds", "10",
            "hazelcast.merge.next.run.delay.seconds", "10");

    private static final Map<String, String> CLIENT_PROPERTIES = Map.of(
            "hazelcast.logging.type", "slf4j",
            "hazelcast.client.heartbeat.interval", "1000",
            "hazelcast.client.heartbeat.timeout", "10000");

    private @Nullable HazelcastInstance started;
    private boolean closed;

    private Instance() {}

    /** The instance, started if it is not. */
    public final synchronized HazelcastInstance get() {
        if (closed) {
            throw new StoreUnavailableException("the store on " + address() + " is closed", null);
        }
        if (started == null || !started.getLifecycleService().isRunning()) {
            started = start();
        }
        ready(started);
        return started;
    }

    /** Shuts down what was started. */
    public final synchronized void close() {
        closed = true;
        if (started != null) {
            stop(started);
            started = null;
        }
    }

    /** Where it is, for messages. */
    public abstract String address();

    abstract HazelcastInstance start();

    abstract void ready(HazelcastInstance instance);

    abstract void stop(HazelcastInstance instance);

    /** A member of its own. */
    public static Instance embedded(Config config) {
        complete(config);
        return new Instance() {
            @Override
            public String address() {
                List<String> members =
                        config.getNetworkConfig().getJoin().getTcpIpConfig().getMembers();
                return "hazelcast://" + config.getClusterName() + "/" + String.join(",", members);
            }

            @Override
            HazelcastInstance start() {
                try {
                    return Hazelcast.newHazelcastInstance(config);
                } catch (RuntimeException e) {
                    throw new StoreConfigurationException(
                            "a member of " + address() + " cannot start (" + e.getMessage()
                                    + "); all members must have the same hazelcast.partition.count and a free port, and an"
                                    + " address of this machine; Hazelcast's log says more",
                            e);
                }
            }

            @Override
            void ready(HazelcastInstance instance) {
                // It is when it has started.
            }

            @Override
            void stop(HazelcastInstance instance) {
                instance.shutdown();
            }
        };
    }

    /** Sets what the application left as Hazelcast has it. */
    public static void complete(Config config) {
        NetworkConfig network = config.getNetworkConfig();
        if (network.getJoin().equals(new JoinConfig())) {
            JoinConfig join = network.getJoin();
            join.getAutoDetectionConfig().setEnabled(false);
            join.getMulticastConfig().setEnabled(false);
            join.getTcpIpConfig().setEnabled(true).addMember("127.0.0.1");
            if (network.getInterfaces().equals(new InterfacesConfig())) {
                network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
                PropertyDefaults.set(config.getProperties(), "hazelcast.socket.bind.any", "false");
            }
        }
        PROPERTIES.forEach((name, value) -> PropertyDefaults.set(config.getProperties(), name, value));
        Preparation.complete(config, Names.PATTERN);
    }

    /** A client of its own. */
    public static Instance client(ClientConfig config) {
        config.getConnectionStrategyConfig().setAsyncStart(true).setReconnectMode(ReconnectMode.ASYNC);
        CLIENT_PROPERTIES.forEach((name, value) -> PropertyDefaults.set(config.getProperties(), name, value));
        CountDownLatch connected = new CountDownLatch(1);
        config.addListenerConfig(new ListenerConfig((LifecycleListener) event -> {
            if (event.getState() == LifecycleState.CLIENT_CONNECTED) {
                connected.countDown();
            }
        }));
        return new Instance() {
            private List<String> addresses() {
                List<String> given = config.getNetworkConfig().getAddresses();
                return given.isEmpty() ? List.of("127.0.0.1") : given;
            }

            @Override
            public String address() {
                return "hazelcast://" + config.getClusterName() + "/" + String.join(",", addresses());
            }

            @Override
            HazelcastInstance start() {
                return HazelcastClient.newHazelcastClient(config);
            }

            @Override
            void ready(HazelcastInstance instance) {
                try {
                    if (connected.await(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreUnavailableException("interrupted while connecting to " + address(), e);
                }
                String found = addresses().stream()
                        .map(member -> member
                                + (isListening(member)
                                        ? " listens, but did not take this client; is its cluster's name '"
                                                + config.getClusterName() + "', as setClusterName() says?"
                                        : ": nobody listens there"))
                        .collect(Collectors.joining("; "));
                throw new StoreUnavailableException(
                        "no member of " + address() + " took this client within " + CONNECT_MILLIS + " ms: " + found,
                        null);
            }

            @Override
            void stop(HazelcastInstance instance) {
                instance.shutdown();
            }
        };
    }

    private static boolean isListening(String member) {
        int colon = member.lastIndexOf(':');
        String host = colon < 0 ? member : member.substring(0, colon);
        int port = colon < 0 ? NetworkConfig.DEFAULT_PORT : Integer.parseInt(member.substring(colon + 1));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** One that the application has. */
    public static Instance of(HazelcastInstance instance) {
        return new Instance() {
            @Override
            public String address() {
                return "hazelcast:" + instance.getName();
            }

            @Override
            HazelcastInstance start() {
                if (!instance.getLifecycleService().isRunning()) {
                    throw new StoreUnavailableException(
                            "the Hazelcast instance '" + instance.getName() + "' is shut down", null);
                }
                return instance;
            }

            @Override
            void ready(HazelcastInstance ignored) {
                // That is the application's care.
            }

            @Override
            void stop(HazelcastInstance ignored) {
                // It is the application's.
            }
        };
    }
}
