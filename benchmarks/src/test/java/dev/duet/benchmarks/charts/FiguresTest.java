package dev.duet.benchmarks.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void format_anySize_hasAboutThreeDigits() {
        assertThat(Figures.format(1_234.4)).isEqualTo("1,234");
        assertThat(Figures.format(12.34)).isEqualTo("12.3");
        assertThat(Figures.format(1.234)).isEqualTo("1.23");
        assertThat(Figures.format(0.7)).isEqualTo("0.70");
        assertThat(Figures.format(0.0123)).isEqualTo("0.012");
    }

    @Test
    void format_zeroAndNothing_areNotTheSame() {
        assertThat(Figures.format(0.0)).isEqualTo("0");
        assertThat(Figures.format(null)).isEqualTo("–");
        assertThat(Figures.count(null)).isEqualTo("–");
        assertThat(Figures.millis(0.0)).isEqualTo("0");
        assertThat(Figures.millis(null)).isEqualTo("–");
    }

    @Test
    void millis_anySize_hasItsUnit() {
        assertThat(Figures.millis(0.25)).isEqualTo("250 µs");
        assertThat(Figures.millis(12.0)).isEqualTo("12 ms");
        assertThat(Figures.millis(20_500.0)).isEqualTo("20.5 s");
    }

    @Test
    void brief_manyDigits_areFew() {
        assertThat(Figures.brief(1_500_000)).isEqualTo("1.5M");
        assertThat(Figures.brief(20_000)).isEqualTo("20k");
        assertThat(Figures.brief(100)).isEqualTo("100");
        assertThat(Figures.brief(0.2)).isEqualTo("0.2");
    }
}
