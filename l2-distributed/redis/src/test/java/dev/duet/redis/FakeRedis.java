package dev.duet.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Something that listens where a Redis is expected: an old one, a web server, or one that says nothing. */
final class FakeRedis implements AutoCloseable {

    private final ServerSocket server;
    private final @Nullable String version;
    private final @Nullable String greeting;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private FakeRedis(@Nullable String version, @Nullable String greeting) {
        this.version = version;
        this.greeting = greeting;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** A Redis of a version, which knows no more than a client's first commands. */
    static FakeRedis ofVersion(String version) {
        return new FakeRedis(version, null);
    }

    /** Accepts connections and never answers. */
    static FakeRedis silent() {
        return new FakeRedis(null, null);
    }

    /** Answers every line with the same text. */
    static FakeRedis saying(String text) {
        return new FakeRedis(null, text);
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many have connected. */
    int connections() {
        return sockets.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String reply = version == null ? greeting : line.startsWith("*") ? reply(in, line) : null;
                if (reply != null) {
                    out.write(reply.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (IOException closed) {
            // The client is gone.
        }
    }

    private String reply(BufferedReader in, String array) throws IOException {
        String[] command = new String[Integer.parseInt(array.substring(1))];
        for (int i = 0; i < command.length; i++) {
            in.readLine();
            command[i] = in.readLine();
        }
        return switch (command[0]) {
            case "PING" -> "+PONG\r\n";
            case "EVALSHA" -> "-NOSCRIPT No matching script. Please use EVAL.\r\n";
            case "EVAL" -> "*1\r\n$" + version.length() + "\r\n" + version + "\r\n";
            default -> "+OK\r\n";
        };
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fake-redis");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
