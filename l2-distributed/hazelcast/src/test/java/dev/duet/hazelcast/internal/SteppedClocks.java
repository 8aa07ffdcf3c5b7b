package dev.duet.hazelcast.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** The clocks of a member, which go on and step as a test says. */
final class SteppedClocks {

    private final AtomicLong wall =
            new AtomicLong(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-01-01T00:00:00Z")));
    private final AtomicLong nanos = new AtomicLong();
    private final Clocks clocks = new Clocks(UUID.randomUUID(), wall::get, nanos::get);

    Clocks clocks() {
        return clocks;
    }

    /** Time passes, for both. */
    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        step(time);
    }

    /** It has been on for longer than others. */
    void hasRunFor(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** The wall clock is put forward, or back. */
    void step(Duration time) {
        wall.addAndGet(time.toNanos() / 1_000);
    }
}
