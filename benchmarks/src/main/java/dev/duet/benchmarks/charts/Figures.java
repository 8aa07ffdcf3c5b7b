package dev.duet.benchmarks.charts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes figures with as many digits as they deserve. */
final class Figures {

    /** What stands where there is no figure. */
    static final String NONE = "–";

    private static final double THOUSAND = 1_000;

    private Figures() {}

    /** About three digits; {@link #NONE} for null. */
    static String format(@Nullable Double value) {
        if (value == null) {
            return NONE;
        }
        double size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= 1) {
            return String.format(Locale.ROOT, (size >= 10) ? "%.1f" : "%.2f", value);
        }
        int decimals = Math.min(6, 1 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + Math.max(2, decimals) + "f", value);
    }

    /** A whole number, with all of its digits. */
    static String count(@Nullable Double value) {
        return (value == null) ? NONE : String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    /** A time in the unit that suits it. */
    static String millis(@Nullable Double millis) {
        if (millis == null) {
            return NONE;
        }
        if (millis == 0) {
            return "0";
        }
        if (millis >= THOUSAND) {
            return format(millis / THOUSAND) + " s";
        }
        return (millis < 1) ? format(millis * THOUSAND) + " µs" : format(millis) + " ms";
    }

    /** From zero to one, with three decimals, so that a column of them lines up. */
    static String part(@Nullable Double value) {
        return (value == null) ? NONE : String.format(Locale.ROOT, "%.3f", value);
    }

    /** A number of many digits in few: 1.2k, 3M. */
    static String brief(double value) {
        if (Math.abs(value) >= THOUSAND * THOUSAND) {
            return trim(format(value / THOUSAND / THOUSAND)) + "M";
        }
        return (Math.abs(value) >= THOUSAND) ? trim(format(value / THOUSAND)) + "k" : trim(format(value));
    }

    private static String trim(String decimal) {
        return decimal.contains(".") ? decimal.replaceAll("\\.?0+$", "") : decimal;
    }
}
