package dev.duet.local;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that is cheap to look at: the time as it was last published, a few milliseconds ago at most.
 *
 * <p>Time is in nanoseconds since the clock was made. It starts at zero, so two readings of one clock compare with
 * {@code <}, and readings of two clocks do not compare at all. It has nothing to do with the time of day.
 *
 * <p>{@link #now()} costs one volatile read, whereas asking the operating system costs tens of nanoseconds, more than
 * the rest of a near cache's hit. A {@linkplain #start() started} clock has a daemon thread named {@code duet-clock}
 * that publishes the time; a {@linkplain #manual(LongSupplier) manual} one publishes when {@link #tick()} says so,
 * which is how tests drive time:
 *
 * <pre>{@code
 * AtomicLong nanos = new AtomicLong();
 * CoarseClock clock = CoarseClock.manual(nanos::get);
 * nanos.addAndGet(1_000);
 * clock.tick();              // clock.now() == 1_000
 * }</pre>
 *
 * <p>The published time is late, never early: by the granularity, and by as long as the clock's thread waits for a
 * processor on top. A process that was stopped as a whole reads the time from before the stop until that thread has
 * run.
 *
 * <p>The clock never goes backwards, even if its source does. A clock that is closed, or whose thread died, is at the
 * end of time: {@link #now()} is {@link Long#MAX_VALUE}, so that whatever was to end by this clock has ended. A clock
 * that merely stood still would keep stale entries alive for ever.
 *
 * <p>Safe for use by many threads.
 */
public final class CoarseClock implements AutoCloseable {

    /** How often a clock publishes the time unless told otherwise: 10 milliseconds. */
    public static final Duration DEFAULT_GRANULARITY = Duration.ofMillis(10);

    private static final long END_OF_TIME = Long.MAX_VALUE;

    private final LongSupplier source;
    private final long origin;
    private final @Nullable Thread ticker;
    private volatile long now;

    private CoarseClock(LongSupplier source, @Nullable Duration granularity) {
        this.source = source;
        this.origin = source.getAsLong();
        this.ticker = (granularity == null) ? null : ticker(granularity.toNanos());
    }

    /**
     * Starts a clock that reads {@link System#nanoTime()} and publishes every 10 milliseconds.
     *
     * @return a running clock, to be closed by the caller
     */
    public static CoarseClock start() {
        return start(DEFAULT_GRANULARITY);
    }

    /**
     * Starts a clock that reads {@link System#nanoTime()} and publishes at the given interval.
     *
     * @param granularity how long to wait between two publications; positive
     * @return a running clock, to be closed by the caller
     * @throws IllegalArgumentException if the granularity is zero, negative, or beyond 292 years
     */
    public static CoarseClock start(Duration granularity) {
        return start(System::nanoTime, granularity);
    }

    /**
     * Starts a clock over a source of the caller's.
     *
     * @param source nanoseconds from any origin, may be negative; called by the clock's thread and by {@link #read()}
     * @param granularity how long to wait between two publications; positive
     * @return a running clock, to be closed by the caller
     * @throws IllegalArgumentException if the granularity is zero, negative, or beyond 292 years
     */
    public static CoarseClock start(LongSupplier source, Duration granularity) {
        Objects.requireNonNull(source, "source");
        CoarseClock clock = new CoarseClock(source, checked(granularity));
        Objects.requireNonNull(clock.ticker).start();
        return clock;
    }

    /**
     * Makes a clock without a thread: it publishes when {@link #tick()} is called, and only then.
     *
     * @param source nanoseconds from any origin, may be negative
     * @return a clock at zero
     */
    public static CoarseClock manual(LongSupplier source) {
        return new CoarseClock(Objects.requireNonNull(source, "source"), null);
    }

    /**
     * The time as last published.
     *
     * @return nanoseconds since the clock was made, never negative; {@link Long#MAX_VALUE} once the clock is closed
     */
    public long now() {
        return now;
    }

    /**
     * The time as the source has it at this moment. Publishes nothing.
     *
     * @return nanoseconds since the clock was made, never less than {@link #now()}
     */
    public long read() {
        return Math.max(source.getAsLong() - origin, now);
    }

    /** The monotonic time. */
    public long monotonic() {
        return source.getAsLong() - origin;
    }

    /** Publishes the time as the source has it at this moment, for {@link #now()} to return from now on. */
    public synchronized void tick() {
        now = read();
    }

    /** Ends time and the clock's thread. Does nothing the second time. */
    @Override
    public void close() {
        end();
        LockSupport.unpark(ticker);
    }

    private synchronized void end() {
        now = END_OF_TIME;
    }

    private Thread ticker(long intervalNanos) {
        Thread thread = new Thread(() -> run(intervalNanos), "duet-clock");
        thread.setDaemon(true);
        return thread;
    }

    private void run(long intervalNanos) {
        try {
            while (now != END_OF_TIME) {
                tick();
                LockSupport.parkNanos(this, intervalNanos);
                // Nobody has a reason to interrupt this thread; left set, the status would turn the wait into a spin.
                Thread.interrupted();
            }
        } finally {
            end();
        }
    }

    private static Duration checked(Duration granularity) {
        Objects.requireNonNull(granularity, "granularity");
        if (granularity.isZero() || granularity.isNegative()) {
            throw new IllegalArgumentException(
                    "granularity must be positive, was " + granularity + "; a few milliseconds are usual");
        }
        if (granularity.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "granularity must be below 292 years, was " + granularity + "; a few milliseconds are usual");
        }
        return granularity;
    }
}
