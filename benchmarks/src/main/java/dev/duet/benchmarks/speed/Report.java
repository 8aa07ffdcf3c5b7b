package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.results.SpeedResult;
import java.util.List;
import java.util.Locale;

/**
 * What a suite found.
 *
 * @param rows the figures
 * @param notes what is to be said about them, such as which system does not fit
 */
record Report(List<SpeedResult> rows, List<String> notes) {

    /** A table for the terminal. */
    String table(String suite) {
        StringBuilder table = new StringBuilder();
        table.append(line(suite, "threads", "metric", "value", "unit", "ratio (rounds)", "to"));
        for (SpeedResult row : rows) {
            table.append(line(
                    row.system(),
                    String.valueOf(row.threads()),
                    row.metric(),
                    number("%.2f", row.value()) + number(" ±%.2f", row.error()),
                    row.unit(),
                    number("%.2f", row.ratio())
                            + number(" (%.2f", row.ratioMin())
                            + number(" to %.2f)", row.ratioMax()),
                    row.baseline()));
        }
        notes.forEach(note -> table.append("  ").append(note).append('\n'));
        return table.toString();
    }

    private static String line(Object... columns) {
        return String.format(Locale.ROOT, "%-36s %7s  %-14s %14s  %-6s %-24s %s", columns)
                        .stripTrailing()
                + '\n';
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
    }
}
