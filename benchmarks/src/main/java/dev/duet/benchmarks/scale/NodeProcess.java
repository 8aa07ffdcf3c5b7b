package dev.duet.benchmarks.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.testkit.JvmProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.Socket;
import java.util.Arrays;

/** A {@link ScaleNode} as its master sees it. */
final class NodeProcess implements AutoCloseable {

    private final JvmProcess process;
    private final Socket socket;
    private final BufferedReader in;
    private final PrintWriter out;

    NodeProcess(JvmProcess process, Socket socket, BufferedReader in) throws IOException {
        this.process = process;
        this.socket = socket;
        this.in = in;
        this.out = new PrintWriter(socket.getOutputStream(), true, UTF_8);
    }

    static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /** Tells it to begin. */
    void send(String command) {
        out.println(command);
    }

    /** Waits for its answer. */
    long[] answer() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new IOException("A node has ended: " + process.output());
        }
        return Arrays.stream(line.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
    }

    double processorSeconds() {
        return ProcessorTime.of(process.pid());
    }

    @Override
    public void close() throws IOException {
        socket.close();
        process.close();
    }
}
