package dev.duet;

import java.time.Duration;
import java.util.Objects;

/** Checks and converts durations. */
final class Durations {

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofDays(36_500);

    private Durations() {}

    static Duration check(String setting, Duration value) {
        return check(setting, value, LEAST);
    }

    static Duration check(String setting, Duration value, Duration least) {
        Objects.requireNonNull(value, setting);
        if (value.compareTo(least) < 0 || value.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    setting + " must be from " + least + " to " + MOST + ", but is " + value);
        }
        return value;
    }

    /** The duration, or the longest that there may be, if that is shorter. */
    static Duration atMost(Duration value) {
        return value.compareTo(MOST) > 0 ? MOST : value;
    }

    static long micros(Duration value) {
        return value.toNanos() / 1_000;
    }
}
