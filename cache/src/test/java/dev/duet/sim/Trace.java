package dev.duet.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What happened in a schedule, line by line, for people; kept only if it is asked for, since words cost time. */
final class Trace {

    private final boolean on;
    private final Deque<String> lines = new ArrayDeque<>();
    private LongSupplier clock = () -> 0;

    Trace(boolean on) {
        this.on = on;
    }

    void clock(LongSupplier newClock) {
        clock = newClock;
    }

    boolean isOn() {
        return on;
    }

    /** Adds a line; the parts are put together only if it is kept. */
    void say(Object... parts) {
        if (!on) {
            return;
        }
        StringBuilder line = new StringBuilder(80);
        line.append(String.format(Locale.ROOT, "%12.3f ms  ", clock.getAsLong() / 1e6));
        for (Object part : parts) {
            line.append(part);
        }
        lines.add(line.toString());
    }

    List<String> lines() {
        return new ArrayList<>(lines);
    }
}
