package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private final Freshness freshness = new Freshness();

    @Test
    void until_nothingProven_isTheBeginningOfTime() {
        assertThat(freshness.until()).isZero();
    }

    @Test
    void extend_later_extends() {
        freshness.extend(10);
        freshness.extend(20);

        assertThat(freshness.until()).isEqualTo(20);
    }

    @Test
    void extend_earlier_changesNothing() {
        freshness.extend(20);
        freshness.extend(10);
        freshness.extend(-1);

        assertThat(freshness.until()).isEqualTo(20);
    }

    @Test
    void extend_manyThreads_endsAtTheLatest() {
        LongStream.rangeClosed(1, 100_000).parallel().forEach(freshness::extend);

        assertThat(freshness.until()).isEqualTo(100_000);
    }

    @Test
    void endless_hasNoEnd() {
        assertThat(Freshness.endless().until()).isEqualTo(Long.MAX_VALUE);
    }
}
