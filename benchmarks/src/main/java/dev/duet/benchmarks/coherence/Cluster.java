package dev.duet.benchmarks.coherence;

import dev.duet.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Three nodes of a system, each with a proxy on the way to the second level, and the database. Not thread-safe. */
final class Cluster implements AutoCloseable {

    /** How many nodes there are. */
    static final int NODES = 3;

    private static final long SEED = 42;

    private final Contestant contestant;
    private final Pace pace;
    private final Path directory;
    private final SecondLevel level;
    private final Database database;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<NodeSettings> started = new ArrayList<>();
    private final Set<Long> keys = new TreeSet<>();

    /**
     * Starts the nodes, and has each read each key, so that all is near.
     *
     * @param level becomes its own
     * @param directory for histories; empty
     */
    Cluster(Contestant contestant, SecondLevel level, Pace pace, Path directory) throws IOException {
        this.contestant = contestant;
        this.level = level;
        this.pace = pace;
        this.directory = directory;
        database = new Database();
        try {
            for (int i = 1; i <= NODES; i++) {
                nodes.add(launch("n" + i));
            }
            nodes.forEach(NodeProcess::awaitReady);
            warm(LongStream.rangeClosed(1, Workload.KEYS).toArray());
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Has each node read and write. */
    void work() throws InterruptedException {
        for (NodeProcess node : nodes) {
            node.tell("work");
            node.await("working");
        }
        sleep(pace.warmUp().toMillis());
    }

    /** Has each node read keys, so that they are near, and one more time; they are looked at in the end. */
    void warm(long... more) {
        for (int time = 1; time <= 2; time++) {
            for (NodeProcess node : nodes) {
                read(node, Read.Kind.WORKLOAD, more);
            }
        }
        include(more);
    }

    /** Has keys looked at in the end. */
    void include(long... more) {
        LongStream.of(more).forEach(keys::add);
    }

    /** Has a node read keys. */
    static void read(NodeProcess node, Read.Kind kind, long... which) {
        node.tell("read " + kind, which);
        node.await("read");
    }

    /** Has nobody write, until nobody has for long enough. */
    void quiet() throws InterruptedException {
        nodes.forEach(node -> node.tell("quiet"));
        nodes.forEach(node -> node.await("quiet"));
        sleep(pace.quiet().toMillis());
        for (int i = 0; i < 2; i++) { // for a write that was given up and came through late
            long left = database.lastCommit() + pace.quiet().toNanos() - System.nanoTime();
            sleep(Math.max(0, TimeUnit.NANOSECONDS.toMillis(left)));
        }
    }

    /** Has each node read each key, twice. */
    void sweep() {
        long[] all = keys.stream().mapToLong(Long::longValue).toArray();
        for (Read.Kind kind : List.of(Read.Kind.FIRST_SWEEP, Read.Kind.SECOND_SWEEP)) {
            for (NodeProcess node : nodes) {
                read(node, kind, all);
            }
        }
    }

    /** What all processes have recorded, the dead ones too. */
    Histories histories() throws IOException {
        Histories histories = new Histories(new ArrayList<>(), new ArrayList<>(), database);
        for (NodeSettings settings : started) {
            History.read(settings.history(), settings.name(), histories.reads()::add, histories.writes()::add);
        }
        return histories;
    }

    /** Kills a node, and joins another in its place. */
    void killAndReplace(int index) throws IOException {
        NodeProcess old = nodes.get(index);
        old.process().kill();
        old.close();
        NodeProcess next = launch(old.name() + "x");
        nodes.set(index, next);
        next.awaitReady();
    }

    Pace pace() {
        return pace;
    }

    SecondLevel level() {
        return level;
    }

    Database database() {
        return database;
    }

    NodeProcess node(int index) {
        return nodes.get(index);
    }

    List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    List<FaultProxy> proxies() {
        return nodes.stream().map(NodeProcess::proxy).toList();
    }

    /** Waits. */
    static void sleep(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    /** Kills all. */
    @Override
    public void close() {
        nodes.forEach(NodeProcess::close);
        level.close();
        try {
            database.close();
        } catch (IOException e) {
            throw new IllegalStateException("the database does not end", e);
        }
    }

    private NodeProcess launch(String name) throws IOException {
        FaultProxy proxy = FaultProxy.to("127.0.0.1", level.port());
        return NodeProcess.start(
                control -> {
                    NodeSettings settings = new NodeSettings(
                            name,
                            contestant.id(),
                            level.at(proxy.port()),
                            database.port(),
                            control,
                            directory.resolve(name + ".history"),
                            SEED + started.size());
                    started.add(settings);
                    return settings;
                },
                proxy);
    }
}
