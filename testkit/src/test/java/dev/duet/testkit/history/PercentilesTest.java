package dev.duet.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

    @Test
    void at_aHundredValues_isTheValueOfThatRank() {
        Percentiles percentiles =
                Percentiles.of(LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray());

        assertThat(percentiles.count()).isEqualTo(100);
        assertThat(percentiles.at(0.1)).isEqualTo(1);
        assertThat(percentiles.at(50)).isEqualTo(50);
        assertThat(percentiles.at(99)).isEqualTo(99);
        assertThat(percentiles.at(99.9)).isEqualTo(100);
        assertThat(percentiles.max()).isEqualTo(100);
    }

    @Test
    void at_noValues_isZero() {
        assertThat(Percentiles.of(new long[0]).at(50)).isZero();
        assertThat(Percentiles.of(new long[0]).max()).isZero();
    }

    @Test
    void at_noPercentage_saysSo() {
        Percentiles percentiles = Percentiles.of(new long[] {1});

        assertThatThrownBy(() -> percentiles.at(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> percentiles.at(100.1)).isInstanceOf(IllegalArgumentException.class);
    }
}
