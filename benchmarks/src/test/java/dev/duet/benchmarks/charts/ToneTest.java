package dev.duet.benchmarks.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToneTest {

    private static final int WHITE = 0xFFFFFF;
    private static final int NEARLY_BLACK = 0x0D1117;

    /** What WCAG 2.2 asks of graphics (1.4.11), and nearly what it asks of text. */
    @ParameterizedTest
    @EnumSource
    void colour_onLightAndDark_standsOut(Tone tone) {
        int colour = Integer.parseInt(tone.colour().substring(1), 16);
        double least = (tone == Tone.INK) ? 4.2 : 3;

        assertThat(contrast(colour, WHITE)).isGreaterThan(least);
        assertThat(contrast(colour, NEARLY_BLACK)).isGreaterThan(least);
    }

    private static double contrast(int one, int other) {
        double lighter = Math.max(luminance(one), luminance(other));
        double darker = Math.min(luminance(one), luminance(other));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16 & 0xFF)
                + 0.7152 * linear(colour >> 8 & 0xFF)
                + 0.0722 * linear(colour & 0xFF);
    }

    private static double linear(int component) {
        double part = component / 255.0;
        return (part <= 0.04045) ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
}
