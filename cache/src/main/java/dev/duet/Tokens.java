package dev.duet;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The tokens of a node, none of which is given out twice: on no node, and on no clone of one either. Thread-safe.
 *
 * <p>Implementation note. A process may be restored from one image several times, with its memory: its name, its counters,
 * and the state of its random generators. So a token has the node's name, a number, and a mark of the moment: both clocks in
 * full, mixed with a salt. The salt is asked of the operating system every second, and as soon as the clocks have come apart,
 * as they do when an image is restored. Clones that draw the same number at the same nanosecond and the same millisecond, with
 * a salt of before, would draw the same token.
 */
final class Tokens {

    /** By how much the clocks may come apart, and for how long a salt serves, in nanoseconds. */
    private static final long APART = 1_000_000_000;

    /** Odd, so that no bit of a clock is lost, and of many bits, so that the clocks do not make up for each other. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final int RADIX = Character.MAX_RADIX;

    private final String node;
    private final LongSupplier nanos;
    private final LongSupplier wallMillis;
    private final LongSupplier random;
    private final AtomicLong count = new AtomicLong();
    private volatile Salt salt;

    /**
     * What was drawn.
     *
     * @param value the randomness
     * @param nanos the monotonic clock when it was drawn
     * @param ahead by how much the wall clock was ahead of the monotonic one
     */
    private record Salt(long value, long nanos, long ahead) {
        boolean serves(long now, long nowAhead) {
            return Math.abs(now - nanos) < APART && Math.abs(nowAhead - ahead) < APART;
        }
    }

    /**
     * Of a node.
     *
     * @param random asks the operating system, and not a generator whose state is in the image
     */
    Tokens(String node, LongSupplier nanos, LongSupplier wallMillis, LongSupplier random) {
        this.node = node;
        this.nanos = nanos;
        this.wallMillis = wallMillis;
        this.random = random;
        this.salt = new Salt(random.getAsLong(), nanos.getAsLong(), ahead(nanos.getAsLong(), wallMillis.getAsLong()));
    }

    private static long ahead(long nanos, long millis) {
        return millis * 1_000_000 - nanos;
    }

    /** A token that no load or write had before. */
    String next() {
        long now = nanos.getAsLong();
        long wall = wallMillis.getAsLong();
        Salt last = salt;
        if (!last.serves(now, ahead(now, wall))) {
            last = new Salt(random.getAsLong(), now, ahead(now, wall));
            salt = last;
        }
        return node
                + '-'
                + Long.toString(count.incrementAndGet(), RADIX)
                + '-'
                + Long.toUnsignedString(last.value() ^ (now * SPREAD) ^ Long.reverse(wall * SPREAD), RADIX);
    }
}
