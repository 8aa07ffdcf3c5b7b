package dev.duet.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Bytes of one connection that are held back, or will be. What is not in {@link FaultProxy.HeldBack} is confined to the proxy's thread. */
final class Hold implements FaultProxy.HeldBack {

    private final ProxyLoop loop;
    /** Null if it begins without one. */
    private final @Nullable String marker;

    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean holding;
    private boolean released;
    private @Nullable DelayLine line;

    Hold(ProxyLoop loop, @Nullable String marker) {
        this.loop = loop;
        this.marker = marker;
    }

    @Override
    public boolean isHolding() {
        return holding;
    }

    @Override
    public long bytes() {
        return bytes.get();
    }

    @Override
    public boolean isDelivered() {
        return loop.call(() -> released && line != null && line.isEmpty());
    }

    @Override
    public void release() {
        loop.run(this::end);
    }

    /** Whether it begins with these bytes, which came after others. */
    boolean beginsWith(String before, byte[] chunk) {
        if (marker == null) {
            return false;
        }
        int common = Math.min(before.length(), marker.length() - 1);
        return (before.substring(before.length() - common) + new String(chunk, ISO_8859_1)).contains(marker);
    }

    void begin(DelayLine line) {
        this.line = line;
        holding = true;
    }

    void kept(int count) {
        bytes.addAndGet(count);
    }

    /** The connection was reset on both sides, and what was kept is lost. */
    void lost() {
        holding = false;
    }

    /** Lets go of what it holds, and holds nothing from now on. */
    void end() {
        loop.holds().remove(this);
        if (line != null && holding) {
            line.release();
            released = true;
        }
        holding = false;
    }

    @Override
    public String toString() {
        return "HeldBack[" + (marker == null ? "" : "'" + marker + "', ")
                + (holding ? bytes + " bytes]" : "holds nothing]");
    }
}
