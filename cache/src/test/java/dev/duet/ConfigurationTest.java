package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.store.CacheException;
import dev.duet.store.InMemoryStore;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.codec.CodecException;
import dev.duet.store.codec.Codecs;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every setting: what it does, and what a bad one says. */
class ConfigurationTest {

    private final InMemoryStore store = InMemoryStore.create();
    private final Duet duet = Duet.builder().store(store).build();

    @AfterEach
    void close() {
        duet.close();
    }

    @Test
    void build_withoutStore_namesTheSetting() {
        assertThatThrownBy(() -> Duet.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("store(…)")
                .hasMessageContaining("RedisStore.connect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a{b", "a b", "ä"})
    void namespace_withOtherCharacters_isRefused(String namespace) {
        assertThatThrownBy(() -> Duet.builder().namespace(namespace))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4_097})
    void partitions_outOfRange_areRefused(int partitions) {
        assertThatThrownBy(() -> Duet.builder().partitions(partitions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partitions");
    }

    @Test
    void partitions_otherThanTheNamespaceHas_areRefused() {
        assertThatThrownBy(() -> Duet.builder().store(store).partitions(32).build())
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("partitions(32)")
                .hasMessageContaining("64")
                .hasMessageContaining("memory");
    }

    @Test
    void close_closesTheStore() {
        HookedStore link = new HookedStore(store);
        Duet other = Duet.builder().store(link).build();
        assertThat(link.isClosed()).isFalse();

        other.close();

        assertThat(link.isClosed()).isTrue();
    }

    @Test
    void build_fails_closesTheStore() {
        HookedStore link = new HookedStore(store);

        assertThatThrownBy(() -> Duet.builder().store(link).partitions(32).build())
                .isInstanceOf(StoreConfigurationException.class);

        assertThat(link.isClosed()).isTrue();
    }

    @Test
    void invalidateAll_oneKeyRefused_sendsNothing() {
        TwoLevelCache<String, String> cache =
                duet.cache("texts", String.class, String.class).build();
        cache.put("good", "value");

        assertThatThrownBy(() -> cache.invalidateAll(List.of("good", "half of a pair: \uD83D")))
                .isInstanceOf(CodecException.class);

        assertThat(cache.getIfPresent("good")).isEqualTo("value");
        assertThat(cache.stats().invalidationsApplied()).isEqualTo(1);
    }

    @Test
    void namespaces_keepApart() {
        try (Duet other =
                Duet.builder().store(store).namespace("other").partitions(32).build()) {
            duet.cache("users", Long.class, String.class).build().put(1L, "one");

            assertThat(other.cache("users", Long.class, String.class).build().getIfPresent(1L))
                    .isNull();
        }
    }

    @Test
    void maxStaleness_below100ms_isRefused() {
        assertThatThrownBy(() -> Duet.builder().maxStaleness(Duration.ofMillis(99)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxStaleness");
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S", "PT0.0001S", "PT876001H"})
    void durations_notPositiveOrAbsurd_areRefused(Duration duration) {
        CacheBuilder<Long, String> builder = users();

        assertRefused(() -> builder.expireAfterWrite(duration), "expireAfterWrite");
        assertRefused(() -> builder.cacheAbsence(duration), "cacheAbsence");
        assertRefused(() -> builder.loadTimeout(duration), "loadTimeout");
        assertRefused(() -> builder.expireAfterAccess(duration), "expireAfterAccess of cache 'users'");
        assertRefused(() -> builder.nearExpireAfterWrite(duration), "nearExpireAfterWrite");
        assertRefused(() -> builder.refreshAfterWrite(duration), "refreshAfterWrite");
        assertRefused(() -> builder.staleIfError(duration), "staleIfError");
        assertRefused(() -> builder.staleIfError(Duration.ofHours(1), duration), "retryAfter");
        assertRefused(() -> builder.softTimeout(duration), "softTimeout");
        assertRefused(() -> builder.hardTimeout(duration), "hardTimeout");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void sizes_notPositive_areRefused(int size) {
        CacheBuilder<Long, String> builder = users();

        assertRefused(() -> builder.maximumSize(size), "maximumSize");
        assertRefused(() -> builder.maximumWeight(size, (k, v) -> 1), "maximumWeight");
        assertRefused(() -> builder.maximumValueSize(size), "maximumValueSize");
    }

    @Test
    void maximumSize_besideMaximumWeight_isRefused() {
        assertRefused(() -> users().maximumSize(1).maximumWeight(1, (k, v) -> 1).build(), "maximumWeight");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 0.51, Double.NaN, Double.POSITIVE_INFINITY})
    void ttlJitter_outOfRange_isRefused(double part) {
        assertRefused(() -> users().ttlJitter(part), "ttlJitter of cache 'users'");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 100.1, Double.NaN, Double.POSITIVE_INFINITY})
    void refreshBeta_outOfRange_isRefused(double beta) {
        assertRefused(() -> users().refreshBeta(beta), "refreshBeta of cache 'users'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a@b", "a b", "123456789012345678901234567890123"})
    void codeVersion_withOtherCharacters_isRefused(String version) {
        assertRefused(() -> users().codeVersion(version), "codeVersion of cache 'users'");
    }

    @Test
    void expiry_besideExpireAfterWrite_isRefused() {
        Duration hour = Duration.ofHours(1);

        assertRefused(
                () -> users().expireAfterWrite(hour).expiry((k, v) -> hour).build(), "expiry");
    }

    @Test
    void lives_thatDoNotFitTogether_areRefused() {
        Duration hour = Duration.ofHours(1);
        Duration more = hour.plusMillis(1);

        assertRefused(
                () -> users().expireAfterWrite(hour).nearExpireAfterWrite(more).build(), "nearExpireAfterWrite");
        assertRefused(
                () -> users().expireAfterWrite(hour).refreshAfterWrite(hour).build(), "refreshAfterWrite");
        assertRefused(() -> users().softTimeout(hour).build(), "staleIfError(…)");
        assertRefused(
                () -> users().staleIfError(hour)
                        .softTimeout(more)
                        .hardTimeout(hour)
                        .build(),
                "hardTimeout");
    }

    @Test
    void loaders_ofSeveralKinds_areRefused() {
        CacheLoader<Long, String> loader = key -> "x";
        AsyncCacheLoader<Long, String> async = (key, executor) -> CompletableFuture.completedFuture("x");
        ConditionalLoader<Long, String> conditional = (key, previous) -> LoadResult.of("x");

        assertRefused(() -> users().loader(loader).asyncLoader(async).build(), "asyncLoader");
        assertRefused(
                () -> users().loader(loader).conditionalLoader(conditional).build(), "conditionalLoader");
        assertRefused(
                () -> users().asyncLoader(async).conditionalLoader(conditional).build(), "conditionalLoader");
        assertRefused(
                () -> users().bulkLoader(keys -> Map.of())
                        .asyncBulkLoader((keys, executor) -> CompletableFuture.completedFuture(Map.of()))
                        .build(),
                "asyncBulkLoader");
    }

    @Test
    void loadResult_badInput_isRefusedWithTheRemedy() {
        LoadResult<String> result = LoadResult.of("x");

        assertRefused(() -> result.expiresAfter(Duration.ZERO), "uncached()");
        assertRefused(() -> result.expiresAfter(Duration.ofSeconds(-1)), "uncached()");
        assertRefused(() -> result.validator(""), "validator");
        assertRefused(() -> result.validator("v".repeat(1_025)), "validator");
        assertThatThrownBy(() -> LoadResult.absent().validator("v")).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a b", "{x}"})
    void cacheName_withOtherCharacters_isRefused(String name) {
        assertRefused(() -> duet.cache(name, Long.class, String.class).build(), "name of a cache");
    }

    @Test
    void primitiveTypes_areRefusedWithTheRemedy() {
        assertRefused(() -> duet.cache("a", long.class, String.class).build(), "Long.class");
        assertRefused(() -> duet.cache("a", Long.class, int.class).build(), "wrapper");
    }

    @Test
    void cache_sameNameAndSettings_isTheSame() {
        CacheLoader<Long, String> loader = key -> "x";

        assertThat(users().loader(loader).build())
                .isSameAs(users().loader(loader).build());
    }

    @Test
    void cache_sameNameAndOtherSettings_isRefused() {
        users().maximumSize(10).build();

        assertThatThrownBy(() -> users().maximumSize(11).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'users'")
                .hasMessageContaining("maximumSize=10")
                .hasMessageContaining("maximumSize=11");
    }

    @Test
    void cache_sameNameAndOtherTypes_isRefused() {
        users().build();

        assertThatThrownBy(() -> duet.cache("users", String.class, String.class).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void copyNearValues_eachReaderGetsItsOwn() {
        TwoLevelCache<Long, List<String>> shared =
                duet.cache("shared", Long.class, new TypeRef<List<String>>() {}).build();
        TwoLevelCache<Long, List<String>> copied = duet.cache("copied", Long.class, new TypeRef<List<String>>() {})
                .copyNearValues()
                .build();
        shared.put(1L, List.of("x"));
        copied.put(1L, List.of("x"));

        assertThat(shared.getIfPresent(1L)).isSameAs(shared.getIfPresent(1L));
        assertThat(copied.getIfPresent(1L)).isEqualTo(copied.getIfPresent(1L)).isNotSameAs(copied.getIfPresent(1L));
    }

    @Test
    void onEvent_severalListeners_areAllTold() {
        List<CacheEvent> first = new CopyOnWriteArrayList<>();
        List<CacheEvent> second = new CopyOnWriteArrayList<>();
        TwoLevelCache<Long, String> cache =
                users().onEvent(first::add).onEvent(second::add).build();

        cache.invalidate(1L);

        await().untilAsserted(() -> assertThat(second).containsExactly(new CacheEvent.Invalidated("users", 1L, true)));
        await().untilAsserted(() -> assertThat(first).isEqualTo(second));
    }

    @Test
    void executor_runsStepsAndListeners() {
        List<String> threads = new CopyOnWriteArrayList<>();
        try (Duet other = Duet.builder()
                .store(store)
                .executor(task -> {
                    threads.add("step");
                    task.run();
                })
                .build()) {
            TwoLevelCache<Long, String> cache = other.cache("users", Long.class, String.class)
                    .loader(key -> "loaded")
                    .build();

            assertThat(cache.async().get(1L)).isCompletedWithValue("loaded");
            assertThat(threads).isNotEmpty();
            threads.clear();
            assertThat(cache.get(2L)).isEqualTo("loaded");
            assertThat(threads).isEmpty();
        }
    }

    @Test
    void codeVersion_isAPartOfTheNameInTheStoreAndNotOfTheCaches() {
        TwoLevelCache<Long, String> plain = users().build();
        TwoLevelCache<Long, String> versioned = users().codeVersion("2").build();
        plain.put(1L, "plain");

        assertThat(versioned.getIfPresent(1L)).isNull();
        assertThat(versioned.name()).isEqualTo("users");
        assertThat(((DefaultTwoLevelCache<?, ?>) versioned).core.config.storeName())
                .isEqualTo("users@2");
        assertThat(((DefaultTwoLevelCache<?, ?>) plain).core.config.storeName()).isEqualTo("users");
    }

    @Test
    void nulls_areRefused() {
        CacheBuilder<Long, String> builder = users();

        assertNull(() -> builder.maximumWeight(1, null), "weigher");
        assertNull(() -> builder.expiry(null), "expiry");
        assertNull(() -> builder.codec(null), "codec");
        assertNull(() -> builder.loader(null), "loader");
        assertNull(() -> builder.asyncLoader(null), "asyncLoader");
        assertNull(() -> builder.conditionalLoader(null), "conditionalLoader");
        assertNull(() -> builder.bulkLoader(null), "bulkLoader");
        assertNull(() -> builder.asyncBulkLoader(null), "asyncBulkLoader");
        assertNull(() -> builder.onEvent(null), "listener");
        assertNull(() -> builder.memoize(null), "function");
        assertNull(() -> Duet.builder().executor(null), "executor");
        assertNull(() -> LoadResult.of(null), "value");
        assertNull(() -> LoadResult.of("x").expiresAfter(null), "life");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> builder.codeVersion(null),
                () -> builder.hardTimeout(null),
                () -> LoadResult.of("x").validator(null),
                () -> users().build().getAll(null),
                () -> users().build().putAll(null),
                () -> users().build().async().getAll(null),
                () -> users().build().async().putAll(null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void nullKeys_ofReadsWithEntries_areRefused() {
        TwoLevelCache<Long, String> cache = users().loader(key -> "x").build();

        assertNull(() -> cache.getEntry(null), "key");
        assertNull(() -> cache.getEntryIfPresent(null), "key");
        assertNull(() -> cache.beginWrite((Long) null), "key is null");
        assertNull(() -> cache.get(1L, null), "loader");
        assertNull(() -> cache.update(1L, (WriteAction<RuntimeException>) null), "write");
    }

    private static void assertNull(ThrowingCallable call, String argument) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessageContaining(argument);
    }

    @Test
    void get_withoutLoader_namesTheSetting() {
        assertThatThrownBy(() -> users().build().get(1L))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("'users'")
                .hasMessageContaining("loader(…)");
    }

    /** Has nothing that JSON could hold. */
    static final class Unserialisable {}

    /** Can be written, but not read back. */
    static final class WriteOnly {
        private final int number;

        WriteOnly(int number, String unused) {
            this.number = number + unused.length();
        }

        public int getNumber() {
            return number;
        }
    }

    @Test
    void unserialisableValue_isAnErrorThatNamesTypeAndRemedy() {
        TwoLevelCache<Long, Unserialisable> cache = duet.cache("odd", Long.class, Unserialisable.class)
                .loader(key -> new Unserialisable())
                .build();

        for (ThrowingCallable call :
                List.<ThrowingCallable>of(() -> cache.get(1L), () -> cache.put(1L, new Unserialisable()))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(CodecException.class, e -> {
                        assertThat(e.cache()).isEqualTo("odd");
                        assertThat(e.key()).isEqualTo("1");
                    })
                    .hasMessageContaining("Unserialisable")
                    .hasMessageContaining("codec(…)");
        }
    }

    @Test
    void valueThatCannotBeReadBack_isAnErrorAtOnce() {
        TwoLevelCache<Long, WriteOnly> cache =
                duet.cache("odd", Long.class, WriteOnly.class).build();

        assertThatThrownBy(() -> cache.put(1L, new WriteOnly(1, "")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("WriteOnly");
    }

    record Address(String city, Set<String> tags, Map<String, Integer> floors) {}

    @Test
    void keys_ofEveryKind_findTheirValues() {
        assertKey(String.class, "a b:{c}\n\u00e4\uD83D\uDE00");
        assertKey(Long.class, Long.MIN_VALUE);
        assertKey(Integer.class, -1);
        assertKey(UUID.class, UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        assertKey(DayOfWeek.class, DayOfWeek.MONDAY);
        assertKey(Address.class, new Address("Rome", Set.of("x", "y", "z"), Map.of("b", 2, "a", 1)));
    }

    /** Has no equals. */
    static final class Identity {
        public int number;
    }

    @Test
    void key_withoutEquals_isRefused() {
        TwoLevelCache<Identity, String> cache =
                duet.cache("odd", Identity.class, String.class).build();

        assertThatThrownBy(() -> cache.put(new Identity(), "x"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("equals");
    }

    @Test
    void values_withTypeParameters_comeBackAsThey_are() {
        TwoLevelCache<Long, List<Address>> cache =
                duet.cache("lists", Long.class, new TypeRef<List<Address>>() {}).build();
        List<Address> value = List.of(new Address("Rome", Set.of("x"), Map.of()));
        cache.put(1L, value);

        try (Duet other = Duet.builder().store(store).build()) {
            assertThat(other.cache("lists", Long.class, new TypeRef<List<Address>>() {})
                            .build()
                            .getIfPresent(1L))
                    .isEqualTo(value);
        }
    }

    @Test
    void codecs_cbor_isUsed() {
        try (Duet writer = Duet.builder().store(store).codecs(Codecs.cbor()).build();
                Duet reader = Duet.builder().store(store).codecs(Codecs.cbor()).build()) {
            writer.cache("users", Long.class, String.class).build().put(1L, "one");

            assertThat(reader.cache("users", Long.class, String.class).build().getIfPresent(1L))
                    .isEqualTo("one");
            assertThat(users().build().getIfPresent(1L)).isNull();
        }
    }

    @Test
    void close_thenUse_isRefused() {
        Duet closed = Duet.builder().store(store).build();
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.cache("x", Long.class, String.class).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private <K> void assertKey(Class<K> type, K key) {
        TwoLevelCache<K, String> cache =
                duet.cache("by-" + type.getSimpleName(), type, String.class).build();
        try (Duet other = Duet.builder().store(store).build()) {
            TwoLevelCache<K, String> there = other.cache("by-" + type.getSimpleName(), type, String.class)
                    .build();
            cache.put(key, "old");
            assertThat(there.getIfPresent(key)).isEqualTo("old");
            cache.put(key, "new");
            assertThat(there.getIfPresent(key)).isEqualTo("new");
        }
    }

    private CacheBuilder<Long, String> users() {
        return duet.cache("users", Long.class, String.class);
    }

    private static void assertRefused(ThrowingCallable call, String setting) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(setting);
    }
}
