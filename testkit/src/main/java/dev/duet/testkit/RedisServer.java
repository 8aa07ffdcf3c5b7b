package dev.duet.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.testkit.internal.Janitor;
import dev.duet.testkit.internal.Ports;
import dev.duet.testkit.internal.SelfSigned;
import dev.duet.testkit.internal.ServerProcess;
import dev.duet.testkit.internal.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis on the loopback address and a free port, for a test, a sample or a benchmark.
 *
 * <pre>{@code
 * try (RedisServer redis = RedisServer.start()) {
 *     connect(redis.uri());
 *     redis.kill();
 *     redis.restart(RedisServer.Data.EMPTY);
 * }
 * }</pre>
 *
 * <p>The process and its data end with {@link #close()}, and with this JVM at the latest, however the JVM ends. Nothing
 * is written to the console. Thread-safe: methods that start, stop or signal the process exclude one another.
 *
 * <p>Needs a Unix: it uses {@code /bin/sh} and signals.
 */
public final class RedisServer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(RedisServer.class);
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration REPLY = Duration.ofSeconds(5);
    private static final int PORTS_TO_TRY = 5;

    private final Options options;
    private final Janitor janitor;
    private final RedisBinary binary;
    private final @Nullable SelfSigned certificate;
    private final @Nullable SteppableClock clock;
    private int port;
    private volatile ServerProcess process;
    private boolean closed;

    /** Where the executable comes from. */
    public enum Source {
        /** A {@code redis-server} of 6.2 or later on the PATH. */
        PATH,
        /** The Redis 6.2 in the jar of embedded-redis. On Linux x86_64 it wants the system's OpenSSL 3. */
        JAR
    }

    /** What a restarted server starts with. */
    public enum Data {
        /** What is on the disk. A server that still runs saves everything first; a killed one has what it persisted. */
        KEEP,
        /** Nothing. */
        EMPTY
    }

    /** An error reply of Redis, such as {@code WRONGTYPE …}. */
    public static final class CommandException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CommandException(String message) {
            super(message);
        }
    }

    /** What the builder collects. */
    record Options(
            @Nullable Source source,
            @Nullable String password,
            boolean tls,
            boolean steppableClock,
            List<String> directives) {}

    private RedisServer(Options options, Janitor janitor) throws IOException {
        this.options = options;
        this.janitor = janitor;
        binary = RedisBinary.locate(
                options.source(),
                System.getProperty(RedisBinary.PROPERTY),
                System.getenv().getOrDefault("PATH", ""),
                janitor.directory());
        if (options.tls() && !binary.supportsTls()) {
            throw new IllegalStateException("Redis " + binary.version() + " at " + binary.path() + " has no TLS");
        }
        certificate = options.tls() ? SelfSigned.create(janitor.directory()) : null;
        clock = options.steppableClock() ? SteppableClock.in(janitor.directory()) : null;
        Files.createDirectory(data());
        process = startOnFreePort();
        logger.info("Redis {} from the {} on port {}, process {}", version(), source(), port, pid());
    }

    /** Starts a server with the default settings of {@link #builder()}. */
    public static RedisServer start() {
        return builder().start();
    }

    /** Returns a builder. */
    public static RedisServerBuilder builder() {
        return new RedisServerBuilder();
    }

    static RedisServer start(Options options) {
        Janitor janitor = Janitor.watch("duet-redis-", "KILL");
        try {
            return new RedisServer(options, janitor);
        } catch (IOException e) {
            janitor.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            janitor.close();
            throw e;
        }
    }

    /** The URI for clients, with the password if there is one: {@code redis://127.0.0.1:12345}, with TLS rediss. */
    public String uri() {
        String password = options.password();
        String login =
                password == null ? "" : ":" + URLEncoder.encode(password, UTF_8).replace("+", "%20") + "@";
        return (options.tls() ? "rediss://" : "redis://") + login + "127.0.0.1:" + port;
    }

    /** The TCP port; the same over restarts. */
    public int port() {
        return port;
    }

    /** The password, if clients need one. */
    public Optional<String> password() {
        return Optional.ofNullable(options.password());
    }

    /** The version that the executable states, for instance {@code 6.2.11}. */
    public String version() {
        return binary.version();
    }

    /** Where the executable comes from. */
    public Source source() {
        return binary.source();
    }

    /** Whether the executable was built with TLS. Asks a short-lived process of it. */
    public boolean supportsTls() {
        return binary.supportsTls();
    }

    /**
     * A PKCS #12 trust store with the server's certificate, for clients of a server with TLS.
     *
     * @throws IllegalStateException if the server has no TLS
     */
    public Path trustStore() {
        return certificate().trustStore();
    }

    /** The password of {@link #trustStore()}. */
    public String trustStorePassword() {
        return SelfSigned.PASSWORD;
    }

    /** The process id of the server itself; another one after each restart. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process runs; a paused one does. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** The server's temporary directory; {@link #close()} removes it. */
    public Path directory() {
        return janitor.directory();
    }

    /**
     * Stops the process as a long pause would (SIGSTOP): connections stay open, nothing is answered.
     *
     * @throws IllegalStateException if the server does not run
     */
    public synchronized void pause() {
        process.suspend();
    }

    /**
     * Ends a {@link #pause()} (SIGCONT).
     *
     * @throws IllegalStateException if the server does not run
     */
    public synchronized void resume() {
        process.signal("CONT");
    }

    /**
     * Sets the server's wall clock, as an administrator or a time service does. Steps add up, and last over restarts. The
     * clocks by which the server itself measures durations go on as before.
     *
     * @param by how much: negative to set it back
     * @throws IllegalStateException if the server was built without {@link RedisServerBuilder#steppableClock()}
     */
    public synchronized void stepClock(Duration by) {
        if (clock == null) {
            throw new IllegalStateException("Only the clock of a server with steppableClock() can be set");
        }
        clock.step(by);
    }

    /** Ends the process at once (SIGKILL), paused or not, and returns when it is gone. */
    public synchronized void kill() {
        process.kill();
    }

    /**
     * Starts the server again on its port and waits until it answers. One that still runs, paused or not, is ended
     * first.
     *
     * @throws IllegalStateException if it does not start, as in {@link RedisServerBuilder#start()}, or this is closed
     */
    public synchronized void restart(Data data) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (process.isAlive() && data == Data.KEEP) {
            saveAndEnd();
        }
        process.kill();
        try {
            if (data == Data.EMPTY) {
                Trees.delete(data());
                Files.createDirectory(data());
            }
            process = launch();
            awaitAnswer(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has the server write all it holds to a file, for {@link #restartFrom}. One that is there is replaced.
     *
     * @throws CommandException if the server cannot, for instance because it is writing one of its own
     * @throws UncheckedIOException if the server cannot be reached or the file cannot be written
     */
    public synchronized void snapshotTo(Path file) {
        command("SAVE");
        try {
            Files.copy(snapshot(), file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the server again on its port, with what it held when the snapshot was made and nothing of what came after,
     * and waits until it answers. One that still runs, paused or not, is killed first. For a server that writes no
     * append-only file, which it would read instead.
     *
     * @param snapshot a file that {@link #snapshotTo} made
     * @throws IllegalStateException as {@link #restart} does
     */
    public synchronized void restartFrom(Path snapshot) {
        process.kill();
        try {
            Files.copy(snapshot, snapshot(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart(Data.KEEP);
    }

    /**
     * Sends a command, on a connection of its own, and returns the reply: a String (decoded as UTF-8), a Long, null, or
     * a List of those, in which an error is a {@link CommandException}. For commands with one reply: no SUBSCRIBE, no
     * MULTI.
     *
     * @throws CommandException if the reply is an error
     * @throws UncheckedIOException if the server cannot be reached or takes more than five seconds
     */
    public @Nullable Object command(String... command) {
        byte[][] encoded =
                Arrays.stream(command).map(argument -> argument.getBytes(UTF_8)).toArray(byte[][]::new);
        return decode(commandBytes(encoded));
    }

    /** Does what {@link #command(String...)} does, with a {@code byte[]} in the place of each String. */
    public @Nullable Object commandBytes(byte[]... command) {
        try (RespConnection connection = connect(REPLY)) {
            return connection.call(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process and removes its data. Further calls do nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        process.kill();
        janitor.close();
    }

    @Override
    public String toString() {
        return "RedisServer[" + version() + ", port " + port + "]";
    }

    private ServerProcess startOnFreePort() throws IOException {
        for (int i = 1; ; i++) {
            port = Ports.free();
            ServerProcess started = launch();
            try {
                awaitAnswer(started);
                return started;
            } catch (IllegalStateException e) {
                started.kill();
                if (i == PORTS_TO_TRY || !started.tail().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private ServerProcess launch() throws IOException {
        Path file = Files.write(janitor.directory().resolve("redis.conf"), configuration());
        List<String> command = List.of(binary.path().toString(), file.toString());
        return ServerProcess.start(janitor, "redis", clock == null ? command : clock.ticksFor(command));
    }

    private List<String> configuration() {
        List<String> lines = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                (options.tls() ? "tls-port " : "port ") + port,
                "dir " + quote(data().toString()),
                "save \"\"",
                "appendonly no"));
        if (certificate != null) {
            lines.add("port 0");
            lines.add("tls-cert-file " + quote(certificate.certificate().toString()));
            lines.add("tls-key-file " + quote(certificate.key().toString()));
            lines.add("tls-auth-clients no");
        }
        String password = options.password();
        if (password != null) {
            lines.add("requirepass " + quote(password));
        }
        lines.addAll(options.directives());
        return lines;
    }

    private void awaitAnswer(ServerProcess started) {
        started.awaitReady("answer to PING", START, () -> answers(started));
    }

    /** Whether the process itself answers, not another server that took the port before it. */
    private boolean answers(ServerProcess started) {
        try (RespConnection connection = connect(Duration.ofSeconds(1))) {
            connection.call("PING".getBytes(UTF_8));
            Object info = decode(connection.call("INFO".getBytes(UTF_8), "server".getBytes(UTF_8)));
            return String.valueOf(info).contains("process_id:" + started.pid() + "\r\n");
        } catch (IOException | CommandException notYet) {
            return false;
        }
    }

    private void saveAndEnd() {
        process.signal("CONT");
        try {
            command("SHUTDOWN", "SAVE");
        } catch (UncheckedIOException closedByServer) {
            // the answer to a SHUTDOWN that succeeds
        }
        if (!process.awaitExit(STOP)) {
            throw new IllegalStateException("Redis does not shut down:\n" + process.tail());
        }
    }

    private RespConnection connect(Duration timeout) throws IOException {
        SocketFactory factory = certificate == null
                ? SocketFactory.getDefault()
                : certificate.clientContext().getSocketFactory();
        RespConnection connection = new RespConnection(factory, new InetSocketAddress(Ports.loopback(), port), timeout);
        try {
            String password = options.password();
            if (password != null) {
                connection.call("AUTH".getBytes(UTF_8), password.getBytes(UTF_8));
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private SelfSigned certificate() {
        if (certificate == null) {
            throw new IllegalStateException("The server has no TLS");
        }
        return certificate;
    }

    private Path snapshot() {
        return data().resolve("dump.rdb");
    }

    private Path data() {
        return janitor.directory().resolve("data");
    }

    private static @Nullable Object decode(@Nullable Object reply) {
        if (reply instanceof byte[] bytes) {
            return new String(bytes, UTF_8);
        }
        if (reply instanceof List<?> list) {
            List<@Nullable Object> decoded = new ArrayList<>();
            list.forEach(element -> decoded.add(decode(element)));
            return Collections.unmodifiableList(decoded);
        }
        return reply;
    }

    private static String quote(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
