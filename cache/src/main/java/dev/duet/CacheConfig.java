package dev.duet;

import dev.duet.store.CacheException;
import dev.duet.store.Level;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.codec.ValueCodec;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a user configures on a cache; {@link CacheBuilder} says what each setting means, and checks them. Immutable.
 *
 * @param name the name
 * @param keyType the type of the keys
 * @param valueType the type of the values
 * @param maximumSize the most near entries, or null if they are weighed
 * @param maximumWeight the most weight of near entries, or null if they are counted
 * @param weigher weighs near entries, or null if they are counted
 * @param expireAfterWrite the life of a value, or null if it has no end or {@code expiry} says it
 * @param expiry says the life of each value, or null if all have the same
 * @param expireAfterAccess the life of a near entry that is not read, or null if it has no such end
 * @param nearExpireAfterWrite the life of a near entry, or null if it is that of the value
 * @param ttlJitter by up to which part lives are shortened, from 0 to 0.5
 * @param refreshBeta how early values are refreshed before their end, from 0, which is never, to 100
 * @param refreshAfterWrite the age at which a value is refreshed, or null if there is none
 * @param staleIfError for how long after its life a value is retained, or null if it is not
 * @param retryAfter how long a retained value is served after a load failed, before the next
 * @param softTimeout how long a reader waits for a load before it gets a retained value, or null if for its end
 * @param hardTimeout how long a reader waits for a load at all, or null if for its end
 * @param cacheAbsence for how long absence is remembered, or null if it is not
 * @param loadTimeout the term of a loader's lease
 * @param maximumValueSize the largest encoded value that is cached, in bytes
 * @param copyNearValues whether each reader of a near entry gets a copy of its own
 * @param codeVersion the version of the values' code, or null if it has none
 * @param schemaVersion the version of the values' schema, or null if it has none
 * @param codec encodes values, or null for the codec of the {@code Duet}
 * @param loader loads values, or null if there is none
 * @param asyncLoader loads values later, or null if there is none
 * @param conditionalLoader loads values knowing the previous ones, or null if there is none
 * @param bulkLoader loads several values, or null if there is none
 * @param asyncBulkLoader loads several values later, or null if there is none
 * @param writer writes to the system of record before a write returns, or null if it does not
 * @param writeBehind writes to the system of record later, or null if it does not
 * @param listeners are told of events; none if empty
 */
record CacheConfig<K, V>(
        String name,
        Class<K> keyType,
        Type valueType,
        @Nullable Long maximumSize,
        @Nullable Long maximumWeight,
        @Nullable ToIntBiFunction<? super K, ? super V> weigher,
        @Nullable Duration expireAfterWrite,
        @Nullable ExpiryPolicy<? super K, ? super V> expiry,
        @Nullable Duration expireAfterAccess,
        @Nullable Duration nearExpireAfterWrite,
        double ttlJitter,
        double refreshBeta,
        @Nullable Duration refreshAfterWrite,
        @Nullable Duration staleIfError,
        Duration retryAfter,
        @Nullable Duration softTimeout,
        @Nullable Duration hardTimeout,
        @Nullable Duration cacheAbsence,
        Duration loadTimeout,
        int maximumValueSize,
        boolean copyNearValues,
        @Nullable String codeVersion,
        @Nullable String schemaVersion,
        @Nullable ValueCodec<V> codec,
        @Nullable CacheLoader<? super K, ? extends V> loader,
        @Nullable AsyncCacheLoader<? super K, ? extends V> asyncLoader,
        @Nullable ConditionalLoader<? super K, V> conditionalLoader,
        @Nullable BulkLoader<K, ? extends V> bulkLoader,
        @Nullable AsyncBulkLoader<K, ? extends V> asyncBulkLoader,
        @Nullable CacheWriter<? super K, ? super V> writer,
        @Nullable WriteBehind<K, V> writeBehind,
        List<CacheListener> listeners) {

    CacheConfig {
        NamespaceConfig.checkName("the name of a cache", name);
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        listeners = List.copyOf(listeners);
        if (keyType.isPrimitive() || (valueType instanceof Class<?> type && type.isPrimitive())) {
            throw new IllegalArgumentException("cache '" + name + "' is of a primitive type; use its wrapper, such as"
                    + " Long.class for long.class");
        }
    }

    /** The name of the cache in the store: {@code name}, or {@code name@codeVersion}. */
    String storeName() {
        return codeVersion == null ? name : name + '@' + codeVersion;
    }

    /** Whether the cache has a loader of its own, of any kind. */
    boolean hasLoader() {
        return loader != null
                || asyncLoader != null
                || conditionalLoader != null
                || bulkLoader != null
                || asyncBulkLoader != null;
    }

    /**
     * The life of a value, before jitter.
     *
     * @return the life; zero if it is over already, so that the value is not to be cached; null if it has no end
     * @throws CacheException if the policy says null; what the policy throws reaches the caller as itself
     */
    @Nullable
    Duration lifeOf(K key, V value) {
        if (expiry == null) {
            return expireAfterWrite;
        }
        Duration life = expiry.expireAfterWrite(key, value);
        if (life == null) { // a policy need not be compiled with a null checker
            throw new CacheException(
                    "the expiry policy of cache '" + name + "' (" + expiry
                            + ") said null of a value; have it return zero for a value that is not to be cached",
                    null,
                    name,
                    String.valueOf(key),
                    Level.SOURCE);
        }
        return life.isNegative() ? Duration.ZERO : Durations.atMost(life);
    }
}
