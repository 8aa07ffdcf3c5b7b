package dev.duet.benchmarks.coherence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A node's connections to the {@link Database}, as many as it needs at once. Thread-safe. */
final class DatabaseClient {

    private static final int TIMEOUT_MILLIS = 60_000;

    private final int port;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Map<Long, Long> written = new ConcurrentHashMap<>();

    DatabaseClient(int port) {
        this.port = port;
    }

    /**
     * What a write became.
     *
     * @param version that the key has by it
     * @param time when it was committed
     */
    record Committed(long version, long time) {}

    private record Connection(Socket socket, DataInputStream in, DataOutputStream out) {}

    private interface Exchange<R> {
        R with(Connection connection) throws IOException;
    }

    /** The present version of a key. */
    long read(long key) {
        return exchange(connection -> {
            send(connection, Database.READ, key);
            return connection.in().readLong();
        });
    }

    /** Writes a key. */
    Committed write(long key) {
        Committed committed = exchange(connection -> {
            send(connection, Database.WRITE, key);
            return new Committed(connection.in().readLong(), connection.in().readLong());
        });
        written.merge(key, committed.version(), Math::max);
        return committed;
    }

    /** The last version of a key that was written here, without asking; 1 if none was. */
    long lastWritten(long key) {
        return written.getOrDefault(key, 1L);
    }

    private static void send(Connection connection, int type, long key) throws IOException {
        connection.out().writeByte(type);
        connection.out().writeLong(key);
        connection.out().flush();
    }

    private <R> R exchange(Exchange<R> exchange) {
        try {
            Connection reused = idle.poll();
            Connection connection = reused == null ? connect() : reused;
            R answer;
            try {
                answer = exchange.with(connection);
            } catch (IOException e) {
                connection.socket().close();
                throw e;
            }
            idle.push(connection);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the database does not answer", e);
        }
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new Connection(
                socket,
                new DataInputStream(new BufferedInputStream(socket.getInputStream())),
                new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())));
    }
}
