package dev.duet.benchmarks.coherence;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import dev.duet.benchmarks.systems.HazelcastNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** The process of a Hazelcast member: its arguments are the cluster's name, its port, and a port to call once it is there. */
final class HazelcastMember {

    private HazelcastMember() {}

    /** Runs a member. */
    public static void main(String[] arguments) throws IOException {
        Config config = HazelcastNode.memberConfig(arguments[0]);
        config.getNetworkConfig().setPort(Integer.parseInt(arguments[1])).setPortAutoIncrement(false);
        Hazelcast.newHazelcastInstance(config);
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])).close();
    }
}
