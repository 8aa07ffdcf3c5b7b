package dev.duet.testkit;

import dev.duet.testkit.FaultProxy.Direction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One connection through a proxy: two sockets and two lines between them. What is not in
 * {@link FaultProxy.Connection} is confined to the proxy's thread.
 */
final class Link implements FaultProxy.Connection {

    private static final int SENT_LIMIT = 16 * 1024;

    private final ProxyLoop loop;
    private final long id;
    private final InetSocketAddress clientAddress;
    private final Instant since = Instant.now();
    private final SocketChannel client;
    private final SocketChannel server;
    private final DelayLine toServer;
    private final DelayLine toClient;
    private final Faults faults = new Faults();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream(); // synchronized by itself
    /** What the client sent last, in which a marker may have begun. */
    private String last = "";

    private boolean connected;

    private Link(ProxyLoop loop, long id, SocketChannel client, SocketChannel server) throws IOException {
        this.loop = loop;
        this.id = id;
        this.client = client;
        this.server = server;
        clientAddress = (InetSocketAddress) client.getRemoteAddress();
        toServer = new DelayLine(client, server);
        toClient = new DelayLine(server, client);
    }

    /** Takes a client and begins to connect it. If that fails at once, the client is reset. */
    static Link open(ProxyLoop loop, long id, SocketChannel client, InetSocketAddress target) throws IOException {
        SocketChannel server = SocketChannel.open();
        try {
            Link link = new Link(loop, id, client, server);
            for (SocketChannel channel : new SocketChannel[] {client, server}) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(loop.selector(), 0, link);
            }
            link.connected = server.connect(target);
            return link;
        } catch (IOException | RuntimeException e) {
            reset(client);
            reset(server);
            throw e;
        }
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress client() {
        return clientAddress;
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public long passed(Direction direction) {
        return (direction == Direction.TO_SERVER ? toServer : toClient).passed();
    }

    @Override
    public String sent() {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isOpen() {
        return client.isOpen() || server.isOpen();
    }

    @Override
    public void halfOpen(Direction direction) {
        loop.run(() -> faults.swallow(direction));
    }

    @Override
    public FaultProxy.HeldBack holdBack() {
        return loop.call(() -> {
            Hold at = toServer.hold();
            if (at != null) {
                return at;
            }
            Hold hold = new Hold(loop, null);
            if (server.isOpen()) {
                toServer.hold(hold);
            }
            return hold;
        });
    }

    @Override
    public void drop() {
        loop.run(this::abort);
    }

    @Override
    public String toString() {
        return "Connection[" + id + ", client " + clientAddress + "]";
    }

    Faults faults() {
        return faults;
    }

    /** Passes on what is held back. */
    void release() {
        Hold hold = toServer.hold();
        if (hold != null) {
            hold.end();
        }
    }

    /** Resets both sides. */
    void abort() {
        toServer.drop();
        toClient.drop();
        reset(client);
        reset(server);
    }

    /** Does what a socket is ready for. */
    void handle(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                connected = server.finishConnect();
            }
            if (key.isValid() && key.isReadable()) {
                if (channel.equals(client)) {
                    toServer.read(swallows(Direction.TO_SERVER), this::sees);
                } else {
                    toClient.read(swallows(Direction.TO_CLIENT), bytes -> {});
                }
            }
        } catch (IOException e) {
            resetBy(channel);
        }
    }

    /** Passes on what is due; returns in how many nanoseconds something is due next. */
    long pump(long now) {
        if (!connected) {
            watch(server, SelectionKey.OP_CONNECT);
            return Long.MAX_VALUE;
        }
        long next = Math.min(pump(Direction.TO_SERVER, toServer, now), pump(Direction.TO_CLIENT, toClient, now));
        if (toServer.isEnded() && toClient.isEnded()) {
            ProxyLoop.closeQuietly(client);
            ProxyLoop.closeQuietly(server);
        }
        if ((!client.isOpen() && toClient.isSourceEnded()) || (!server.isOpen() && toServer.isSourceEnded())) {
            abort();
        }
        watch(client, toServer.wantsRead() | toClient.wantsWrite());
        watch(server, toClient.wantsRead() | toServer.wantsWrite());
        return next;
    }

    private long pump(Direction direction, DelayLine line, long now) {
        try {
            return line.write(swallows(direction), loop.faults().delayNanos(direction), now);
        } catch (IOException e) {
            resetBy(line.sink());
            return Long.MAX_VALUE;
        }
    }

    /** A side is gone. The other one learns of it unless that direction is swallowed, or later if it is held back. */
    private void resetBy(SocketChannel origin) {
        if (connected && origin.equals(client) && toServer.outlivesSource()) {
            toServer.endSource();
            reset(client);
        } else if (connected && swallows(origin.equals(client) ? Direction.TO_SERVER : Direction.TO_CLIENT)) {
            reset(origin);
        } else {
            abort();
        }
    }

    private boolean swallows(Direction direction) {
        return faults.swallows(direction) || loop.faults().swallows(direction);
    }

    private void sees(byte[] bytes) {
        if (toServer.hold() == null && !swallows(Direction.TO_SERVER)) {
            loop.begun(last, bytes).ifPresent(toServer::hold);
        }
        last = tail(last + tail(bytes));
        int room = SENT_LIMIT - sent.size();
        sent.write(bytes, 0, Math.min(room, bytes.length));
    }

    private static String tail(byte[] bytes) {
        int count = Math.min(bytes.length, FaultProxy.MARKER_LIMIT);
        return new String(bytes, bytes.length - count, count, StandardCharsets.ISO_8859_1);
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - FaultProxy.MARKER_LIMIT));
    }

    private void watch(SocketChannel channel, int operations) {
        SelectionKey key = channel.keyFor(loop.selector());
        if (key != null && key.isValid() && key.interestOps() != operations) {
            key.interestOps(operations);
        }
    }

    private static void reset(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0); // close sends RST, not FIN
            }
        } catch (IOException alreadyGone) {
            // nobody left to tell
        }
        ProxyLoop.closeQuietly(channel);
    }
}
