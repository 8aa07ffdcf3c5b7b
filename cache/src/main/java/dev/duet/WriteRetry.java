package dev.duet;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a write that failed is tried again ({@link WriteBehind#retry}): after a pause that doubles from attempt to attempt, up
 * to the longest, each drawn from its second half at random. A write that has failed too often by itself is parked
 * ({@link PendingWrites#failed}). While the system of record is down, attempts do not count. Immutable.
 *
 * @param first the first pause
 * @param longest the longest pause, not shorter than the first
 * @param maximumAttempts after how many failures a write is parked, from 1 to 1,000
 * @param unavailable tells the failures by which the system of record is down from those that are a write's own
 */
public record WriteRetry(
        Duration first, Duration longest, int maximumAttempts, Predicate<? super Throwable> unavailable) {

    private static final int MOST_ATTEMPTS = 1_000;

    /** Checks the settings. */
    public WriteRetry {
        Durations.check("first pause of retry", first);
        Durations.check("longest pause of retry", longest);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "longest pause of retry is " + longest + ", shorter than the first (" + first + "); lengthen it");
        }
        if (maximumAttempts < 1 || maximumAttempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "maximumAttempts of retry must be from 1 to 1,000, but is " + maximumAttempts);
        }
        Objects.requireNonNull(unavailable, "unavailable");
    }

    /** Pauses from {@code first} to {@code longest}, and 10 attempts. */
    public static WriteRetry exponential(Duration first, Duration longest) {
        return new WriteRetry(first, longest, 10, WriteRetry::isUnavailable);
    }

    /** From 100 ms to 30 s, and 10 attempts. */
    static WriteRetry usual() {
        return exponential(Duration.ofMillis(100), Duration.ofSeconds(30));
    }

    /** After how many failures a write is parked; by default 10. */
    public WriteRetry withMaximumAttempts(int attempts) {
        return new WriteRetry(first, longest, attempts, unavailable);
    }

    /**
     * By which failures the system of record is down, so that no write is to blame; by default those with an {@link
     * IOException}, a {@link TimeoutException}, or an {@link SQLException} of connection, resources, or a shutdown (SQLSTATE
     * 08, 40, 53, 57P, or a transient one) among their causes. Beside that it is taken to be down when all of several writes fail,
     * and none has succeeded since they were first tried.
     */
    public WriteRetry withUnavailable(Predicate<? super Throwable> failures) {
        return new WriteRetry(first, longest, maximumAttempts, failures);
    }

    /** The pause after so many failures, from one on. */
    Duration pause(int failures, DoubleSupplier random) {
        long doubled = first.toNanos() << Math.min(failures - 1, 20);
        long full = doubled >> Math.min(failures - 1, 20) == first.toNanos()
                ? Math.min(doubled, longest.toNanos())
                : longest.toNanos();
        long half = full / 2;
        return Duration.ofNanos(half + (long) (half * random.getAsDouble()));
    }

    /** Whether a failure is none of a write's own, as far as one can tell without knowing the system of record. */
    static boolean isUnavailable(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++, cause = cause.getCause()) {
            if (cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof SQLTransientException
                    || cause instanceof SQLRecoverableException
                    || cause instanceof SQLNonTransientConnectionException
                    || (cause instanceof SQLException sql && isUnavailable(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    /** Connection, resources, shutdown; and a transaction that was rolled back for others' sake. */
    private static boolean isUnavailable(@Nullable String state) {
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("53")
                        || state.startsWith("57P")
                        || state.startsWith("40"));
    }
}
