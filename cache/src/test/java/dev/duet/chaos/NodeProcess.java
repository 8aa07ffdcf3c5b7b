package dev.duet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.JvmProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as the test sees it, a {@link ChaosNode} or a {@link BehindNode}: a process, its way to a server, and the connection to
 * command it. Not thread-safe.
 */
final class NodeProcess implements AutoCloseable {

    /** Small and quick to start, since many share a machine with their databases. */
    private static final List<String> OPTIONS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final int PATIENCE_MILLIS = 60_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String name;
    private final FaultProxy proxy;
    private final ServerSocket listener;
    private final JvmProcess process;
    private @Nullable Socket connection;
    private @Nullable BufferedReader answers;
    private @Nullable PrintWriter commands;

    private NodeProcess(String name, FaultProxy proxy, ServerSocket listener, JvmProcess process) {
        this.name = name;
        this.proxy = proxy;
        this.listener = listener;
        this.process = process;
    }

    /** Starts a process, without waiting for it. The proxy becomes its own. */
    static NodeProcess start(
            String name, Class<?> main, List<String> arguments, FaultProxy proxy, ServerSocket listener) {
        return new NodeProcess(name, proxy, listener, JvmProcess.start(name, main, OPTIONS, arguments));
    }

    /** A socket for a node to connect to. */
    static ServerSocket listen() {
        try {
            ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(PATIENCE_MILLIS);
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the node has joined the cluster. */
    NodeProcess awaitReady() {
        try {
            connection = listener.accept();
            connection.setSoTimeout(PATIENCE_MILLIS);
            answers = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
            commands = new PrintWriter(connection.getOutputStream(), true, UTF_8);
        } catch (IOException e) {
            throw failed("does not call", e);
        }
        await("ready");
        return this;
    }

    String name() {
        return name;
    }

    /** Its way to Redis, or that of a node that writes behind to the database. */
    FaultProxy proxy() {
        return proxy;
    }

    /** Its process. */
    JvmProcess process() {
        return process;
    }

    /** Tells it to do something. */
    void tell(String command) {
        if (commands == null) {
            throw new IllegalStateException(name + " is not ready yet");
        }
        commands.println(command);
    }

    /** Waits for an answer. */
    void await(String answer) {
        try {
            String line = answers == null ? null : answers.readLine();
            if (!answer.equals(line)) {
                throw failed("answers " + line + " instead of " + answer, null);
            }
        } catch (IOException e) {
            throw failed("does not answer " + answer, e);
        }
    }

    /** Tells it to do something, and waits until that is done. */
    void ask(String command, String answer) {
        tell(command);
        await(answer);
    }

    /** Kills it, and takes its way to the server away. */
    @Override
    public void close() {
        process.close();
        proxy.close();
        try {
            listener.close();
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IllegalStateException failed(String what, @Nullable Exception cause) {
        process.awaitExit(LAST_WORDS);
        return new IllegalStateException("node " + name + " " + what + "; its output:\n" + process.output(), cause);
    }
}
