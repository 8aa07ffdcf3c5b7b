package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.JvmProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.function.IntFunction;

/** A member of Hazelcast or a server of Infinispan, alone, in a process of its own. A client has connections for events and all else. */
final class JvmLevel implements SecondLevel {

    private static final String CLUSTER = "coherence";

    private final Class<?> main;
    private final IntFunction<Servers> servers;
    private final int port;
    private JvmProcess process;

    private JvmLevel(Class<?> main, IntFunction<Servers> servers) throws IOException {
        this.main = main;
        this.servers = servers;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process = launch(main, port);
    }

    /** The one member of a cluster. */
    static JvmLevel hazelcast() throws IOException {
        return new JvmLevel(HazelcastMember.class, port -> Servers.hazelcast("127.0.0.1:" + port, CLUSTER));
    }

    /** The one server. */
    static JvmLevel infinispan() throws IOException {
        return new JvmLevel(InfinispanProcess.class, port -> Servers.infinispan("127.0.0.1:" + port));
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Servers at(int proxied) {
        return servers.apply(proxied);
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
        process = launch(main, port);
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

    private static JvmProcess launch(Class<?> main, int port) throws IOException {
        try (ServerSocket control = Jvms.listen()) {
            JvmProcess member = Jvms.start(
                    "level", main, List.of(CLUSTER, String.valueOf(port), String.valueOf(control.getLocalPort())));
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
