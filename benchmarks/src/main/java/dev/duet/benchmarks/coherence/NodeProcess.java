package dev.duet.benchmarks.coherence;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.JvmProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A {@link Node} as the harness sees it: a process, its way to the second level, and a connection to command it by. */
final class NodeProcess implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final NodeSettings settings;
    private final FaultProxy proxy;
    private final ServerSocket listener;
    private final JvmProcess process;
    private @Nullable Socket connection;
    private @Nullable BufferedReader answers;
    private @Nullable PrintWriter commands;

    private NodeProcess(NodeSettings settings, FaultProxy proxy, ServerSocket listener, JvmProcess process) {
        this.settings = settings;
        this.proxy = proxy;
        this.listener = listener;
        this.process = process;
    }

    /** Makes settings of a port to call. */
    interface Setup {
        NodeSettings of(int control);
    }

    /** Starts a process, and does not wait for it. The proxy becomes its own. */
    static NodeProcess start(Setup setup, FaultProxy proxy) throws IOException {
        ServerSocket listener = Jvms.listen();
        NodeSettings settings = setup.of(listener.getLocalPort());
        JvmProcess process = Jvms.start(settings.name(), Node.class, settings.arguments());
        return new NodeProcess(settings, proxy, listener, process);
    }

    /**
     * Waits until the node has joined.
     *
     * @throws IllegalStateException if it does not, or its clock is another than this process'
     */
    NodeProcess awaitReady() {
        try {
            connection = Jvms.awaitCall(listener, process);
            connection.setTcpNoDelay(true);
            connection.setSoTimeout(PATIENCE_MILLIS);
            answers = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
            commands = new PrintWriter(connection.getOutputStream(), true, UTF_8);
        } catch (IOException e) {
            throw failed("does not call", e);
        }
        await("ready");
        long before = System.nanoTime();
        tell("clock");
        long there = Long.parseLong(await("clock")[1]);
        if (there < before || there > System.nanoTime()) {
            throw failed("has another monotonic clock than the harness: nothing can be compared", null);
        }
        return this;
    }

    String name() {
        return settings.name();
    }

    NodeSettings settings() {
        return settings;
    }

    /** Its way to the second level. */
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
            throw new IllegalStateException(name() + " is not ready yet");
        }
        commands.println(command);
    }

    /** Tells it to do something to keys. */
    void tell(String command, long... keys) {
        tell(command + " " + LongStream.of(keys).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }

    /** Waits for an answer, and returns its words. */
    String[] await(String... answer) {
        String[] words = {};
        try {
            String line = answers == null ? null : answers.readLine();
            words = line == null ? words : line.split(" ", -1);
        } catch (IOException e) {
            throw failed("does not answer " + Arrays.toString(answer), e);
        }
        if (words.length == 0 || !List.of(answer).contains(words[0])) {
            throw failed("answers " + Arrays.toString(words) + " instead of " + Arrays.toString(answer), null);
        }
        return words;
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
            throw new IllegalStateException("cannot close the connection to " + name(), e);
        }
    }

    private IllegalStateException failed(String what, @Nullable Exception cause) {
        process.awaitExit(LAST_WORDS);
        return new IllegalStateException("node " + name() + " " + what + "; its output:\n" + process.output(), cause);
    }
}
