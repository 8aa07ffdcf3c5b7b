package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.JvmProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** The one member of a Hazelcast cluster, in a process of its own. A client has one connection, for events and all else. */
final class HazelcastLevel implements SecondLevel {

    private static final String CLUSTER = "coherence";

    private final int port;
    private JvmProcess process;

    HazelcastLevel() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process = launch(port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Servers at(int proxied) {
        return Servers.hazelcast("127.0.0.1:" + proxied, CLUSTER);
    }

    @Override
    public void pause() {
        process.pause();
    }

    @Override
    public void resume() {
        process.resume();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() throws IOException {
        process.close();
        process = launch(port);
    }

    @Override
    public void cutSubscriptions(List<FaultProxy> proxies) {
        proxies.forEach(FaultProxy::dropAll);
    }

    @Override
    public boolean isSubscription(FaultProxy.Connection connection) {
        return true;
    }

    @Override
    public void close() {
        process.close();
    }

    private static JvmProcess launch(int port) throws IOException {
        try (ServerSocket control = Jvms.listen()) {
            JvmProcess member = Jvms.start(
                    "member",
                    HazelcastMember.class,
                    List.of(CLUSTER, String.valueOf(port), String.valueOf(control.getLocalPort())));
            try {
                Jvms.awaitCall(control, member).close();
                return member;
            } catch (IOException e) {
                member.close();
                throw e;
            }
        }
    }
}
