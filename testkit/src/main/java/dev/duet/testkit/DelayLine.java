package dev.duet.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes on their way from one socket to another, in order. Each waits for the delay from its arrival on; how many
 * wait together does not matter, so that a delay costs no throughput. A {@link Hold} keeps them until it is over. Confined to the proxy's thread, but for
 * {@link #passed()}.
 */
final class DelayLine {

    private static final int LIMIT = 16 * 1024 * 1024;
    private static final int CHUNK = 64 * 1024;

    /** Bytes and when they arrived; no bytes are the end of the stream. */
    private record Chunk(long arrival, ByteBuffer bytes) {}

    private final SocketChannel source;
    private final SocketChannel sink;
    private final Deque<Chunk> line = new ArrayDeque<>();
    private final Deque<Chunk> kept = new ArrayDeque<>();
    private final LongAdder passed = new LongAdder();
    private @Nullable Hold hold;
    private boolean outlivesSource;
    private int waiting;
    private boolean sourceEnded;
    private boolean endPassed;
    private boolean blocked;

    DelayLine(SocketChannel source, SocketChannel sink) {
        this.source = source;
        this.sink = sink;
    }

    SocketChannel sink() {
        return sink;
    }

    /** How many bytes the sink has taken. */
    long passed() {
        return passed.sum();
    }

    /** Whether the source has ended its stream. */
    boolean isSourceEnded() {
        return sourceEnded;
    }

    /** Whether the sink was told that the stream has ended. */
    boolean isEnded() {
        return endPassed;
    }

    /** OP_READ of the source, or 0. */
    int wantsRead() {
        return sourceEnded || waiting >= LIMIT ? 0 : SelectionKey.OP_READ;
    }

    /** OP_WRITE of the sink, or 0. */
    int wantsWrite() {
        return blocked ? SelectionKey.OP_WRITE : 0;
    }

    /**
     * Takes what the source has.
     *
     * @param swallow whether to lose it
     * @param seen is told of it either way
     * @throws IOException if the source was reset
     */
    void read(boolean swallow, Consumer<byte[]> seen) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        int count = source.read(buffer);
        if (count == 0) {
            return;
        }
        byte[] bytes = new byte[Math.max(count, 0)];
        buffer.flip().get(bytes);
        seen.accept(bytes);
        sourceEnded = count < 0;
        if (!swallow) {
            add(bytes);
        }
    }

    private void add(byte[] bytes) {
        waiting += bytes.length;
        Chunk chunk = new Chunk(System.nanoTime(), ByteBuffer.wrap(bytes));
        if (hold == null) {
            line.add(chunk);
        } else {
            kept.add(chunk);
            hold.kept(bytes.length);
        }
    }

    /** Keeps what is read from now on until {@link #release()}; from then on the line outlives its source. */
    void hold(Hold by) {
        hold = by;
        outlivesSource = true;
        by.begin(this);
    }

    /** What keeps what is read, if anything does. */
    @Nullable
    Hold hold() {
        return hold;
    }

    /** Whether nothing is on its way. */
    boolean isEmpty() {
        return line.isEmpty();
    }

    /** Passes on what was kept, as if it arrived now. */
    void release() {
        hold = null;
        long now = System.nanoTime();
        kept.forEach(chunk -> line.add(new Chunk(now, chunk.bytes())));
        kept.clear();
    }

    /** Whether the sink gets what was read, and the end of the stream, though the source was reset. */
    boolean outlivesSource() {
        return outlivesSource;
    }

    /** The source was reset: to the sink its stream ends. */
    void endSource() {
        if (!sourceEnded) {
            sourceEnded = true;
            add(new byte[0]);
        }
    }

    /** The sink was reset, so that nothing that was read gets anywhere. */
    void drop() {
        if (hold != null) {
            hold.lost();
            hold = null;
        }
        kept.clear();
        line.clear();
        waiting = 0;
    }

    /**
     * Gives the sink what is due.
     *
     * @param swallow whether to lose everything instead
     * @param delay in nanoseconds
     * @return in how many nanoseconds something is due next; Long.MAX_VALUE if nothing waits for its time
     * @throws IOException if the sink was reset
     */
    long write(boolean swallow, long delay, long now) throws IOException {
        blocked = false;
        if (swallow || !sink.isOpen()) {
            line.forEach(chunk -> waiting -= chunk.bytes().remaining());
            line.clear();
            return Long.MAX_VALUE;
        }
        for (Chunk chunk = line.peek(); chunk != null; chunk = line.peek()) {
            long wait = delay - (now - chunk.arrival());
            if (wait > 0) {
                return wait;
            }
            if (chunk.bytes().limit() == 0) {
                sink.shutdownOutput();
                endPassed = true;
            } else {
                int count = sink.write(chunk.bytes());
                passed.add(count);
                waiting -= count;
                if (chunk.bytes().hasRemaining()) {
                    blocked = true;
                    return Long.MAX_VALUE;
                }
            }
            line.remove();
        }
        return Long.MAX_VALUE;
    }
}
