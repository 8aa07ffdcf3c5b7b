package dev.duet;

import dev.duet.store.codec.ValueCodec;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link TwoLevelCache}. From {@link Duet#cache(String, Class, Class)}. Each setting is checked when it is
 * made, and an {@link IllegalArgumentException} names it. Not thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class CacheBuilder<K, V> {

    private static final long DEFAULT_MAXIMUM_SIZE = 10_000;
    private static final Duration DEFAULT_LOAD_TIMEOUT = Duration.ofSeconds(10);
    private static final int DEFAULT_MAXIMUM_VALUE_SIZE = 1 << 20;

    private final Duet duet;
    private final String name;
    private final Class<K> keyType;
    private final Type valueType;
    private @Nullable Long maximumSize;
    private @Nullable Long maximumWeight;
    private @Nullable ToIntBiFunction<? super K, ? super V> weigher;
    private @Nullable Duration expireAfterWrite;
    private @Nullable Duration cacheAbsence;
    private Duration loadTimeout = DEFAULT_LOAD_TIMEOUT;
    private int maximumValueSize = DEFAULT_MAXIMUM_VALUE_SIZE;
    private @Nullable ValueCodec<V> codec;
    private @Nullable CacheLoader<? super K, ? extends V> loader;

    CacheBuilder(Duet duet, String name, Class<K> keyType, Type valueType) {
        this.duet = duet;
        this.name = name;
        this.keyType = keyType;
        this.valueType = valueType;
    }

    /**
     * Bounds the near cache by the number of its entries; by default 10,000. What is used neither recently nor often
     * gives way. Excludes {@link #maximumWeight}.
     */
    public CacheBuilder<K, V> maximumSize(long maximumSize) {
        this.maximumSize = positive("maximumSize", maximumSize);
        return this;
    }

    /**
     * Bounds the near cache by the weight of its entries. Excludes {@link #maximumSize}.
     *
     * @param maximumWeight the most that all entries weigh together
     * @param weigher weighs an entry, in the same unit; called when the entry is filled
     */
    public CacheBuilder<K, V> maximumWeight(long maximumWeight, ToIntBiFunction<? super K, ? super V> weigher) {
        this.maximumWeight = positive("maximumWeight", maximumWeight);
        this.weigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /** The life of a value, from the moment it is stored, in both levels; by default it has no end. At least 1 ms. */
    public CacheBuilder<K, V> expireAfterWrite(Duration life) {
        this.expireAfterWrite = Durations.check("expireAfterWrite", life);
        return this;
    }

    /**
     * For how long it is remembered that the loader found nothing; by default not at all, so that every read of an absent
     * key loads. At least 1 ms.
     */
    public CacheBuilder<K, V> cacheAbsence(Duration life) {
        this.cacheAbsence = Durations.check("cacheAbsence", life);
        return this;
    }

    /**
     * For how long a load keeps other nodes waiting; by default 10 s. A loader that takes longer, or whose node died, is
     * taken over from, and what it still returns is not cached. At least 1 ms.
     */
    public CacheBuilder<K, V> loadTimeout(Duration term) {
        this.loadTimeout = Durations.check("loadTimeout", term);
        return this;
    }

    /**
     * The largest value that is cached, in bytes of its encoded form; by default 1 MiB. A larger one is returned and
     * counted, and not cached.
     */
    public CacheBuilder<K, V> maximumValueSize(int bytes) {
        this.maximumValueSize = (int) positive("maximumValueSize", bytes);
        return this;
    }

    /** Encodes the values; by default the {@link DuetBuilder#codecs codecs} of the {@code Duet} do. */
    public CacheBuilder<K, V> codec(ValueCodec<V> codec) {
        this.codec = Objects.requireNonNull(codec, "codec");
        return this;
    }

    /** Loads what no level holds; by default none, and then {@link TwoLevelCache#get(Object)} throws. */
    public CacheBuilder<K, V> loader(CacheLoader<? super K, ? extends V> loader) {
        this.loader = Objects.requireNonNull(loader, "loader");
        return this;
    }

    /**
     * Builds the cache; or, if this {@code Duet} has one of this name with the same settings, returns that one.
     *
     * @throws IllegalArgumentException if there is one of this name with other settings, or if settings exclude each other
     */
    public TwoLevelCache<K, V> build() {
        if (maximumSize != null && maximumWeight != null) {
            throw new IllegalArgumentException(
                    "cache '" + name + "' has both a maximumSize and a maximumWeight; set the one that is meant");
        }
        return duet.register(new CacheConfig<>(
                name,
                keyType,
                valueType,
                maximumSize == null && maximumWeight == null ? Long.valueOf(DEFAULT_MAXIMUM_SIZE) : maximumSize,
                maximumWeight,
                weigher,
                expireAfterWrite,
                cacheAbsence,
                loadTimeout,
                maximumValueSize,
                codec,
                loader));
    }

    private long positive(String setting, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    setting + " of cache '" + name + "' must be at least 1, but is " + value);
        }
        return value;
    }
}
