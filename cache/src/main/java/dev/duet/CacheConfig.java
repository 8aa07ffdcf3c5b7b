package dev.duet;

import dev.duet.store.NamespaceConfig;
import dev.duet.store.codec.ValueCodec;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a user configures on a cache; {@link CacheBuilder} says what each setting means.
 *
 * @param name the name
 * @param keyType the type of the keys
 * @param valueType the type of the values
 * @param maximumSize the most near entries, or null if they are weighed
 * @param maximumWeight the most weight of near entries, or null if they are counted
 * @param weigher weighs near entries, or null if they are counted
 * @param expireAfterWrite the life of a value, or null if it has no end
 * @param cacheAbsence for how long absence is remembered, or null if it is not
 * @param loadTimeout the term of a loader's lease
 * @param maximumValueSize the largest encoded value that is cached, in bytes
 * @param codec encodes values, or null for the codec of the {@code Duet}
 * @param loader loads values, or null if there is none
 */
record CacheConfig<K, V>(
        String name,
        Class<K> keyType,
        Type valueType,
        @Nullable Long maximumSize,
        @Nullable Long maximumWeight,
        @Nullable ToIntBiFunction<? super K, ? super V> weigher,
        @Nullable Duration expireAfterWrite,
        @Nullable Duration cacheAbsence,
        Duration loadTimeout,
        int maximumValueSize,
        @Nullable ValueCodec<V> codec,
        @Nullable CacheLoader<? super K, ? extends V> loader) {

    CacheConfig {
        NamespaceConfig.checkName("the name of a cache", name);
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        if (keyType.isPrimitive() || (valueType instanceof Class<?> type && type.isPrimitive())) {
            throw new IllegalArgumentException("cache '" + name + "' is of a primitive type; use its wrapper, such as"
                    + " Long.class for long.class");
        }
    }
}
