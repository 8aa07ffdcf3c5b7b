package dev.duet;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value that was cached before a {@link ConditionalLoader} was called. Immutable, if the value is.
 *
 * @param value the value, not null
 * @param validator what its load said of it with {@link LoadResult#validator}, or null if it said nothing
 * @param age the time since it was stored or last found unchanged, by the clock of the store; not negative
 * @param <V> the type of the value
 */
public record PreviousValue<V>(V value, @Nullable String validator, Duration age) {

    /**
     * Checks the components.
     *
     * @throws NullPointerException if the value or the age is null
     */
    public PreviousValue {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(age, "age");
    }
}
