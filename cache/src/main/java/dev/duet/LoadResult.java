package dev.duet;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ConditionalLoader} found: {@linkplain #of a value}, {@linkplain #absent that there is none}, or
 * {@linkplain #unchanged that the previous value still holds}; and how it is to be kept. Immutable: the methods that say how
 * return another result.
 *
 * @param <V> the type of the value
 */
public final class LoadResult<V> {

    /** The most characters of a validator. */
    public static final int MAXIMUM_VALIDATOR_LENGTH = 1_024;

    /** What was found. */
    enum Kind {
        /** A value. */
        VALUE,
        /** That there is none. */
        ABSENT,
        /** That the previous value still holds. */
        UNCHANGED
    }

    private final Kind kind;
    private final @Nullable V value;
    private final @Nullable Duration life;
    private final @Nullable String validator;
    private final boolean cached;

    private LoadResult(
            Kind kind, @Nullable V value, @Nullable Duration life, @Nullable String validator, boolean cached) {
        this.kind = kind;
        this.value = value;
        this.life = life;
        this.validator = validator;
        this.cached = cached;
    }

    /**
     * A value, which lives for as long as the cache's settings say.
     *
     * @throws NullPointerException if it is null; see {@link #absent}
     */
    public static <V> LoadResult<V> of(V value) {
        return new LoadResult<>(Kind.VALUE, Objects.requireNonNull(value, "value"), null, null, true);
    }

    /** That there is no value, which is remembered for {@link CacheBuilder#cacheAbsence}. */
    public static <V> LoadResult<V> absent() {
        return new LoadResult<>(Kind.ABSENT, null, null, null, true);
    }

    /**
     * That the previous value still holds: its life begins anew, and it keeps its validator unless a new one is given. An
     * error in a load that was given no {@link PreviousValue}.
     */
    public static <V> LoadResult<V> unchanged() {
        return new LoadResult<>(Kind.UNCHANGED, null, null, null, true);
    }

    /**
     * For how long this is kept, in place of what the cache's settings say; for {@link #absent}, in place of
     * {@link CacheBuilder#cacheAbsence}, even if that is not set. Shortened by {@link CacheBuilder#ttlJitter} as other lives
     * are, and near by {@link CacheBuilder#nearExpireAfterWrite}. More than 36,500 days are as 36,500 days.
     *
     * @param life longer than zero
     * @return a result like this one, with that life
     * @throws IllegalArgumentException if it is zero or negative; for what is not to be kept, see {@link #uncached}
     */
    public LoadResult<V> expiresAfter(Duration life) {
        Objects.requireNonNull(life, "life");
        if (life.isZero() || life.isNegative()) {
            throw new IllegalArgumentException("expiresAfter must be longer than zero, but is " + life
                    + "; use uncached() for what is not to be kept");
        }
        return new LoadResult<>(kind, value, Durations.atMost(life), validator, cached);
    }

    /**
     * What the system of record knows this state of the value by, such as an entity tag or a version; kept beside the value,
     * and given to the next load of the key on any node.
     *
     * @param validator from 1 to {@value #MAXIMUM_VALIDATOR_LENGTH} characters
     * @return a result like this one, with that validator
     * @throws IllegalArgumentException if it is empty or longer
     * @throws IllegalStateException if this is {@link #absent}, which has no validator
     */
    public LoadResult<V> validator(String validator) {
        int length = validator.length();
        if (length < 1 || length > MAXIMUM_VALIDATOR_LENGTH) {
            throw new IllegalArgumentException("validator must have from 1 to " + MAXIMUM_VALIDATOR_LENGTH
                    + " characters, but has " + length + "; leave it out, or give a digest of it");
        }
        if (kind == Kind.ABSENT) {
            throw new IllegalStateException("absent() has no validator; a validator belongs to a value");
        }
        return new LoadResult<>(kind, value, life, validator, cached);
    }

    /**
     * That this is returned to the readers who wait for it, and kept nowhere: neither near nor in the store.
     *
     * @return a result like this one that is not kept
     */
    public LoadResult<V> uncached() {
        return new LoadResult<>(kind, value, life, validator, false);
    }

    /** What was found. */
    Kind kind() {
        return kind;
    }

    /** The value; null unless the kind is {@link Kind#VALUE}. */
    @Nullable
    V value() {
        return value;
    }

    /** The life that was said, or null if the cache's settings hold. */
    @Nullable
    Duration life() {
        return life;
    }

    /** The validator, or null if none was said. */
    @Nullable
    String validator() {
        return validator;
    }

    /** Whether it may be kept. */
    boolean isCached() {
        return cached;
    }

    /** As {@code unchanged[life=PT1M, validator=…, uncached]}; the value is left out. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                switch (kind) {
                    case VALUE -> "of";
                    case ABSENT -> "absent";
                    case UNCHANGED -> "unchanged";
                });
        return text.append("[life=")
                .append(life)
                .append(", validator=")
                .append(validator)
                .append(cached ? "]" : ", uncached]")
                .toString();
    }
}
