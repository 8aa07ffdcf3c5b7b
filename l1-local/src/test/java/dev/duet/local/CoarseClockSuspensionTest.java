package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A clock whose monotonic source stands still while the machine sleeps, and whose wall clock is set by people and by NTP. */
class CoarseClockSuspensionTest {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final long GRANULARITY = TICK.toNanos();

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 50);
    private final AtomicLong wallNanos = new AtomicLong(Duration.ofDays(20_000).toNanos());
    /** Runs between a reading of the monotonic clock and the next of the wall clock. */
    private Runnable between = () -> {};

    private final CoarseClock clock = CoarseClock.manual(nanos::get, () -> {
        Runnable now = between;
        between = () -> {};
        now.run();
        return wallNanos.get() / 1_000_000;
    });

    @Test
    void A49_now_machineWasSuspended_hasJumpedByTheNextTick() {
        pass(Duration.ofSeconds(5));
        suspend(Duration.ofSeconds(30));
        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(5).toNanos());

        clock.tick();

        assertThat(clock.now()).isCloseTo(Duration.ofSeconds(35).toNanos(), within(GRANULARITY));
    }

    @Test
    void A49_read_machineWasSuspended_isThereAtOnceAndPublishes() {
        pass(Duration.ofSeconds(5));
        suspend(Duration.ofSeconds(30));

        long read = clock.read();

        assertThat(read).isCloseTo(Duration.ofSeconds(35).toNanos(), within(GRANULARITY));
        assertThat(clock.now()).isEqualTo(read);
        pass(Duration.ofSeconds(1));
        assertThat(clock.read()).isCloseTo(Duration.ofSeconds(36).toNanos(), within(GRANULARITY));
    }

    @Test
    void A49_monotonic_machineWasSuspended_standsStill() {
        pass(Duration.ofSeconds(5));
        suspend(Duration.ofSeconds(30));
        clock.tick();

        assertThat(clock.monotonic()).isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void now_suspendedForALittleAgainAndAgain_isNeverFurtherBehindThanTheTolerance() {
        for (int i = 1; i <= 1_000; i++) {
            suspend(Duration.ofMillis(3));
            pass(TICK);
            assertThat(Duration.ofMillis(13L * i).toNanos() - clock.now()).isLessThan(2 * GRANULARITY);
        }
    }

    @Test
    void now_wallClockIsSetBack_goesOnAndStillNoticesASuspension() {
        pass(Duration.ofSeconds(5));
        wallNanos.addAndGet(-Duration.ofHours(1).toNanos());
        pass(Duration.ofSeconds(5));
        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(10).toNanos());

        suspend(Duration.ofSeconds(30));
        clock.tick();
        assertThat(clock.now()).isCloseTo(Duration.ofSeconds(40).toNanos(), within(GRANULARITY));
    }

    @Test
    void now_wallClockIsSetForwardAndBackAgain_isEarlyAndNeverGoesBack() {
        pass(Duration.ofSeconds(5));
        wallNanos.addAndGet(Duration.ofHours(1).toNanos());
        pass(TICK);
        long early = clock.now();
        assertThat(early).isGreaterThan(Duration.ofHours(1).toNanos());

        wallNanos.addAndGet(-Duration.ofHours(1).toNanos());
        pass(Duration.ofSeconds(5));
        assertThat(clock.now()).isEqualTo(early + Duration.ofSeconds(5).toNanos());
    }

    @Test
    void now_wallClockIsSetForwardByALifetimeManyTimes_isNotTheEndOfTime() {
        long last = 0;
        for (int i = 0; i < 300; i++) {
            wallNanos.set(0);
            pass(TICK);
            wallNanos.set(Duration.ofDays(20_000).toNanos());
            pass(TICK);
            assertThat(clock.now()).isGreaterThan(last).isLessThan(Long.MAX_VALUE / 4 * 3);
            last = clock.now();
        }
    }

    @Test
    void now_wallClockIsFastForWeeks_doesNotGainAnything() {
        Duration step = Duration.ofSeconds(1);
        for (long passed = 0; passed < Duration.ofDays(21).toSeconds(); passed++) {
            wallNanos.addAndGet(step.toNanos() / 2_000); // 500 ppm
            pass(step);
        }

        assertThat(clock.now()).isEqualTo(Duration.ofDays(21).toNanos());
    }

    @Test
    void now_processWasStoppedUnderAFastWallClock_doesNotGainMoreThanThat() {
        pass(Duration.ofSeconds(1));
        wallNanos.addAndGet(Duration.ofMillis(5).toNanos());
        pass(Duration.ofSeconds(10));

        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(11).toNanos());
    }

    @Test
    void tick_threadLosesTheProcessorBetweenTheReadings_gainsNothing() {
        for (int i = 0; i < 100; i++) {
            between = () -> {
                nanos.addAndGet(Duration.ofMillis(300).toNanos());
                wallNanos.addAndGet(Duration.ofMillis(300).toNanos());
            };
            pass(TICK);
        }
        clock.tick();

        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(31).toNanos());
    }

    @Test
    void read_threadLosesTheProcessorBetweenTheReadings_gainsNothing() {
        for (int i = 0; i < 100; i++) {
            between = () -> {
                nanos.addAndGet(Duration.ofMillis(300).toNanos());
                wallNanos.addAndGet(Duration.ofMillis(300).toNanos());
            };
            assertThat(clock.read())
                    .isBetween(
                            Duration.ofMillis(300L * i).toNanos(),
                            Duration.ofMillis(300L * i + 300).toNanos());
        }
        assertThat(clock.read()).isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void read_closed_isTheEndOfTimeThoughTheMachineWasSuspended() {
        clock.close();
        suspend(Duration.ofSeconds(30));

        assertThat(clock.read()).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.now()).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.monotonic()).isZero();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        wallNanos.addAndGet(time.toNanos());
        clock.tick();
    }

    private void suspend(Duration time) {
        wallNanos.addAndGet(time.toNanos());
    }
}
