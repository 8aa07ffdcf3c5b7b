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
 * run, or until somebody {@linkplain #read() reads} the time.
 *
 * <p>A monotonic clock may stand still while the machine is suspended, the wall clock does not (anomaly A49). So a clock that
 * has a wall clock jumps ahead when that has gained more than 10 milliseconds on the monotonic one. Nobody can tell a
 * suspension from a wall clock that was set forward: then whatever is to end by this clock ends early. A wall clock that is
 * set back changes nothing, and neither does one that gains 0.1 percent or less, as one does that is being adjusted. Who waits
 * for something that must not come early measures with {@link #monotonic()}.
 *
 * <p>The clock never goes backwards, even if its source does. A clock that is closed, or whose thread died, is at the
 * end of time: {@link #now()} is {@link Long#MAX_VALUE}, so that whatever was to end by this clock has ended. A clock
 * that merely stood still would keep stale entries alive for ever.
 *
 * <p>Safe for use by many threads.
 *
 * @implNote The wall clock is read after one reading of the monotonic clock. A thread that loses the processor in between sees
 *     the wall clock too far ahead. So {@code tick} reads the monotonic clock once more, and jumps only by what the wall
 *     clock has gained on the later reading; what has been gained is at most what the earlier reading says. The base that gains
 *     are measured from follows a wall clock that goes back at once, and one that goes ahead by the tolerated drift.
 */
public final class CoarseClock implements AutoCloseable {

    /** How often a clock publishes the time unless told otherwise: 10 milliseconds. */
    public static final Duration DEFAULT_GRANULARITY = Duration.ofMillis(10);

    private static final long END_OF_TIME = Long.MAX_VALUE;

    /** By how much the wall clock may be ahead before that counts as a suspension. */
    private static final long TOLERANCE = 10_000_000;

    /** One part in so many that the wall clock may gain for ever: twice what an adjustment of a clock does. */
    private static final long DRIFT = 1_000;

    /** The longest jump, so that a wall clock that is set again and again does not get to the end of time. */
    private static final long LONGEST_JUMP = Duration.ofDays(365).toNanos();

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier source;
    private final LongSupplier wall;
    private final long origin;
    private final long wallOrigin;
    private final boolean hasWall;
    private final @Nullable Thread ticker;
    private volatile long now;
    private volatile Wall seen = new Wall(0, 0, 0);

    /**
     * What was seen of the wall clock.
     *
     * @param at the monotonic reading at which it was seen
     * @param base by how much it was ahead of the monotonic clock, as far as that is accounted for
     * @param jumped by how much this clock is ahead of the monotonic clock
     */
    private record Wall(long at, long base, long jumped) {
        /** Whether the wall clock is so far ahead at a monotonic reading that the machine must have slept. */
        boolean hasJumped(long monotonic, long ahead) {
            return ahead - base > TOLERANCE + drift(monotonic);
        }

        long drift(long monotonic) {
            return Math.max(0, Math.min((monotonic - at) / DRIFT, TOLERANCE));
        }
    }

    private CoarseClock(LongSupplier source, @Nullable LongSupplier wallMillis, @Nullable Duration granularity) {
        this.source = source;
        this.origin = source.getAsLong();
        this.wall = wallMillis == null ? () -> 0 : wallMillis;
        this.wallOrigin = wall.getAsLong();
        this.hasWall = wallMillis != null;
        this.ticker = (granularity == null) ? null : ticker(granularity.toNanos());
    }

    /**
     * Starts a clock that reads {@link System#nanoTime()} and {@link System#currentTimeMillis()}, and publishes every 10
     * milliseconds.
     *
     * @return a running clock, to be closed by the caller
     */
    public static CoarseClock start() {
        return start(DEFAULT_GRANULARITY);
    }

    /**
     * Starts a clock that reads {@link System#nanoTime()} and {@link System#currentTimeMillis()}, and publishes at the given
     * interval.
     *
     * @param granularity how long to wait between two publications; positive
     * @return a running clock, to be closed by the caller
     * @throws IllegalArgumentException if the granularity is zero, negative, or beyond 292 years
     */
    public static CoarseClock start(Duration granularity) {
        return start(System::nanoTime, System::currentTimeMillis, granularity);
    }

    /**
     * Starts a clock over sources of the caller's.
     *
     * @param source nanoseconds from any origin, may be negative; called by the clock's thread and by those who read the time
     * @param wallMillis milliseconds of the wall clock; called by the same threads
     * @param granularity how long to wait between two publications; positive
     * @return a running clock, to be closed by the caller
     * @throws IllegalArgumentException if the granularity is zero, negative, or beyond 292 years
     */
    public static CoarseClock start(LongSupplier source, LongSupplier wallMillis, Duration granularity) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(wallMillis, "wallMillis");
        CoarseClock clock = new CoarseClock(source, wallMillis, checked(granularity));
        Objects.requireNonNull(clock.ticker).start();
        return clock;
    }

    /**
     * Makes a clock without a thread and without a wall clock: it publishes when {@link #tick()} is called, and only then.
     *
     * @param source nanoseconds from any origin, may be negative
     * @return a clock at zero
     */
    public static CoarseClock manual(LongSupplier source) {
        return new CoarseClock(Objects.requireNonNull(source, "source"), null, null);
    }

    /**
     * Makes a clock without a thread: it publishes when {@link #tick()} is called, or when a {@linkplain #read() reading} finds
     * that the machine was suspended.
     *
     * @param source nanoseconds from any origin, may be negative
     * @param wallMillis milliseconds of the wall clock
     * @return a clock at zero
     */
    public static CoarseClock manual(LongSupplier source, LongSupplier wallMillis) {
        return new CoarseClock(
                Objects.requireNonNull(source, "source"), Objects.requireNonNull(wallMillis, "wallMillis"), null);
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
     * The time as the sources have it at this moment. Publishes it only if the machine was suspended since the last
     * publication.
     *
     * @return nanoseconds since the clock was made, never less than {@link #now()}
     */
    public long read() {
        Wall last = seen;
        long monotonic = monotonic();
        if (hasWall && last.hasJumped(monotonic, ahead(monotonic))) {
            tick();
            last = seen;
        }
        return Math.max(monotonic + last.jumped(), now);
    }

    /**
     * The time as the monotonic source alone has it: without the time for which the machine was suspended, and whatever the wall
     * clock does. For waiting; not comparable with the other readings.
     *
     * @return nanoseconds since the clock was made; goes on once the clock is closed
     */
    public long monotonic() {
        return source.getAsLong() - origin;
    }

    /** Publishes the time as the sources have it at this moment, for {@link #now()} to return from now on. */
    public synchronized void tick() {
        long before = monotonic();
        if (hasWall) {
            long ahead = ahead(before);
            long after = monotonic();
            seen = looked(seen, before, ahead, after);
        }
        now = Math.max(before + seen.jumped(), now);
    }

    /** What is known once the wall clock was seen to be ahead of a monotonic reading, and another was taken after it. */
    private static Wall looked(Wall last, long before, long ahead, long after) {
        if (!last.hasJumped(before, ahead - (after - before))) {
            return new Wall(before, Math.min(last.base() + last.drift(before), ahead), last.jumped());
        }
        long jump = Math.min(ahead - last.base(), LONGEST_JUMP);
        long jumped = last.jumped() > END_OF_TIME / 2 ? last.jumped() : last.jumped() + jump;
        return new Wall(before, ahead, jumped);
    }

    /** By how much the wall clock has gone further than a monotonic reading, since the clock was made. */
    private long ahead(long monotonic) {
        return (wall.getAsLong() - wallOrigin) * NANOS_PER_MILLI - monotonic;
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
