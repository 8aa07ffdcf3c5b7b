package dev.duet.samples.users;

import com.hazelcast.core.HazelcastInstance;
import dev.duet.samples.users.stage.JvmProcess;
import dev.duet.testkit.PostgresServer;
import dev.duet.testkit.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the story is played on: a Redis, unless the nodes are the store themselves; a PostgreSQL whose query for a user is slow; and
 * three nodes of the user service, each a process that listens on free ports of the loopback address. All of it ends with {@link #close()}, and with this
 * JVM at the latest. Thread-safe.
 */
final class StoryCluster implements AutoCloseable {

    /** The names of the nodes. */
    static final List<String> NODES = List.of("node1", "node2", "node3");

    /** How many users there are. */
    static final int USERS = 1_000;

    private final StoreKind store;
    private final Path logs;
    private final HttpClient http = NodeClient.newHttp();
    private final Map<String, JvmProcess> processes = new ConcurrentHashMap<>();
    private final Map<String, NodeClient> clients = new ConcurrentHashMap<>();
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
    private Map<String, String> members = Map.of();
    private boolean closed;
    private volatile @Nullable RedisServer redis;
    private volatile @Nullable PostgresServer postgres;
    private volatile @Nullable UserDatabase database;

    /** Makes a cluster that has not started. The log of each node goes to a file of its name in {@code logs}. */
    StoryCluster(StoreKind store, Path logs) {
        this.store = store;
        this.logs = logs;
    }

    /** Starts the servers, then the nodes. */
    void start() throws SQLException, IOException {
        CompletableFuture<Void> startingRedis = CompletableFuture.runAsync(() -> {
            if (store == StoreKind.REDIS) {
                redis = own(RedisServer.start());
            }
        });
        PostgresServer startedPostgres = own(PostgresServer.start());
        postgres = startedPostgres;
        database = UserDatabase.create(startedPostgres.dataSource(), USERS, NODES);
        join(startingRedis);
        if (store == StoreKind.HAZELCAST) {
            members = freeAddresses();
            restart(NODES.get(0)); // so that there is one for the others to join
        }
        List<String> others =
                NODES.stream().filter(name -> !processes.containsKey(name)).toList();
        others.forEach(this::launch);
        others.forEach(this::awaitReady);
    }

    /** The client of a node. */
    NodeClient node(String name) {
        return started(clients.get(name));
    }

    /** The process id of a node. */
    long pid(String name) {
        return started(processes.get(name)).pid();
    }

    /** The database, which knows how often it was asked. */
    UserDatabase database() {
        return started(database);
    }

    /** Ends a node by {@code kill -9}. */
    void kill(String name) {
        started(processes.get(name)).kill();
    }

    /** Starts a node again. */
    void restart(String name) {
        launch(name);
        awaitReady(name);
    }

    /** What the story runs on, by name. */
    Map<String, String> versions() throws SQLException {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("Java", System.getProperty("java.version"));
        RedisServer server = redis;
        versions.put(store.label(), server == null ? hazelcastVersion() : server.version());
        versions.put("PostgreSQL", database().version().replaceFirst(" .*", ""));
        return versions;
    }

    /** Ends all processes, the last one started first. */
    @Override
    public void close() {
        while (true) {
            AutoCloseable next;
            synchronized (this) {
                closed = true;
                next = toClose.pollFirst();
            }
            if (next == null) {
                return;
            }
            closeQuietly(next);
        }
    }

    private static String hazelcastVersion() {
        return String.valueOf(HazelcastInstance.class.getPackage().getImplementationVersion());
    }

    private static Map<String, String> freeAddresses() throws IOException {
        Map<String, String> addresses = new LinkedHashMap<>();
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (String name : NODES) { // all of them are held until all are known, so that they differ
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                addresses.put(name, "127.0.0.1:" + socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return addresses;
    }

    /** Where a node finds the store; of members, its own address comes first. */
    private String storeOf(String name) {
        RedisServer server = redis;
        if (server != null) {
            return server.uri();
        }
        List<String> addresses = new ArrayList<>(members.values());
        String own = started(members.get(name));
        addresses.remove(own);
        addresses.add(0, own);
        return "hazelcast://" + String.join(",", addresses);
    }

    private void launch(String name) {
        Map<String, String> environment = Map.of(
                "USERS_NODE", name,
                "USERS_STORE", storeOf(name),
                "USERS_DATABASE", started(postgres).jdbcUrl());
        processes.put(name, own(JvmProcess.start(UserNode.class, environment, logs.resolve(name + ".log"))));
    }

    private void awaitReady(String name) {
        clients.put(name, new NodeClient(http, started(processes.get(name)).awaitReady()));
    }

    /** Takes charge of something, or closes it at once if all is being closed. */
    private <T extends AutoCloseable> T own(T resource) {
        synchronized (this) {
            if (!closed) {
                toClose.addFirst(resource);
                return resource;
            }
        }
        closeQuietly(resource);
        throw new IllegalStateException("the cluster is closed");
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("Closing " + resource + " failed: " + e);
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the cluster has not started");
        }
        return part;
    }
}
