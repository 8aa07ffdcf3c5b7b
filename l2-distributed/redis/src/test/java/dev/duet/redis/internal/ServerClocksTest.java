package dev.duet.redis.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Window;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServerClocksTest {

    private static final ServerRuns.Run ONE = new ServerRuns.Run("one", "7");
    private static final ServerRuns.Run TWO = new ServerRuns.Run("two", "7");
    private static final long EPOCH = 1_800_000_000_000_000L;

    private final AtomicLong nanos = new AtomicLong();
    private final ServerClocks clocks = new ServerClocks("redis://somewhere", nanos::get);

    /** Reads the clock of a run, which is off by so much. */
    private void read(ServerRuns.Run run, Duration off, Integer... partitions) {
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        clocks.read(run, nanos.get(), EPOCH + nanos.get() / 1_000 + off.toNanos() / 1_000, List.of(partitions));
    }

    @Test
    void A43_clockThatIsSetBack_makesThePartitionsOfItsServerSuspect_untilTheyAreStartedOver() {
        read(ONE, Duration.ZERO, 0, 2);
        read(TWO, Duration.ofHours(1), 1, 3);
        read(ONE, Duration.ofSeconds(-8), 0, 2);
        read(TWO, Duration.ofHours(1), 1, 3);

        assertThat(clocks.suspects()).containsExactly(0, 2);
        clocks.cleared(0);
        read(ONE, Duration.ofSeconds(-8), 0, 2);
        assertThat(clocks.suspects()).containsExactly(2);
        clocks.cleared(2);
        assertThat(clocks.suspects()).isEmpty();
    }

    @Test
    void clockThatIsSetForward_makesNothingSuspect() {
        read(ONE, Duration.ZERO, 0);
        read(ONE, Duration.ofHours(1), 0);

        assertThat(clocks.suspects()).isEmpty();
    }

    @Test
    void anotherRun_isNoStep() {
        read(ONE, Duration.ofHours(1), 0);
        read(TWO, Duration.ZERO, 0);
        clocks.keep(List.of("two"));
        read(ONE, Duration.ZERO, 0);

        assertThat(clocks.suspects()).isEmpty();
    }

    @Test
    void A44_window_isByTheClockOfTheRun_andOpenToAllTimesWhileThatIsNotKnown() {
        assertThat(clocks.window(ONE, 500_000)).isEqualTo(Window.ALWAYS);
        read(ONE, Duration.ofHours(-1), 0);
        nanos.addAndGet(Duration.ofMillis(100).toNanos());

        long now = EPOCH + nanos.get() / 1_000 - Duration.ofHours(1).toNanos() / 1_000;
        assertThat(clocks.window(ONE, 500_000)).isEqualTo(Window.of(now, 500_000));
        assertThat(clocks.window(ONE, 500_000).until()).isEqualTo(now + 500_000);
    }
}
