package dev.duet.benchmarks.charts;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of a file of results.
 *
 * @param columns what it says, by name
 */
record Row(Map<String, Object> columns) {

    /** A column that must be there, as text. */
    String text(String column) {
        return String.valueOf(Objects.requireNonNull(columns.get(column), column));
    }

    /** A column that need not be there, as text. */
    @Nullable
    String textOrNull(String column) {
        Object value = columns.get(column);
        return (value == null) ? null : value.toString();
    }

    /** A figure; null if there is none. */
    @Nullable
    Double number(String column) {
        return (columns.get(column) instanceof Number number) ? (Double) number.doubleValue() : null;
    }

    /** A whole number that must be there. */
    int whole(String column) {
        return ((Number) Objects.requireNonNull(columns.get(column), column)).intValue();
    }

    /** Whether a column has this value. */
    boolean has(String column, String value) {
        return value.equals(textOrNull(column));
    }
}
