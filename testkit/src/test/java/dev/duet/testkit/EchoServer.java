package dev.duet.testkit;

import dev.duet.testkit.internal.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back what it receives, and then the end of the stream. */
final class EchoServer implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger ended = new AtomicInteger();

    EchoServer() throws IOException {
        listener.bind(new InetSocketAddress(Ports.loopback(), 0));
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    long received() {
        return received.get();
    }

    /** How many connections have ended, in whatever way. */
    int ended() {
        return ended.get();
    }

    /** Closes the connections and goes on listening. */
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                if (listener.isClosed()) { // a connection that came while it was being closed
                    socket.setSoLinger(true, 0);
                    socket.close();
                    return;
                }
                sockets.add(socket);
                daemon(() -> echo(socket));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private void echo(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received.addAndGet(count);
                socket.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException reset) {
            // counts as an end
        } finally {
            ended.incrementAndGet();
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "echo");
        thread.setDaemon(true);
        thread.start();
    }
}
