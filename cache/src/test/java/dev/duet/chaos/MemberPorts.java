package dev.duet.chaos;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.RoutingMode;
import com.hazelcast.config.Config;
import com.hazelcast.config.TcpIpConfig;
import dev.duet.hazelcast.HazelcastStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * The ports on 127.0.0.1 where members of one Hazelcast cluster find each other. A node is a member, or a client of the member
 * that has the first port, by whatever way it is given.
 *
 * @param first the first of them
 */
record MemberPorts(int first) {

    private static final int COUNT = 8;
    private static final int LOWEST = 17_000;
    private static final int HIGHEST = 30_000;

    /** Ports that nobody has at the moment. */
    static MemberPorts free(Random random) {
        for (int attempt = 1; ; attempt++) {
            int first = LOWEST + COUNT * random.nextInt((HIGHEST - LOWEST) / COUNT);
            try {
                for (int port = first; port < first + COUNT; port++) {
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
                }
                return new MemberPorts(first);
            } catch (IOException e) {
                if (attempt == 100) {
                    throw new IllegalStateException("no free ports", e);
                }
            }
        }
    }

    /** The store of a node that is a member, as text for {@link #store}. */
    String member() {
        return "member:" + first + ":" + first;
    }

    /** The store of a node that is a client of the member at a port, or of a proxy on the way to it. */
    String client(int port) {
        return "client:" + first + ":" + port;
    }

    /** The store that a node was given. */
    static HazelcastStore store(String text) {
        String[] parts = text.split(":", -1);
        String cluster = "chaos-" + parts[1];
        int port = Integer.parseInt(parts[2]);
        return parts[0].equals("member") ? member(cluster, port) : client(cluster, port);
    }

    private static HazelcastStore member(String cluster, int first) {
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().setPort(first).setPortCount(COUNT);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        TcpIpConfig members =
                config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
        for (int port = first; port < first + COUNT; port++) {
            members.addMember("127.0.0.1:" + port);
        }
        return HazelcastStore.embedded(config);
    }

    private static HazelcastStore client(String cluster, int port) {
        ClientConfig config = new ClientConfig().setClusterName(cluster);
        config.getNetworkConfig().addAddress("127.0.0.1:" + port);
        config.getNetworkConfig().getClusterRoutingConfig().setRoutingMode(RoutingMode.SINGLE_MEMBER);
        return HazelcastStore.client(config);
    }
}
