package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.InfinispanServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** The process of an Infinispan server: its arguments are as those of {@link HazelcastMember}, of which it needs no name. */
final class InfinispanProcess {

    private InfinispanProcess() {}

    /** Runs a server, until the process is killed. */
    @SuppressWarnings("resource") // ends with the process
    public static void main(String[] arguments) throws IOException {
        InfinispanServer.start(Integer.parseInt(arguments[1]));
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])).close();
    }
}
