package dev.duet.chaos;

import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.PostgresServer;
import dev.duet.testkit.RedisServer;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Real processes: a Redis that keeps what it acknowledges, a PostgreSQL, and nodes that write behind, with a fault proxy each on
 * the way to PostgreSQL. Not thread-safe.
 */
final class BehindCluster implements AutoCloseable {

    static final int NODES = 4;

    /** At full speed. */
    private static final int WRITERS = 3;

    private static final int KEYS = 2_000;
    private static final long LOOK_MILLIS = 300;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<BehindSettings> all = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Path directory;
    private final Random random;
    private final long boundMillis;
    private final RedisServer redis;
    private final PostgresServer postgres;
    private int started;

    /**
     * Starts the servers and the nodes, and has these work.
     *
     * @param directory for what the nodes record; empty
     * @param seed of all choices
     */
    BehindCluster(Path directory, long boundMillis, long seed) throws SQLException {
        this.directory = directory;
        this.boundMillis = boundMillis;
        random = new Random(seed);
        try {
            redis = closing(RedisServer.builder()
                    .directive("appendonly", "yes")
                    .directive("appendfsync", "always")
                    .directive("maxmemory-policy", "noeviction")
                    .start());
            // What is committed has left the process; that the disk has it matters to machines that crash.
            postgres = closing(
                    PostgresServer.builder().setting("synchronous_commit", "on").start());
            ledger().create();
            for (int i = 1; i <= NODES; i++) {
                nodes.add(launch());
            }
            nodes.forEach(NodeProcess::awaitReady);
            nodes.forEach(node -> node.ask("go", "going"));
        } catch (SQLException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    RedisServer redis() {
        return redis;
    }

    PostgresServer postgres() {
        return postgres;
    }

    /** The system of record, by connections of its own: older ones may have died with the server. */
    Ledger ledger() {
        return new Ledger(postgres.jdbcUrl(), "test");
    }

    List<NodeProcess> nodes() {
        return nodes;
    }

    NodeProcess anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** The node that makes the most writes now; any, if none makes any. */
    NodeProcess flusher() throws InterruptedException {
        Map<String, Long> before = new HashMap<>();
        all.forEach(
                node -> before.put(node.name(), BehindCounts.last(node.counts()).flushed()));
        Thread.sleep(LOOK_MILLIS);
        NodeProcess flusher = anyNode();
        long most = 0;
        for (NodeProcess node : nodes) {
            long made = countsOf(node).flushed() - before.getOrDefault(node.name(), 0L);
            if (made > most) {
                most = made;
                flusher = node;
            }
        }
        return flusher;
    }

    private BehindCounts countsOf(NodeProcess node) {
        return BehindCounts.last(directory.resolve(node.name() + ".counts"));
    }

    /** Kills a node, unless it is dead, and starts another in its place. */
    void killAndStart(NodeProcess node) {
        node.process().kill();
        NodeProcess another = launch();
        nodes.set(nodes.indexOf(node), another);
        open.remove(node);
        node.close();
        another.awaitReady().ask("go", "going");
    }

    /** What all nodes have counted so far, the dead ones too. */
    BehindCounts counts() {
        return all.stream().map(node -> BehindCounts.last(node.counts())).reduce(BehindCounts.NONE, BehindCounts::plus);
    }

    /** What all nodes have recorded so far, the dead ones too. */
    List<BehindEvent> events() {
        List<BehindEvent> events = new ArrayList<>();
        all.forEach(node -> events.addAll(BehindLog.read(node.name(), node.log())));
        return events;
    }

    /** Kills everything. */
    @Override
    public void close() {
        IllegalStateException failed = null;
        for (AutoCloseable closeable : open) {
            try {
                closeable.close();
            } catch (Exception e) {
                failed = failed == null ? new IllegalStateException("the cluster does not end", e) : failed;
                failed.addSuppressed(e);
            }
        }
        open.clear();
        if (failed != null) {
            throw failed;
        }
    }

    private NodeProcess launch() {
        String name = "b" + ++started;
        FaultProxy proxy = closing(FaultProxy.to("127.0.0.1", postgres.port()));
        ServerSocket listener = closing(NodeProcess.listen());
        BehindSettings settings = new BehindSettings(
                name,
                redis.uri(),
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres",
                listener.getLocalPort(),
                directory,
                KEYS,
                WRITERS,
                boundMillis,
                random.nextLong());
        all.add(settings);
        return closing(NodeProcess.start(name, BehindNode.class, settings.arguments(), proxy, listener));
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(0, closeable);
        return closeable;
    }
}
