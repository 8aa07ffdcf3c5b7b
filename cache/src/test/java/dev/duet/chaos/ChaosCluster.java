package dev.duet.chaos;

import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.PostgresServer;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.history.HistoryEvent;
import dev.duet.testkit.history.HistoryEvent.Effect;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.Truth;
import dev.duet.testkit.history.HistoryFile;
import dev.duet.testkit.history.Terms;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/**
 * Real processes: PostgreSQL, and nodes. Those on Redis have a fault proxy each on the way to it. Of those on Hazelcast three
 * are its members, and the fourth is a client, as all are that join later to be killed; these have a fault proxy on the way to
 * the first member. What is done to them is recorded in a history of the cluster's own. Not thread-safe.
 */
final class ChaosCluster implements AutoCloseable {

    private static final int NODES = 4;
    private static final int MEMBERS = 3;
    private static final int ROWS = 500;
    private static final int READERS = 2;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Path> histories = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Subject.Kind subject;
    private final Terms terms;
    private final Path directory;
    private final Random random;
    private final HistoryFile faults;
    private final @Nullable RedisServer redis;
    private final @Nullable MemberPorts members;
    private final PostgresServer postgres;
    private final Rows rows;
    private int mortals;
    private long evictedKeys;

    /**
     * Starts the servers and the nodes, and has these read and write.
     *
     * @param directory for the histories; empty
     * @param seed of all choices
     */
    ChaosCluster(Subject.Kind subject, Terms terms, Path directory, long seed) throws SQLException {
        this.subject = subject;
        this.terms = terms;
        this.directory = directory;
        random = new Random(seed);
        try {
            faults = closing(HistoryFile.create(newHistory("cluster")));
            boolean onHazelcast = subject == Subject.Kind.DUET_ON_HAZELCAST;
            redis = onHazelcast
                    ? null
                    : closing(RedisServer.builder().steppableClock().start());
            members = onHazelcast ? MemberPorts.free(random) : null;
            postgres = closing(PostgresServer.start());
            rows = new Rows(postgres.jdbcUrl());
            rows.create(ROWS);
            for (int i = 1; i <= NODES; i++) {
                nodes.add((members != null && i <= MEMBERS
                                ? launchMember("n" + i, READERS, 1)
                                : launch("n" + i, READERS, 1))
                        .awaitReady());
            }
            nodes.forEach(node -> node.ask("write", "writing"));
        } catch (SQLException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    RedisServer redis() {
        return Objects.requireNonNull(redis, "not on Redis");
    }

    /** The nodes that read and write for as long as the cluster lives. */
    List<NodeProcess> nodes() {
        return nodes;
    }

    /** One of them. */
    NodeProcess anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** One of those that have a proxy on the way to their store. */
    NodeProcess anyBehindProxy() {
        return members == null ? anyNode() : nodes.get(MEMBERS);
    }

    /** One of those that are members of Hazelcast's cluster. */
    NodeProcess anyMember() {
        return nodes.get(random.nextInt(MEMBERS));
    }

    /** Stops each member in an orderly way and starts another in its place, one after the other. */
    void restartMembers() {
        for (int i = 0; i < MEMBERS; i++) {
            NodeProcess old = nodes.get(i);
            old.ask("stop", "stopped");
            old.close();
            NodeProcess next = launchMember(old.name() + "again", READERS, 1).awaitReady();
            next.ask("write", "writing");
            nodes.set(i, next);
        }
    }

    /** A row that is read often. */
    long popularKey() {
        return 10L + random.nextInt(30);
    }

    /** What it is held to. */
    Terms terms() {
        return terms;
    }

    /** Where files of this run belong. */
    Path directory() {
        return directory;
    }

    /** Another node, which reads, and writes nothing but what it is told to; it is there to be killed. */
    NodeProcess joinMortal() {
        return launch("mortal" + ++mortals, 1, 0).awaitReady();
    }

    /** Another member of Hazelcast's cluster, which reads and writes; it is there to be killed. */
    NodeProcess joinMortalMember() {
        NodeProcess node = launchMember("mortal" + ++mortals, 1, 1).awaitReady();
        node.ask("write", "writing");
        return node;
    }

    /** Another node, which does nothing but what it is told to. */
    NodeProcess joinIdle(String name) {
        return launch(name, 0, 0).awaitReady();
    }

    /** Injects a fault, and records from when to when. */
    void inject(Injection kind, String target, Effect effect, Executable fault) throws Throwable {
        long from = System.nanoTime();
        fault.execute();
        faults.recordNow(new Fault(kind.label(), target, effect, from, System.nanoTime()));
    }

    /** Notes how many keys Redis has evicted since the last note; a server that restarts forgets. */
    void noteEvictedKeys(long evicted) {
        evictedKeys += evicted;
    }

    /** How many keys Redis has evicted. */
    long evictedKeys() {
        return evictedKeys;
    }

    /** Records what the system of record holds. For when nobody writes any more. */
    void recordTruth() throws SQLException {
        rows.versions().forEach((key, version) -> faults.record(new Truth(key, version, System.nanoTime())));
        faults.flush();
    }

    /** What all processes have recorded so far, the dead ones too. */
    List<HistoryEvent> history() {
        List<HistoryEvent> events = new ArrayList<>();
        histories.forEach(file -> events.addAll(HistoryFile.read(file)));
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

    private NodeProcess launch(String name, int readers, int writers) {
        int port = members == null ? redis().port() : members.first();
        FaultProxy proxy = closing(FaultProxy.to("127.0.0.1", port));
        return launch(
                name,
                members == null ? "redis://127.0.0.1:" + proxy.port() : members.client(proxy.port()),
                proxy,
                readers,
                writers);
    }

    private NodeProcess launchMember(String name, int readers, int writers) {
        MemberPorts ports = Objects.requireNonNull(members, "not on Hazelcast");
        return launch(name, ports.member(), FaultProxy.to("127.0.0.1", ports.first()), readers, writers);
    }

    private NodeProcess launch(String name, String store, FaultProxy proxy, int readers, int writers) {
        ServerSocket listener = closing(NodeProcess.listen());
        NodeSettings settings = new NodeSettings(
                name,
                subject,
                store,
                postgres.jdbcUrl(),
                listener.getLocalPort(),
                newHistory(name).toString(),
                ROWS,
                readers,
                writers,
                terms.bound().toMillis(),
                random.nextLong());
        return closing(NodeProcess.start(name, ChaosNode.class, settings.arguments(), proxy, listener));
    }

    private Path newHistory(String name) {
        Path file = directory.resolve(name + ".history");
        histories.add(file);
        return file;
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(0, closeable);
        return closeable;
    }
}
