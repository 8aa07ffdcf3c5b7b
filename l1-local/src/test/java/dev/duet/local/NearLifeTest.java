package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NearLifeTest {

    private static final long NEVER = Long.MAX_VALUE;

    @Test
    void of_trustAndDeadline_isNeitherRefreshedNorRetained() {
        assertThat(NearLife.of(5, 10)).isEqualTo(new NearLife(5, 10, NEVER, 10, 0, false));
    }

    @Test
    void life_retentionEndsBeforeTheDeadline_isRefused() {
        assertThatThrownBy(() -> new NearLife(5, 10, NEVER, 9, 0, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retainedUntil (9) is before the deadline (10); set it to the deadline to retain nothing");
    }

    @Test
    void staleUntil_beyondTheRetention_endsWithIt() {
        NearLife life = new NearLife(5, 10, 8, 20, 77, false);

        assertThat(life.staleUntil(15)).isEqualTo(new NearLife(5, 15, NEVER, 20, 77, true));
        assertThat(life.staleUntil(21)).isEqualTo(new NearLife(5, 20, NEVER, 20, 77, true));
    }

    @Test
    void refreshedAt_anotherMoment_changesNothingElse() {
        assertThat(new NearLife(5, 10, 8, 20, 77, true).refreshedAt(9)).isEqualTo(new NearLife(5, 10, 9, 20, 77, true));
    }
}
