package dev.duet.testkit;

import dev.duet.testkit.RedisServer.CommandException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** One connection to Redis that speaks RESP2: a command, then its reply. Not thread-safe. */
final class RespConnection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    /**
     * Connects.
     *
     * @param timeout for the connection and for each reply
     * @throws IOException if that fails
     */
    RespConnection(SocketFactory factory, InetSocketAddress address, Duration timeout) throws IOException {
        socket = factory.createSocket();
        try {
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            socket.setTcpNoDelay(true);
            socket.connect(address, Math.toIntExact(timeout.toMillis()));
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a command and reads its reply.
     *
     * @return byte[] for simple and bulk strings, Long, null, or a List of those; within a list an error is a
     *     {@link CommandException}
     * @throws CommandException if the reply is an error
     * @throws IOException if the connection fails or the reply is late
     */
    @Nullable
    Object call(byte[]... command) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii("*" + command.length + "\r\n"));
        for (byte[] argument : command) {
            out.writeBytes(ascii("$" + argument.length + "\r\n"));
            out.writeBytes(argument);
            out.writeBytes(ascii("\r\n"));
        }
        out.writeTo(socket.getOutputStream());
        socket.getOutputStream().flush();
        Object reply = read();
        if (reply instanceof CommandException error) {
            throw error;
        }
        return reply;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private @Nullable Object read() throws IOException {
        int type = in.read();
        if (type < 0) {
            throw new EOFException("Redis closed the connection");
        }
        byte[] line = readLine();
        return switch (type) {
            case '+' -> line;
            case '-' -> new CommandException(new String(line, StandardCharsets.UTF_8));
            case ':' -> number(line);
            case '$' -> readBulk(number(line));
            case '*' -> readList(number(line));
            default -> throw new IOException("Not RESP2: a reply of type " + type);
        };
    }

    private byte @Nullable [] readBulk(long length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(Math.toIntExact(length));
        if (bytes.length < length) {
            throw new EOFException("Redis closed the connection within a reply");
        }
        readLine();
        return bytes;
    }

    private @Nullable List<@Nullable Object> readList(long length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            list.add(read());
        }
        return list;
    }

    private byte[] readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("Redis closed the connection within a reply");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toByteArray();
    }

    private static long number(byte[] line) {
        return Long.parseLong(new String(line, StandardCharsets.US_ASCII));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
