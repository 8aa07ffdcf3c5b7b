package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StandstillTest {

    private static final UUID ONE = new UUID(1, 1);
    private static final UUID TWO = new UUID(2, 2);
    private static final Set<UUID> BOTH = Set.of(ONE, TWO);

    private long now = Long.MAX_VALUE - 1_000; // as a steady clock may begin anywhere
    private final Standstill standstill = new Standstill(
            Duration.ofSeconds(7).toNanos(), Duration.ofSeconds(3).toNanos(), now, BOTH);

    private boolean isDoubtfulAfter(Duration time, Set<UUID> others) {
        for (long end = now + time.toNanos();
                now - end < 0;
                now += Duration.ofMillis(250).toNanos()) {
            standstill.look(now, others);
        }
        return standstill.isDoubtful(now);
    }

    private void stop(Duration time) {
        now += time.toNanos();
    }

    @Test
    void member_thatIsAwake_isNotDoubtful() {
        assertThat(isDoubtfulAfter(Duration.ofMinutes(1), BOTH)).isFalse();
        assertThat(isDoubtfulAfter(Duration.ofMinutes(1), Set.of())).isFalse();
    }

    @Test
    void member_thatStopsForLessThanItMay_isNotDoubtful() {
        stop(Duration.ofSeconds(7));

        assertThat(standstill.isDoubtful(now)).isFalse();
        standstill.look(now, BOTH);
        assertThat(standstill.isDoubtful(now)).isFalse();
    }

    @Test
    void A50_memberThatWakes_isDoubtful_beforeAndAfterItHasLooked() {
        stop(Duration.ofSeconds(16));

        assertThat(standstill.isDoubtful(now)).isTrue();
        standstill.look(now, BOTH);
        assertThat(standstill.isDoubtful(now)).isTrue();
    }

    @Test
    void memberThatWakes_andHasItsMembersSomeTimeLater_isNotDoubtfulAnyMore() {
        stop(Duration.ofSeconds(16));

        assertThat(isDoubtfulAfter(Duration.ofMillis(2_900), BOTH)).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofMillis(500), BOTH)).isFalse();
    }

    @Test
    void A50_memberThatWasGivenUp_isDoubtfulUntilItHasJoinedAgain() {
        stop(Duration.ofSeconds(16));

        assertThat(isDoubtfulAfter(Duration.ofSeconds(1), BOTH)).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofSeconds(30), Set.of())).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofSeconds(1), Set.of(ONE))).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofSeconds(1), BOTH)).isFalse();
    }

    @Test
    void memberWhoseMembersAreGone_isNotDoubtfulForEver() {
        stop(Duration.ofSeconds(16));

        assertThat(isDoubtfulAfter(Duration.ofSeconds(59), Set.of())).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofSeconds(2), Set.of())).isFalse();
        stop(Duration.ofSeconds(16));
        assertThat(standstill.isDoubtful(now)).as("nobody can have given it up").isFalse();
    }

    @Test
    void memberThatStopsAgainWhileItIsInDoubt_isInDoubtForAsLongFromThen() {
        stop(Duration.ofSeconds(16));
        assertThat(isDoubtfulAfter(Duration.ofSeconds(2), BOTH)).isTrue();
        stop(Duration.ofSeconds(16));

        assertThat(isDoubtfulAfter(Duration.ofSeconds(2), BOTH)).isTrue();
        assertThat(isDoubtfulAfter(Duration.ofSeconds(2), BOTH)).isFalse();
    }
}
