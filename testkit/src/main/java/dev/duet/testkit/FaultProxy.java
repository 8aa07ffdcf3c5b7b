package dev.duet.testkit;

import dev.duet.testkit.internal.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * A TCP proxy on the loopback address that stands between clients and a server and breaks their connections on demand.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to("127.0.0.1", redis.port())) {
 *     connect("redis://127.0.0.1:" + proxy.port());
 *     proxy.connections(connection -> connection.sent().contains("SUBSCRIBE"))
 *             .forEach(connection -> connection.halfOpen(Direction.TO_CLIENT));
 * }
 * }</pre>
 *
 * <p>Faults can be set and combined at any time. When a method returns, its fault is in force, on open connections as
 * on later ones. All methods but {@link #close()} throw IllegalStateException once the proxy is closed. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    private final ProxyLoop loop;

    /** The way that bytes take. */
    public enum Direction {
        /** From the client to the server. */
        TO_SERVER,
        /** From the server to the client. */
        TO_CLIENT
    }

    /** One connection of a client through the proxy. Thread-safe. */
    public interface Connection {

        /** Its number; the first connection of a proxy is 1. */
        long id();

        /** The client's address. */
        InetSocketAddress client();

        /** When it was accepted. */
        Instant since();

        /** How many bytes went through to the other side; swallowed ones do not count. */
        long passed(Direction direction);

        /**
         * The first 16 KiB that the client sent, swallowed or not, with a character for each byte (ISO 8859-1). They
         * tell connections apart: one that subscribes has sent {@code SUBSCRIBE}.
         */
        String sent();

        /** Whether at least one side of it is open. */
        boolean isOpen();

        /** Does what {@link FaultProxy#halfOpen(Direction)} does, on this connection alone. */
        void halfOpen(Direction direction);

        /**
         * Holds back what the client sends from now on, as {@link FaultProxy#holdBack(String)} does. One that is held back
         * already stays so, and this is the same.
         */
        HeldBack holdBack();

        /** Resets it on both sides. Does nothing if it has ended. What is held back is lost. */
        void drop();
    }

    /** Bytes of one connection that are held back. Thread-safe. */
    public interface HeldBack {

        /** Whether it has begun and is not over. */
        boolean isHolding();

        /** How many bytes were held back so far, those that were released too. */
        long bytes();

        /** Whether it was released and the server has been sent all of it; what a server has been sent it may have yet to read. */
        boolean isDelivered();

        /**
         * Ends it: the server gets the bytes in order, and then the end of the stream if the client is gone. One that has not
         * begun never does. Does nothing if it is over.
         */
        void release();
    }

    static final int MARKER_LIMIT = 256;

    private FaultProxy(ProxyLoop loop) {
        this.loop = loop;
    }

    /**
     * Starts a proxy in front of a server. The server is first contacted when a client connects; a client whose server
     * cannot be reached is reset.
     *
     * @throws UncheckedIOException if the host is unknown or the proxy cannot listen
     */
    public static FaultProxy to(String host, int port) {
        try {
            return new FaultProxy(ProxyLoop.start(new InetSocketAddress(InetAddress.getByName(host), port)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port on 127.0.0.1 that clients connect to; always the same, but closed while the proxy is cut. */
    public int port() {
        return loop.port();
    }

    /** Resets all connections and refuses new ones, until {@link #heal()}: the server is unreachable. */
    public void cut() {
        loop.run(() -> {
            loop.stopListening();
            loop.links().forEach(Link::abort);
        });
    }

    /**
     * Ends all faults: accepts connections again, passes bytes on, without delay, also those that were held back. What was
     * swallowed stays lost, so that a connection that was half open is seldom of use: callers rather {@link #dropAll() drop}
     * it.
     *
     * @throws UncheckedIOException if another process has taken the port after {@link #cut()}
     */
    public void heal() {
        loop.run(() -> {
            loop.faults().clear();
            loop.links().forEach(link -> link.faults().clear());
            loop.holds().clear();
            loop.links().forEach(Link::release);
            loop.listen();
        });
    }

    /**
     * Holds all bytes back for a time, in both directions. The throughput stays: the line is longer, not narrower, and holds
     * up to 16 MiB. Bytes on the way get the new delay too. Default: zero.
     *
     * @param delay in each direction; precise to about a millisecond
     * @throws IllegalArgumentException if it is negative
     */
    public void delay(Duration delay) {
        delay(Direction.TO_SERVER, delay);
        delay(Direction.TO_CLIENT, delay);
    }

    /** Does what {@link #delay(Duration)} does, in one direction. */
    public void delay(Direction direction, Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay is negative: " + delay);
        }
        long nanos = delay.toNanos();
        loop.run(() -> loop.faults().delay(direction, nanos));
    }

    /**
     * Swallows everything that goes in a direction, also what was delayed and the ends of connections, until
     * {@link #heal()}. The receiver sees a connection that is open and silent, as it does when a cable is cut or a
     * firewall forgets a connection. The sender notices nothing.
     */
    public void halfOpen(Direction direction) {
        loop.run(() -> loop.faults().swallow(direction));
    }

    /**
     * Holds back what one connection sends to the server: everything from the first chunk on that has a text in it, on whichever
     * connection comes first. It is kept, up to 16 MiB, until it is {@linkplain HeldBack#release() released} or until
     * {@link #heal()}. To the server the connection stays open meanwhile, also after the client has closed or reset it. So the
     * bytes arrive late, when their sender has long given up.
     *
     * <p>A chunk is what the proxy reads at once, and may begin with bytes of earlier commands. Where a text is split over two,
     * the first has gone through. Bytes that are swallowed begin nothing.
     *
     * @param marker the text, with a character for each byte (ISO 8859-1)
     * @return what is held back; it begins when the text comes by
     * @throws IllegalArgumentException if the marker is empty or longer than 256 characters
     */
    public HeldBack holdBack(String marker) {
        if (marker.isEmpty() || marker.length() > MARKER_LIMIT) {
            throw new IllegalArgumentException("marker has no character, or more than " + MARKER_LIMIT);
        }
        return loop.call(() -> {
            Hold hold = new Hold(loop, marker);
            loop.holds().add(hold);
            return hold;
        });
    }

    /**
     * Moves the address to another server on this machine, as a failover does: open connections are reset, new ones go
     * there.
     */
    public void redirect(int port) {
        loop.run(() -> {
            loop.redirect(new InetSocketAddress(Ports.loopback(), port));
            loop.links().forEach(Link::abort);
        });
    }

    /** Resets all connections, and accepts new ones as before: a blip. */
    public void dropAll() {
        drop(connection -> true);
    }

    /**
     * Resets the open connections that match.
     *
     * @return how many
     */
    public int drop(Predicate<? super Connection> which) {
        List<Connection> matching = connections(which);
        matching.forEach(Connection::drop);
        return matching.size();
    }

    /**
     * Resets one connection.
     *
     * @return whether it was open
     */
    public boolean drop(long id) {
        return drop(connection -> connection.id() == id) > 0;
    }

    /** The open connections, oldest first. The list is a snapshot; its elements are live. */
    public List<Connection> connections() {
        return loop.call(() -> List.copyOf(loop.links()));
    }

    /** The open connections that match, oldest first. */
    public List<Connection> connections(Predicate<? super Connection> which) {
        return connections().stream().filter(which).toList();
    }

    /** Resets all connections and ends the proxy's thread. Further calls do nothing. */
    @Override
    public void close() {
        loop.close();
    }

    @Override
    public String toString() {
        return "FaultProxy[port " + port() + "]";
    }
}
