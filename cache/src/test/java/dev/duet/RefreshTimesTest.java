package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.duet.Cluster.User;
import dev.duet.store.Content;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefreshTimesTest {

    private static final long ASKED = 7_000_000_000L;
    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final long OVERHEAD = Duration.ofMillis(25).toNanos();

    private final Cluster cluster = new Cluster();
    private double random = 0.5;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void draw_luckiest_isTheTimeOfOneLoadBeforeTheEnd() {
        random = 0;

        assertThat(lead(beta(1), Duration.ofSeconds(1)))
                .isEqualTo(Duration.ofSeconds(1).toNanos() + OVERHEAD);
    }

    @Test
    void draw_byChance_isEarlierByAnExponentialPart() {
        random = 1 - Math.exp(-2);

        assertThat(lead(beta(1), Duration.ofSeconds(1)))
                .isCloseTo(3 * (Duration.ofSeconds(1).toNanos() + OVERHEAD), within(1_000L));
    }

    @Test
    void draw_greaterBeta_isEarlier() {
        assertThat(lead(beta(4), Duration.ofSeconds(1))).isGreaterThan(lead(beta(1), Duration.ofSeconds(1)));
    }

    @Test
    void draw_costlierLoad_isEarlier() {
        assertThat(lead(beta(1), Duration.ofSeconds(2))).isGreaterThan(lead(beta(1), Duration.ofSeconds(1)));
    }

    @Test
    void draw_freeLoad_isBeforeTheEndAllTheSame() {
        random = 0;

        assertThat(lead(beta(1), Duration.ZERO)).isEqualTo(OVERHEAD);
    }

    @Test
    void draw_extreme_isNeverBeforeHalfOfTheLife() {
        random = Math.nextDown(1.0);

        assertThat(lead(beta(100), Duration.ofHours(1)))
                .isEqualTo(LIFE.dividedBy(2).toNanos());
    }

    @Test
    void draw_readLateInItsLife_isNeverBeforeHalfOfTheWholeLife() {
        random = Math.nextDown(1.0);
        Life life =
                new Life(1, micros(LIFE.dividedBy(4)), micros(LIFE.dividedBy(4).multipliedBy(3)), 1 << 30, false);

        assertThat(beta(100).draw(ASKED, life) - ASKED)
                .isEqualTo(LIFE.dividedBy(4).toNanos());
    }

    @Test
    void draw_betaZero_isNever() {
        assertThat(times(settings -> settings.refreshBeta(0)).draw(ASKED, life(LIFE)))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void draw_lifeWithoutEnd_isNever() {
        assertThat(beta(1).draw(ASKED, new Life(1, 0, Content.FOREVER, 1_000, false)))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void draw_refreshAfterWriteAlone_isAtThatAge() {
        RefreshTimes<Long> times = times(settings -> settings.refreshBeta(0).refreshAfterWrite(Duration.ofSeconds(20)));
        Life read5sLater = new Life(1, 5_000_000, 55_000_000, 0, false);

        assertThat(times.draw(ASKED, read5sLater) - ASKED)
                .isEqualTo(Duration.ofSeconds(15).toNanos());
    }

    @Test
    void draw_refreshAfterWriteOfALifeWithoutEnd_isAtThatAge() {
        RefreshTimes<Long> times = times(settings -> settings.refreshAfterWrite(Duration.ofSeconds(20)));

        assertThat(times.draw(ASKED, new Life(1, 0, Content.FOREVER, 0, false)) - ASKED)
                .isEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void draw_both_isTheEarlier() {
        random = 0;
        RefreshTimes<Long> early = times(settings -> settings.refreshBeta(1).refreshAfterWrite(Duration.ofSeconds(20)));
        RefreshTimes<Long> late =
                times(settings -> settings.refreshBeta(1).refreshAfterWrite(LIFE.minusNanos(1_000_000)));

        assertThat(early.draw(ASKED, life(LIFE)) - ASKED)
                .isEqualTo(Duration.ofSeconds(20).toNanos());
        assertThat(late.draw(ASKED, life(LIFE)) - ASKED).isEqualTo(LIFE.toNanos() - OVERHEAD);
    }

    @Test
    void draw_noLoader_isNever() {
        CacheConfig<Long, User> config = config(settings -> settings.refreshAfterWrite(Duration.ofSeconds(20)));

        assertThat(new RefreshTimes<Long>(config, false, () -> random).draw(ASKED, life(LIFE)))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void failed_again_waitsTwiceAsLong() {
        RefreshTimes<Long> times = beta(1);

        assertThat(times.failed(1L)).isEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(times.failed(1L)).isEqualTo(Duration.ofMillis(200).toNanos());
        assertThat(times.failed(1L)).isEqualTo(Duration.ofMillis(400).toNanos());
    }

    @Test
    void failed_anotherKey_isNotHeldUp() {
        RefreshTimes<Long> times = beta(1);
        times.failed(1L);

        assertThat(times.failed(2L)).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void failed_often_waitsAMinuteAtMost() {
        RefreshTimes<Long> times = beta(1);
        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = times.failed(1L);
            assertThat(last).isPositive();
        }

        assertThat(last).isEqualTo(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void failed_byChance_waitsAFifthLessOrMore() {
        random = 0;
        assertThat(beta(1).failed(1L)).isEqualTo(Duration.ofMillis(80).toNanos());
        random = Math.nextDown(1.0);
        assertThat(beta(1).failed(1L)).isCloseTo(Duration.ofMillis(120).toNanos(), within(1L));
    }

    @Test
    void succeeded_failedBefore_startsOver() {
        RefreshTimes<Long> times = beta(1);
        times.failed(1L);
        times.failed(1L);

        times.succeeded(1L);

        assertThat(times.failed(1L)).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void soon_isHalfOfWhatRemainsWithinBounds() {
        RefreshTimes<Long> times = beta(1);

        assertThat(times.soon(Duration.ofMillis(100).toNanos()))
                .isEqualTo(Duration.ofMillis(50).toNanos());
        assertThat(times.soon(1)).isEqualTo(Duration.ofMillis(10).toNanos());
        assertThat(times.soon(Long.MAX_VALUE)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    /** How long before the end of its life a value that took {@code cost} to load is refreshed, if read when stored. */
    private long lead(RefreshTimes<Long> times, Duration cost) {
        Life life = new Life(1, 0, micros(LIFE), micros(cost), false);
        return ASKED + LIFE.toNanos() - times.draw(ASKED, life);
    }

    private static Life life(Duration life) {
        return new Life(1, 0, micros(life), 0, false);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private RefreshTimes<Long> beta(double beta) {
        return times(settings -> settings.refreshBeta(beta));
    }

    private RefreshTimes<Long> times(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return new RefreshTimes<>(config(settings), true, () -> random);
    }

    private CacheConfig<Long, User> config(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return ((DefaultTwoLevelCache<Long, User>) cluster.node(0, settings).users).core.config;
    }
}
