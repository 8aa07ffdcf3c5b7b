package dev.duet.benchmarks.systems;

import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.server.hotrod.HotRodServer;
import org.infinispan.server.hotrod.configuration.HotRodServerConfigurationBuilder;

/** One Hot Rod server of Infinispan, alone, which holds the cache of a comparison on its heap. */
public final class InfinispanServer implements AutoCloseable {

    private final DefaultCacheManager manager;
    private final HotRodServer server = new HotRodServer();

    private InfinispanServer(int port) {
        manager = new DefaultCacheManager(new GlobalConfigurationBuilder().build());
        try {
            manager.defineConfiguration(
                    NodeConfig.CACHE,
                    new ConfigurationBuilder()
                            .encoding()
                            .mediaType(MediaType.APPLICATION_PROTOSTREAM)
                            .build());
            server.start(
                    new HotRodServerConfigurationBuilder()
                            .host("127.0.0.1")
                            .port(port)
                            .build(),
                    manager);
            // Without it, the server refuses all operations.
            server.postStart();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts one in this JVM, on loopback.
     *
     * @param port where it listens; 0 for a free port
     */
    public static InfinispanServer start(int port) {
        return new InfinispanServer(port);
    }

    /**
     * Runs one in a process of its own, until it is killed; once it listens, it prints its port.
     *
     * @param arguments its port, or none for a free one
     */
    public static void main(String[] arguments) {
        InfinispanServer server = start(arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]));
        System.out.println(server.port());
    }

    /** Where it listens. */
    public int port() {
        return server.getTransport().getPort();
    }

    /** Where a client finds it. */
    public Servers servers() {
        return Servers.infinispan("127.0.0.1:" + port());
    }

    /** Drops all entries. */
    public void clear() {
        manager.getCache(NodeConfig.CACHE).clear();
    }

    /** Stops it, and forgets what it held. */
    @Override
    public void close() {
        server.stop();
        manager.stop();
    }
}
