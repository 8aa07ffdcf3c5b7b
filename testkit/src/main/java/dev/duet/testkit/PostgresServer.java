package dev.duet.testkit;

import dev.duet.testkit.internal.Janitor;
import dev.duet.testkit.internal.Ports;
import dev.duet.testkit.internal.PostgresBinaries;
import dev.duet.testkit.internal.Privileges;
import dev.duet.testkit.internal.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL 14 on the loopback address and a free port, for a test, a sample or a benchmark. It has a database
 * {@code postgres}, and a superuser of that name without a password.
 *
 * <pre>{@code
 * try (PostgresServer postgres = PostgresServer.start();
 *         Connection connection = postgres.dataSource().getConnection()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>The processes and the data end with {@link #close()}, and with this JVM at the latest, however the JVM ends.
 * Nothing is written to the console. Thread-safe: methods that start or stop the server exclude one another.
 *
 * <p>Needs a Unix. As root it runs in a user namespace or as the account nobody, because PostgreSQL refuses root.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(PostgresServer.class);
    private static final Duration INIT = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int PORTS_TO_TRY = 5;
    private static final int STATUS_LINE = 7;

    private final Map<String, String> settings;
    private final Janitor janitor;
    private final Privileges privileges;
    private final Path binaries;
    private int port;
    private volatile ServerProcess process;
    private boolean closed;

    private PostgresServer(Map<String, String> settings, Janitor janitor, Privileges privileges) {
        this.settings = settings;
        this.janitor = janitor;
        this.privileges = privileges;
        binaries = PostgresBinaries.extract(janitor.directory());
        privileges.handOver(janitor.directory());
        initialize();
        process = startOnFreePort();
        logger.info("PostgreSQL on port {}, process {}", port, pid());
    }

    /** Starts a server with the default settings of {@link #builder()}. */
    public static PostgresServer start() {
        return builder().start();
    }

    /** Returns a builder. */
    public static PostgresServerBuilder builder() {
        return new PostgresServerBuilder();
    }

    static PostgresServer start(Map<String, String> settings) {
        return start(settings, Privileges.detect());
    }

    static PostgresServer start(Map<String, String> settings, Privileges privileges) {
        // SIGQUIT: PostgreSQL ends at once and takes its child processes and its shared memory with it.
        Janitor janitor = Janitor.watch("duet-postgres-", "QUIT");
        try {
            return new PostgresServer(settings, janitor, privileges);
        } catch (RuntimeException | Error e) {
            janitor.close();
            throw e;
        }
    }

    /** The JDBC URL, with the user. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /** A new data source for {@link #jdbcUrl()} without a pool: each connection is opened when asked for. */
    public DataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(jdbcUrl());
        return dataSource;
    }

    /** The TCP port; the same over restarts. */
    public int port() {
        return port;
    }

    /** The process id of the postmaster; another one after each start. */
    public long pid() {
        return process.pid();
    }

    /** Whether the server runs. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** The server's temporary directory; {@link #close()} removes it. */
    public Path directory() {
        return janitor.directory();
    }

    /**
     * Stops the server in an orderly way: open transactions roll back, connections are closed, the data stays. Does
     * nothing if it is stopped. Start it again with {@link #restart()}.
     *
     * @throws IllegalStateException if it does not stop within ten seconds
     */
    public synchronized void stop() {
        if (!process.isAlive()) {
            return;
        }
        process.signal("INT");
        if (!process.awaitExit(STOP)) {
            throw new IllegalStateException("PostgreSQL does not stop within " + STOP + ":\n" + process.tail());
        }
    }

    /**
     * Ends the server at once, as a crash does (SIGQUIT): nobody is told, and what was committed is recovered at the next
     * {@link #restart()}, as far as it had left the process: {@code synchronous_commit} must be on for that. Does nothing
     * if it is stopped.
     *
     * @throws IllegalStateException if it does not end within ten seconds
     */
    public synchronized void kill() {
        if (!process.isAlive()) {
            return;
        }
        process.signal("QUIT");
        if (!process.awaitExit(STOP)) {
            throw new IllegalStateException("PostgreSQL does not end within " + STOP + ":\n" + process.tail());
        }
    }

    /**
     * Starts the server again on its port, with its data, and waits until it accepts connections. One that still runs
     * is stopped first.
     *
     * @throws IllegalStateException if it does not start, or if this is closed
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        stop();
        process = launch();
        awaitReady(process);
    }

    /** Ends the server at once and removes its data. Further calls do nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        if (process.isAlive()) {
            process.signal("QUIT");
            if (!process.awaitExit(STOP)) {
                process.kill();
            }
        }
        janitor.close();
    }

    @Override
    public String toString() {
        return "PostgresServer[port " + port + "]";
    }

    private void initialize() {
        ServerProcess initdb = ServerProcess.start(
                janitor,
                "initdb",
                command(
                        "initdb",
                        "-D",
                        data().toString(),
                        "-U",
                        "postgres",
                        "-A",
                        "trust",
                        "-E",
                        "UTF8",
                        "--locale=C",
                        "--no-sync"));
        if (!initdb.awaitExit(INIT)) {
            throw new IllegalStateException("initdb takes more than " + INIT + ":\n" + initdb.tail());
        }
        if (initdb.exitStatus() != 0) {
            throw new IllegalStateException("initdb from " + binaries + " failed:\n" + initdb.tail());
        }
    }

    private ServerProcess startOnFreePort() {
        for (int i = 1; ; i++) {
            port = Ports.free();
            ServerProcess started = launch();
            try {
                awaitReady(started);
                return started;
            } catch (IllegalStateException e) {
                started.kill();
                if (i == PORTS_TO_TRY || !started.tail().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private ServerProcess launch() {
        List<String> command = command(
                "postgres",
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=");
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return ServerProcess.start(janitor, "postgres", command);
    }

    private void awaitReady(ServerProcess started) {
        started.awaitReady("readiness", START, () -> isReady(started));
    }

    /** Whether the server itself says in its lock file that it accepts connections. */
    private boolean isReady(ServerProcess started) {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() > STATUS_LINE
                    && lines.get(0).equals(Long.toString(started.pid()))
                    && lines.get(STATUS_LINE).strip().equals("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    private List<String> command(String name, String... arguments) {
        List<String> command = new ArrayList<>(privileges.prefix());
        command.add(binaries.resolve("bin").resolve(name).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private Path data() {
        return janitor.directory().resolve("data");
    }
}
