package dev.duet;

import dev.duet.store.codec.ValueCodec;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link TwoLevelCache}. From {@link Duet#cache(String, Class, Class)}. Each setting is checked when it is
 * made, and settings that exclude each other in {@link #build}; an {@link IllegalArgumentException} names the setting, the
 * cache and the remedy. A null argument is a {@link NullPointerException}. Durations are from 1 ms to 36,500 days. Not
 * thread-safe.
 *
 * <p>A value has a <em>life</em>: {@link #expireAfterWrite}, {@link #expiry}, or what its load said. Shortly before its end,
 * or at {@link #refreshAfterWrite}, it is refreshed while readers go on with it. After its end it may be served once more when
 * the load fails or takes long: {@link #staleIfError}. All that holds for what nobody has changed: a value that was
 * invalidated is never served again.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class CacheBuilder<K, V> {

    private static final long DEFAULT_MAXIMUM_SIZE = 10_000;
    private static final Duration DEFAULT_LOAD_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(5);
    private static final int DEFAULT_MAXIMUM_VALUE_SIZE = 1 << 20;
    private static final double DEFAULT_TTL_JITTER = 0.05;
    private static final double MAXIMUM_TTL_JITTER = 0.5;
    private static final double DEFAULT_REFRESH_BETA = 1.0;
    private static final double MAXIMUM_REFRESH_BETA = 100;

    private final Duet duet;
    private final String name;
    private final Class<K> keyType;
    private final Type valueType;
    private @Nullable Long maximumSize;
    private @Nullable Long maximumWeight;
    private @Nullable ToIntBiFunction<? super K, ? super V> weigher;
    private @Nullable Duration expireAfterWrite;
    private @Nullable ExpiryPolicy<? super K, ? super V> expiry;
    private @Nullable Duration expireAfterAccess;
    private @Nullable Duration nearExpireAfterWrite;
    private double ttlJitter = DEFAULT_TTL_JITTER;
    private double refreshBeta = DEFAULT_REFRESH_BETA;
    private @Nullable Duration refreshAfterWrite;
    private @Nullable Duration staleIfError;
    private Duration retryAfter = DEFAULT_RETRY_AFTER;
    private @Nullable Duration softTimeout;
    private @Nullable Duration hardTimeout;
    private @Nullable Duration cacheAbsence;
    private Duration loadTimeout = DEFAULT_LOAD_TIMEOUT;
    private int maximumValueSize = DEFAULT_MAXIMUM_VALUE_SIZE;
    private boolean copyNearValues;
    private @Nullable String codeVersion;
    private @Nullable String schemaVersion;
    private @Nullable ValueCodec<V> codec;
    private @Nullable CacheLoader<? super K, ? extends V> loader;
    private @Nullable AsyncCacheLoader<? super K, ? extends V> asyncLoader;
    private @Nullable ConditionalLoader<? super K, V> conditionalLoader;
    private @Nullable BulkLoader<K, ? extends V> bulkLoader;
    private @Nullable AsyncBulkLoader<K, ? extends V> asyncBulkLoader;
    private @Nullable CacheWriter<? super K, ? super V> writer;
    private @Nullable WriteBehind<K, V> writeBehind;
    private final List<CacheListener> listeners = new ArrayList<>();

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

    /**
     * The life of a value, from the moment it is stored, in both levels; by default it has no end. Shortened a little, at
     * random, by {@link #ttlJitter}. Excludes {@link #expiry}.
     */
    public CacheBuilder<K, V> expireAfterWrite(Duration life) {
        this.expireAfterWrite = duration("expireAfterWrite", life);
        return this;
    }

    /**
     * Says how long each value lives, in both levels, in place of one life for all; by default nothing does. Excludes
     * {@link #expireAfterWrite}.
     *
     * @param policy asked about each value that is loaded or put; must be thread-safe
     */
    public CacheBuilder<K, V> expiry(ExpiryPolicy<? super K, ? super V> policy) {
        this.expiry = Objects.requireNonNull(policy, "expiry");
        return this;
    }

    /**
     * The life of a near entry from when it was last read, so that this node's heap holds what is in use; by default it has
     * no such end. The value in the store lives on.
     */
    public CacheBuilder<K, V> expireAfterAccess(Duration life) {
        this.expireAfterAccess = duration("expireAfterAccess", life);
        return this;
    }

    /**
     * A shorter life for near entries than their values have in the store, after which the store is asked again; by default
     * as long as the value's. Not longer than {@link #expireAfterWrite}, if that is set.
     */
    public CacheBuilder<K, V> nearExpireAfterWrite(Duration life) {
        this.nearExpireAfterWrite = duration("nearExpireAfterWrite", life);
        return this;
    }

    /**
     * By up to which part lives are shortened, each at random, so that what was loaded together does not expire together;
     * by default 0.05. 0 leaves lives as they are.
     *
     * @param part from 0 to 0.5
     */
    public CacheBuilder<K, V> ttlJitter(double part) {
        this.ttlJitter = between("ttlJitter", part, MAXIMUM_TTL_JITTER, "0 turns it off");
        return this;
    }

    /**
     * How eagerly a value that is in demand is refreshed shortly before its end; by default 1. Each node draws a moment for
     * each value that it keeps near: before the end by what the last load took and 25 ms, and by a random part of the same
     * order, which grows with this number; at most half of the life before. The first near hit after it refreshes. From
     * XFetch (Vattani, Chierichetti and Lowenstein, <em>Optimal Probabilistic Cache Stampede Prevention</em>, VLDB 2015), which
     * draws at each read. 0 turns early refresh off. Refreshes run on {@link DuetBuilder#executor}; without a loader
     * of the cache's own there are none.
     *
     * @param beta from 0 to 100
     */
    public CacheBuilder<K, V> refreshBeta(double beta) {
        this.refreshBeta = between("refreshBeta", beta, MAXIMUM_REFRESH_BETA, "0 turns early refresh off");
        return this;
    }

    /**
     * The age at which a value is refreshed by the first near hit that comes, while readers go on with the old one; by default
     * there is none. Shorter than {@link #expireAfterWrite}, if that is set. Refreshes run on {@link DuetBuilder#executor},
     * once in the cluster; without a loader of the cache's own there are none.
     */
    public CacheBuilder<K, V> refreshAfterWrite(Duration age) {
        this.refreshAfterWrite = duration("refreshAfterWrite", age);
        return this;
    }

    /** As {@link #staleIfError(Duration, Duration)}, with 5 s before the next attempt to load. */
    public CacheBuilder<K, V> staleIfError(Duration retention) {
        return staleIfError(retention, DEFAULT_RETRY_AFTER);
    }

    /**
     * Retains values after their life, in both levels, and serves them when they cannot be loaded anew; by default the
     * failure of the load reaches the reader. Values that were invalidated are not retained.
     *
     * @param retention for how long after its life a value is retained
     * @param retryAfter after a failed load, how long the retained value is served before the next attempt to load
     */
    public CacheBuilder<K, V> staleIfError(Duration retention, Duration retryAfter) {
        Duration retained = duration("staleIfError", retention);
        this.retryAfter = duration("retryAfter of staleIfError", retryAfter);
        this.staleIfError = retained;
        return this;
    }

    /**
     * How long a reader waits for a load before it gets the retained value instead; the load goes on. By default until its
     * end, or until {@link #hardTimeout}. Where no value is retained, it has no effect. Needs {@link #staleIfError}; not
     * longer than {@link #hardTimeout}, if that is set.
     */
    public CacheBuilder<K, V> softTimeout(Duration timeout) {
        this.softTimeout = duration("softTimeout", timeout);
        return this;
    }

    /**
     * How long a reader waits for a load at all, before it gets the retained value, if there is one, or a
     * {@link LoadTimeoutException}; the load goes on, and its value is cached if it may be. By default until its end. Loads
     * then run on {@link DuetBuilder#executor}. May be shorter or longer than {@link #loadTimeout}, which is about other
     * nodes.
     */
    public CacheBuilder<K, V> hardTimeout(Duration timeout) {
        this.hardTimeout = duration("hardTimeout", timeout);
        return this;
    }

    /**
     * For how long it is remembered that the loader found nothing; by default not at all, so that every read of an absent
     * key loads. {@link LoadResult#expiresAfter} says otherwise for one load.
     */
    public CacheBuilder<K, V> cacheAbsence(Duration life) {
        this.cacheAbsence = duration("cacheAbsence", life);
        return this;
    }

    /**
     * For how long a load keeps other nodes waiting; by default 10 s. A loader that takes longer is taken over from, and what
     * it still returns is not cached. One whose node died is taken over from earlier: within {@link DuetBuilder#maxStaleness},
     * or 2 s if that is longer. Its own readers wait for as long as {@link #hardTimeout} says.
     */
    public CacheBuilder<K, V> loadTimeout(Duration term) {
        this.loadTimeout = duration("loadTimeout", term);
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

    /**
     * Gives each reader a copy of a near value, decoded for it alone, so that readers may change what they get; by default
     * all readers of a node share one object, and must not. A near hit then costs a decoding.
     */
    public CacheBuilder<K, V> copyNearValues() {
        this.copyNearValues = true;
        return this;
    }

    /**
     * The version of the code that the values are of; by default none. Nodes of different versions share no values of this
     * cache, and do not hear of each other's changes to it: raise it when the type of the values changes so that old ones
     * cannot be read, or mean something else. A part of the cache's name in the store.
     *
     * @param version from 1 to 32 letters, digits, '_', '.' or '-'
     */
    public CacheBuilder<K, V> codeVersion(String version) {
        this.codeVersion = version("codeVersion", version, "it becomes a part of keys in the store");
        return this;
    }

    /**
     * The version of the form that the values are stored in; by default none. What was stored with another version, or with
     * none, is a miss, which is counted as {@link CacheStats#unreadable}, and the next load replaces it. Set or change it when
     * the type of the values changes so that what is stored would be read as something else: a new component of a record
     * would come back null. Unlike {@link #codeVersion}, it is no part of the name in the store, so builds of different
     * versions go on hearing of each other's changes. While both run, each loads what the other has stored, so that a key may
     * be loaded once more for each near miss. Excludes {@link #writeBehind}, whose pending writes the other build could not
     * make.
     *
     * @param version from 1 to 32 letters, digits, '_', '.' or '-'
     */
    public CacheBuilder<K, V> schemaVersion(String version) {
        this.schemaVersion = version("schemaVersion", version, "it is stored with each value");
        return this;
    }

    private String version(String setting, String version, String why) {
        if (!version.matches("[A-Za-z0-9_.-]{1,32}")) {
            throw new IllegalArgumentException(of(setting)
                    + " must be 1 to 32 letters, digits, '_', '.' or '-', but is '" + version + "'; " + why);
        }
        return version;
    }

    /** Encodes the values; by default the {@link DuetBuilder#codecs codecs} of the {@code Duet} do. */
    public CacheBuilder<K, V> codec(ValueCodec<V> codec) {
        this.codec = Objects.requireNonNull(codec, "codec");
        return this;
    }

    /**
     * Loads what no level holds. By default nothing does, and then {@link TwoLevelCache#get(Object)} throws; a cache that has
     * only a {@link #bulkLoader} or an {@link #asyncBulkLoader} loads with that, one key at a time. Excludes
     * {@link #asyncLoader} and {@link #conditionalLoader}.
     */
    public CacheBuilder<K, V> loader(CacheLoader<? super K, ? extends V> loader) {
        this.loader = Objects.requireNonNull(loader, "loader");
        return this;
    }

    /** As {@link #loader}, for values that come later. Excludes {@link #loader} and {@link #conditionalLoader}. */
    public CacheBuilder<K, V> asyncLoader(AsyncCacheLoader<? super K, ? extends V> loader) {
        this.asyncLoader = Objects.requireNonNull(loader, "asyncLoader");
        return this;
    }

    /**
     * As {@link #loader}, knowing the value that was cached before, and saying how the new one is to be kept. Excludes
     * {@link #loader} and {@link #asyncLoader}. With {@link #staleIfError}, expired values are at hand for it as well.
     */
    public CacheBuilder<K, V> conditionalLoader(ConditionalLoader<? super K, V> loader) {
        this.conditionalLoader = Objects.requireNonNull(loader, "conditionalLoader");
        return this;
    }

    /**
     * Loads in one step what no level holds of several keys that are asked for together; by default they are loaded one by
     * one. May stand beside a loader for single keys; without one, it loads those as well. Excludes {@link #asyncBulkLoader}.
     */
    public CacheBuilder<K, V> bulkLoader(BulkLoader<K, ? extends V> loader) {
        this.bulkLoader = Objects.requireNonNull(loader, "bulkLoader");
        return this;
    }

    /** As {@link #bulkLoader}, for values that come later. Excludes {@link #bulkLoader}. */
    public CacheBuilder<K, V> asyncBulkLoader(AsyncBulkLoader<K, ? extends V> loader) {
        this.asyncBulkLoader = Objects.requireNonNull(loader, "asyncBulkLoader");
        return this;
    }

    /**
     * Has {@link TwoLevelCache#put} and {@link TwoLevelCache#invalidate} write to the system of record before they return
     * (write-through); by default they do not touch it. Excludes {@link #writeBehind}. The writer is called on the caller's
     * thread, between the announcement of the write and its completion, which leaves the new value in the store and on
     * this node; by {@link TwoLevelCache#async() async} writes on {@link DuetBuilder#executor}.
     *
     * <p>{@code invalidate} then <em>removes</em>: it has the writer delete. To have only the caches drop a key, use {@link
     * TwoLevelCache#refresh}. {@link TwoLevelCache#invalidateAll()}, of the whole cache, deletes nothing. {@link
     * TwoLevelCache#update} and {@link TwoLevelCache#beginWrite} write by themselves, and call no writer.
     *
     * @param writer writes; what it throws reaches the caller as itself, and leaves nothing cached
     */
    public CacheBuilder<K, V> writer(CacheWriter<? super K, ? super V> writer) {
        this.writer = Objects.requireNonNull(writer, "writer");
        return this;
    }

    /**
     * Has {@link TwoLevelCache#put} and {@link TwoLevelCache#invalidate} return when the store holds the write, which is made
     * to the system of record later (write-behind); by default they do not touch it. Excludes {@link #writer}, and {@link
     * #codeVersion}, under another one of which nobody would make what is pending. The store must keep what it acknowledges.
     *
     * <p>{@code invalidate} then <em>removes</em>: it has the writer delete. To have only the caches drop a key, use {@link
     * TwoLevelCache#refresh}. {@link TwoLevelCache#update} and {@link TwoLevelCache#beginWrite} are refused, since such a
     * write would be overtaken by what is pending.
     */
    public CacheBuilder<K, V> writeBehind(WriteBehind<K, V> settings) {
        this.writeBehind = Objects.requireNonNull(settings, "writeBehind");
        return this;
    }

    /** Is told what happens in the cache on this node; by default nobody is. May be called for several listeners. */
    public CacheBuilder<K, V> onEvent(CacheListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Builds the cache, and returns the function whose results it caches: computed once for each key in the whole cluster.
     * Builds of the application that compute differently are kept apart by a {@link #codeVersion} each.
     *
     * @param function computes a result from a key; it takes the place of a loader
     * @throws IllegalArgumentException as {@link #build} does, or if there is a loader
     * @throws IllegalStateException if the {@code Duet} is closed
     */
    public MemoizedFunction<K, V> memoize(Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        oneOf("loader", loader, "memoize", function);
        TwoLevelCache<K, V> cache = loader(function::apply).build();
        return new MemoizedFunction<>() {
            @Override
            public @Nullable V apply(K argument) {
                return cache.get(argument);
            }

            @Override
            public TwoLevelCache<K, V> cache() {
                return cache;
            }
        };
    }

    /**
     * Builds the cache; or, if this {@code Duet} has one of this name with the same settings, returns that one.
     *
     * @throws IllegalArgumentException if there is one of this name with other settings, or if settings exclude each other
     * @throws IllegalStateException if the {@code Duet} is closed
     */
    public TwoLevelCache<K, V> build() {
        checkTogether();
        return duet.register(new CacheConfig<>(
                name,
                keyType,
                valueType,
                maximumSize == null && maximumWeight == null ? Long.valueOf(DEFAULT_MAXIMUM_SIZE) : maximumSize,
                maximumWeight,
                weigher,
                expireAfterWrite,
                expiry,
                expireAfterAccess,
                nearExpireAfterWrite,
                ttlJitter,
                refreshBeta,
                refreshAfterWrite,
                staleIfError,
                retryAfter,
                softTimeout,
                hardTimeout,
                cacheAbsence,
                loadTimeout,
                maximumValueSize,
                copyNearValues,
                codeVersion,
                schemaVersion,
                codec,
                loader,
                asyncLoader,
                conditionalLoader,
                bulkLoader,
                asyncBulkLoader,
                writer,
                writeBehind,
                listeners));
    }

    private void checkTogether() {
        oneOf("maximumSize", maximumSize, "maximumWeight", maximumWeight);
        oneOf("expireAfterWrite", expireAfterWrite, "expiry", expiry);
        oneOf("loader", loader, "asyncLoader", asyncLoader);
        oneOf("loader", loader, "conditionalLoader", conditionalLoader);
        oneOf("asyncLoader", asyncLoader, "conditionalLoader", conditionalLoader);
        oneOf("writer", writer, "writeBehind", writeBehind);
        oneOf("codeVersion", codeVersion, "writeBehind", writeBehind);
        oneOf("schemaVersion", schemaVersion, "writeBehind", writeBehind);
        oneOf("bulkLoader", bulkLoader, "asyncBulkLoader", asyncBulkLoader);
        if (nearExpireAfterWrite != null && isLonger(nearExpireAfterWrite, expireAfterWrite)) {
            throw refused(
                    "nearExpireAfterWrite",
                    nearExpireAfterWrite,
                    "is longer than expireAfterWrite (" + expireAfterWrite + "); shorten it, or leave it out");
        }
        if (refreshAfterWrite != null
                && (isLonger(refreshAfterWrite, expireAfterWrite) || refreshAfterWrite.equals(expireAfterWrite))) {
            throw refused(
                    "refreshAfterWrite",
                    refreshAfterWrite,
                    "is not shorter than expireAfterWrite (" + expireAfterWrite
                            + "), so that values would be gone before they are refreshed; shorten it, or leave it out");
        }
        if (softTimeout != null && staleIfError == null) {
            throw refused(
                    "softTimeout",
                    softTimeout,
                    "needs values to serve meanwhile; set staleIfError(…) as well, or hardTimeout(…) instead");
        }
        if (softTimeout != null && isLonger(softTimeout, hardTimeout)) {
            throw refused(
                    "softTimeout",
                    softTimeout,
                    "is longer than hardTimeout (" + hardTimeout + "); shorten it, or leave it out");
        }
    }

    private void oneOf(String setting, @Nullable Object value, String other, @Nullable Object otherValue) {
        if (value != null && otherValue != null) {
            throw new IllegalArgumentException(
                    "cache '" + name + "' has both " + setting + " and " + other + "; set the one that is meant");
        }
    }

    private static boolean isLonger(Duration value, @Nullable Duration limit) {
        return limit != null && value.compareTo(limit) > 0;
    }

    private IllegalArgumentException refused(String setting, Object value, String why) {
        return new IllegalArgumentException(of(setting) + ", which is " + value + ", " + why);
    }

    private Duration duration(String setting, Duration value) {
        return Durations.check(of(setting), value);
    }

    private double between(String setting, double value, double most, String remedy) {
        if (!(value >= 0 && value <= most)) { // so that NaN is refused as well
            throw new IllegalArgumentException(
                    of(setting) + " must be from 0 to " + most + ", but is " + value + "; " + remedy);
        }
        return value + 0.0; // so that -0.0 is the same setting as 0.0
    }

    private long positive(String setting, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(of(setting) + " must be at least 1, but is " + value);
        }
        return value;
    }

    private String of(String setting) {
        return setting + " of cache '" + name + "'";
    }
}
