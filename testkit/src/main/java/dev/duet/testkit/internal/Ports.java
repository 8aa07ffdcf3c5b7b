package dev.duet.testkit.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on the loopback address.
 *
 * <p>They lie below the range from which systems give ports to outgoing connections (32768 and up on Linux). So no
 * client takes the port of a server that is down for a moment, and a client that tries again and again cannot be
 * connected to itself, which happens when its own port is the one it calls.
 */
public final class Ports {

    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    private Ports() {}

    /** The address 127.0.0.1. */
    public static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // four bytes are an address
        }
    }

    /**
     * A port on which nothing listened a moment ago. Another process may take it first, so callers try again.
     *
     * @throws IllegalStateException if none is found
     */
    public static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(loopback(), port));
                return port;
            } catch (IOException taken) {
                // the next one
            }
        }
        throw new IllegalStateException("No free port found between " + LOWEST + " and " + HIGHEST);
    }
}
