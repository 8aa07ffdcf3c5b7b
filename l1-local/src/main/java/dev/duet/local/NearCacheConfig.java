package dev.duet.local;

import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a near cache is bounded by, and how many partitions its keys fall into. Bounded by a number of entries, or by
 * their total weight; never by both, and never unbounded.
 *
 * @param <K> the keys
 * @param <V> the values
 * @param maximumSize the most entries to keep; positive; null if bounded by weight
 * @param maximumWeight the most weight to keep, in the unit of the weigher; positive; null if bounded by size
 * @param weigher the weight of an entry, not negative, taken once when the entry is filled, on the filling thread and
 *     outside every lock; an entry of weight zero is never evicted; null if bounded by size
 * @param partitions how many partitions the store has; positive
 */
public record NearCacheConfig<K, V>(
        @Nullable Long maximumSize,
        @Nullable Long maximumWeight,
        @Nullable ToIntBiFunction<? super K, ? super V> weigher,
        int partitions) {

    /**
     * Checks the settings against each other.
     *
     * @throws IllegalArgumentException if the bounds contradict each other, are missing, or are not positive
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
