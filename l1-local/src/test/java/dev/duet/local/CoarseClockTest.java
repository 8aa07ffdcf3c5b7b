package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CoarseClockTest {

    private static final long ORIGIN = Long.MAX_VALUE - 50;

    private final AtomicLong source = new AtomicLong(ORIGIN);

    @Test
    void now_manualClock_movesByTicksOnly() {
        CoarseClock clock = CoarseClock.manual(source::get);
        source.addAndGet(100);

        assertThat(clock.now()).isZero();
        assertThat(clock.read()).isEqualTo(100);
        assertThat(clock.now()).isZero();

        clock.tick();
        assertThat(clock.now()).isEqualTo(100);
    }

    @Test
    void now_sourceWrapsAround_goesOn() {
        CoarseClock clock = CoarseClock.manual(source::get);
        source.addAndGet(100);
        assertThat(source.get()).isNegative();

        clock.tick();
        assertThat(clock.now()).isEqualTo(100);
    }

    @Test
    void tick_sourceGoesBack_clockStays() {
        CoarseClock clock = CoarseClock.manual(source::get);
        source.addAndGet(100);
        clock.tick();
        source.addAndGet(-70);

        assertThat(clock.read()).isEqualTo(100);
        clock.tick();
        assertThat(clock.now()).isEqualTo(100);
    }

    @Test
    void now_startedClock_movesByItself() {
        try (CoarseClock clock = CoarseClock.start(Duration.ofMillis(1))) {
            long last = 0;
            for (int changes = 0; changes < 5; ) {
                long now = clock.now();
                assertThat(now).isGreaterThanOrEqualTo(last);
                changes += (now > last) ? 1 : 0;
                last = now;
                Thread.onSpinWait();
            }
            assertThat(clock.read()).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void start_defaults_runOnOneDaemonThreadThatEndsWithTheClock() throws InterruptedException {
        AtomicReference<Thread> ticker = new AtomicReference<>();
        Thread caller = Thread.currentThread();
        CoarseClock clock = CoarseClock.start(
                () -> {
                    if (Thread.currentThread() != caller) {
                        ticker.set(Thread.currentThread());
                    }
                    return System.nanoTime();
                },
                System::currentTimeMillis,
                Duration.ofDays(1));
        while (ticker.get() == null) {
            Thread.onSpinWait();
        }
        assertThat(ticker.get().getName()).isEqualTo("duet-clock");
        assertThat(ticker.get().isDaemon()).isTrue();

        clock.close();
        ticker.get().join(TimeUnit.SECONDS.toMillis(20));
        assertThat(ticker.get().isAlive()).isFalse();
    }

    @Test
    void now_clockIsClosed_isTheEndOfTime() {
        CoarseClock clock = CoarseClock.manual(source::get);
        clock.close();
        clock.close();
        clock.tick();

        assertThat(clock.now()).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.read()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void now_sourceFails_isTheEndOfTime() {
        Thread caller = Thread.currentThread();
        try (CoarseClock clock = CoarseClock.start(
                () -> {
                    if (Thread.currentThread() != caller) {
                        Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> {});
                        throw new IllegalStateException("no time");
                    }
                    return 0;
                },
                () -> 0,
                Duration.ofMillis(1))) {
            while (clock.now() == 0) {
                Thread.onSpinWait();
            }
            assertThat(clock.now()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void start_granularityIsNotPositive_isRefused() {
        assertThatThrownBy(() -> CoarseClock.start(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("granularity must be positive, was PT0S");
        assertThatThrownBy(() -> CoarseClock.start(Duration.ofDays(200_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("granularity must be below 292 years");
    }
}
