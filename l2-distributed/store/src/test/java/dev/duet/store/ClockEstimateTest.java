package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Times are given in milliseconds; the store's clock is a million seconds ahead of the node's. */
class ClockEstimateTest {

    private static final long AHEAD = 1_000_000_000_000L;

    private final ClockEstimate clock = new ClockEstimate();
    private long now;

    /** A reading, of which the request and the reply take so long, of a clock that is off by so much. */
    private long read(long there, long back, long off) {
        long sent = now;
        long reading = AHEAD + (now + there + off) * 1_000;
        now += there + back;
        return clock.read(sent * 1_000_000, now * 1_000_000, reading) / 1_000;
    }

    private long estimated() {
        return (clock.at(now * 1_000_000) - AHEAD) / 1_000 - now;
    }

    @BeforeEach
    void first() {
        assertThat(read(1, 1, 0)).isZero();
    }

    @Test
    void A43_clockThatIsSetBack_isNoticedOnce() {
        now += 250;
        assertThat(read(1, 1, -3_600_000)).isBetween(-3_600_000L, -3_599_990L);
        now += 250;
        assertThat(read(1, 1, -3_600_000)).isZero();
        assertThat(estimated()).isBetween(-3_600_005L, -3_600_000L);
    }

    @Test
    void A43_clockThatIsSetForward_isNoticedOnce() {
        now += 250;
        assertThat(read(1, 1, 8_000)).isBetween(7_990L, 8_000L);
        now += 250;
        assertThat(read(1, 1, 8_000)).isZero();
        assertThat(estimated()).isBetween(7_995L, 8_000L);
    }

    @Test
    void A43_smallStepsBack_addUp() {
        long noticed = 0;
        for (int i = 1; i <= 10 && noticed == 0; i++) {
            now += 250;
            noticed = read(1, 1, -100L * i);
        }
        assertThat(noticed).isBetween(-600L, -500L);
    }

    @Test
    void slowReply_isNoStep() {
        now += 250;
        assertThat(read(1, 9_000, 0)).isZero();
        assertThat(read(9_000, 1, 0)).isZero();
        assertThat(read(1, 1, 0)).isZero();
    }

    @Test
    void A43_stepBackDuringASlowReply_isNoticedWhenTheNextIsFast() {
        now += 250;
        assertThat(read(1, 9_000, -2_000)).isBetween(-2_000L, -1_990L);
    }

    @Test
    void clocksThatRunUnevenly_areNotTakenForSet() {
        for (long i = 1; i <= 40_000; i++) {
            now += 250;
            assertThat(read(1, 1, -i / 10)).isZero();
        }
        assertThat(estimated()).isBetween(-4_010L, -4_000L);
    }

    @Test
    void estimate_isNeverAhead_andOftenClose() {
        now += 250;
        read(200, 1, 0);
        assertThat(estimated()).isBetween(-3L, 0L);
        now += 250;
        read(1, 200, 0);
        assertThat(estimated()).isBetween(-4L, 0L);
        now += 250;
        read(1, 1, -300);
        assertThat(estimated())
                .as("a small step is no step, but the clock is behind")
                .isBetween(-310L, -300L);
    }
}
