package dev.duet;

import dev.duet.store.Level;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a cache answered about a key, and what is known of the answer. Immutable, if the value is.
 *
 * @param value the value, or null if it is known that there is none
 * @param stale whether its life is over, and it was served all the same, as {@link CacheBuilder#staleIfError} allows
 * @param level where it came from
 * @param expiresIn what is left of its life, not negative; zero if it is stale; null if it has no end, or if it is kept
 *     nowhere
 * @param <V> the type of the value
 */
public record CacheEntry<V>(
        @Nullable V value,
        boolean stale,
        Level level,
        @Nullable Duration expiresIn) {

    /**
     * Checks the components.
     *
     * @throws NullPointerException if the level is null
     */
    public CacheEntry {
        Objects.requireNonNull(level, "level");
    }

    /** Whether it is known that there is no value. */
    public boolean isAbsent() {
        return value == null;
    }
}
