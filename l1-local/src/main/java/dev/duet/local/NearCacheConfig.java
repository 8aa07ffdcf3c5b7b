package dev.duet.local;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a near cache is bounded by, and how many partitions its keys fall into. Bounded by a number of entries, or by
 * their total weight; never by both, and never unbounded. Immutable.
 *
 * <p>Entries may moreover be dropped when nobody has asked for them in a while. That ends an entry whatever its {@linkplain
 * NearLife life} says: one without a deadline, and one that is retained. What counts as use is a lookup, served or not; a
 * fill; and whatever else concerns the key and leaves its entry in place, as a change that the entry knows of, or a claimed
 * refresh. An entry that was dropped like this has given way to no other: it is neither counted as an eviction nor told to
 * {@code onEviction}. It is not served from that moment on, and takes room until the next housekeeping, which comes with the
 * near cache's use.
 *
 * @param <K> the keys
 * @param <V> the values
 * @param maximumSize the most entries to keep; positive; null if bounded by weight
 * @param maximumWeight the most weight to keep, in the unit of the weigher; positive; null if bounded by size
 * @param weigher the weight of an entry, not negative, taken once when the entry is filled, on the filling thread and
 *     outside every lock; an entry of weight zero is never evicted; null if bounded by size
 * @param partitions how many partitions the store has; positive
 * @param expireAfterAccess for how long an entry stays that nobody asks for, in the time and to the granularity of the near
 *     cache's clock; positive; null for as long as there is room
 * @param onEviction called with the key of each entry that gave way to others within the bound, and not for those that
 *     were invalidated, replaced, or not asked for; soon after, on a thread of the common pool and under no lock, so the
 *     key may be cached again by then; what it throws is ignored; null for nobody to tell
 */
public record NearCacheConfig<K, V>(
        @Nullable Long maximumSize,
        @Nullable Long maximumWeight,
        @Nullable ToIntBiFunction<? super K, ? super V> weigher,
        int partitions,
        @Nullable Duration expireAfterAccess,
        @Nullable Consumer<? super K> onEviction) {

    /**
     * Checks the settings against each other.
     *
     * @throws IllegalArgumentException if the bounds contradict each other, are missing, or are not positive, or if
     *     {@code expireAfterAccess} is not
     */
    public NearCacheConfig {
        if (maximumSize != null && maximumWeight != null) {
            throw new IllegalArgumentException("maximumSize (" + maximumSize + ") and maximumWeight (" + maximumWeight
                    + ") are both set; set one of them");
        }
        if (maximumSize == null && maximumWeight == null) {
            throw new IllegalArgumentException(
                    "a near cache must be bounded; set maximumSize, or maximumWeight and weigher");
        }
        if (maximumWeight != null && weigher == null) {
            throw new IllegalArgumentException(
                    "maximumWeight is set without a weigher; set weigher, or use maximumSize");
        }
        if (maximumSize != null && weigher != null) {
            throw new IllegalArgumentException(
                    "weigher is set, but maximumSize counts entries; use maximumWeight, or leave weigher out");
        }
        requirePositive("maximumSize", maximumSize);
        requirePositive("maximumWeight", maximumWeight);
        requirePositive("partitions", (long) partitions);
        if (expireAfterAccess != null && (expireAfterAccess.isZero() || expireAfterAccess.isNegative())) {
            throw new IllegalArgumentException("expireAfterAccess must be positive, was " + expireAfterAccess
                    + "; leave it out to keep entries for as long as there is room");
        }
    }

    /**
     * Says the bound and the partitions only: entries stay for as long as there is room, and nobody is told of evictions.
     *
     * @param maximumSize the most entries to keep; positive; null if bounded by weight
     * @param maximumWeight the most weight to keep; positive; null if bounded by size
     * @param weigher the weight of an entry, not negative; null if bounded by size
     * @param partitions how many partitions the store has; positive
     * @throws IllegalArgumentException if the bounds contradict each other, are missing, or are not positive
     */
    public NearCacheConfig(
            @Nullable Long maximumSize,
            @Nullable Long maximumWeight,
            @Nullable ToIntBiFunction<? super K, ? super V> weigher,
            int partitions) {
        this(maximumSize, maximumWeight, weigher, partitions, null, null);
    }

    /**
     * Bounds a near cache by its number of entries.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param maximumSize the most entries to keep; positive
     * @param partitions how many partitions the store has; positive
     * @return the configuration
     * @throws IllegalArgumentException if an argument is not positive
     */
    public static <K, V> NearCacheConfig<K, V> ofSize(long maximumSize, int partitions) {
        return new NearCacheConfig<>(maximumSize, null, null, partitions);
    }

    /**
     * Bounds a near cache by the total weight of its entries.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param maximumWeight the most weight to keep, in the unit of the weigher; positive
     * @param weigher the weight of an entry, not negative
     * @param partitions how many partitions the store has; positive
     * @return the configuration
     * @throws IllegalArgumentException if a number is not positive
     */
    public static <K, V> NearCacheConfig<K, V> ofWeight(
            long maximumWeight, ToIntBiFunction<? super K, ? super V> weigher, int partitions) {
        return new NearCacheConfig<>(null, maximumWeight, weigher, partitions);
    }

    private static void requirePositive(String setting, @Nullable Long value) {
        if (value != null && value <= 0) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value + "; set it to 1 or more");
        }
    }
}
