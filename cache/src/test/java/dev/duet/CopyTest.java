package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.Cluster.Member;
import dev.duet.store.codec.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that readers may change, since each gets a copy of its own. */
class CopyTest {

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private CacheBuilder<Long, List<String>> builder(Member node) {
        return node.duet
                .cache("tags", Long.class, new TypeRef<List<String>>() {})
                .expireAfterWrite(Cluster.TTL)
                .ttlJitter(0)
                .refreshBeta(0)
                .copyNearValues();
    }

    private TwoLevelCache<Long, List<String>> tags(Member node) {
        return builder(node).loader(this::load).build();
    }

    private List<String> load(Long key) {
        loads.incrementAndGet();
        return new ArrayList<>(List.of("a", "b"));
    }

    private static void assertUnchanged(TwoLevelCache<Long, List<String>> cache) {
        assertThat(cache.get(1L)).containsExactly("a", "b");
    }

    @Test
    void get_loaded_isAnotherThanTheNearOne() {
        TwoLevelCache<Long, List<String>> cache = tags(n1);

        cache.get(1L).clear();

        assertUnchanged(cache);
        assertThat(loads).hasValue(1);
    }

    @Test
    void get_loaderKeepsItsValue_changesToThatDoNotShow() {
        List<String> kept = new ArrayList<>(List.of("a", "b"));
        TwoLevelCache<Long, List<String>> cache =
                builder(n1).loader(key -> kept).build();
        cache.get(1L);

        kept.clear();

        assertUnchanged(cache);
    }

    @Test
    void get_nearHits_areCopies() {
        TwoLevelCache<Long, List<String>> cache = tags(n1);
        cache.get(1L);

        cache.get(1L).clear();
        cache.getIfPresent(1L).clear();
        cache.getEntry(1L).value().clear();
        cache.getEntryIfPresent(1L).value().clear();
        cache.getAll(List.of(1L)).get(1L).clear();
        cache.async().get(1L).join().clear();
        cache.async().getIfPresent(1L).join().clear();

        assertUnchanged(cache);
        assertThat(cache.stats().nearHits()).isEqualTo(8);
    }

    @Test
    void get_storeHits_areCopies() {
        tags(n1).get(1L);
        TwoLevelCache<Long, List<String>> cache = tags(n2);

        cache.get(1L).clear();

        assertUnchanged(cache);
        assertThat(loads).hasValue(1);
    }

    @Test
    void getIfPresent_storeHit_isACopy() {
        tags(n1).get(1L);
        TwoLevelCache<Long, List<String>> cache = tags(n2);

        cache.getIfPresent(1L).clear();

        assertUnchanged(cache);
    }

    @Test
    void get_joined_eachGetsItsOwn() {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        TwoLevelCache<Long, List<String>> cache =
                builder(n1).asyncLoader((key, executor) -> answer).build();
        CompletableFuture<List<String>> first = cache.async().get(1L);
        CompletableFuture<List<String>> second = cache.async().get(1L);
        CompletableFuture<Map<Long, List<String>>> third = cache.async().getAll(List.of(1L));
        answer.complete(load(1L));

        first.join().clear();
        third.join().get(1L).clear();

        assertThat(second.join()).containsExactly("a", "b");
        assertUnchanged(cache);
    }

    @Test
    void get_joinedWithTimeouts_eachGetsItsOwn() {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        TwoLevelCache<Long, List<String>> cache = builder(n1)
                .asyncLoader((key, executor) -> answer)
                .hardTimeout(Duration.ofSeconds(10))
                .build();
        CompletableFuture<List<String>> first = cache.async().get(1L);
        CompletableFuture<List<String>> second = cache.async().get(1L);
        answer.complete(load(1L));

        first.join().clear();

        assertThat(second.join()).containsExactly("a", "b");
        assertUnchanged(cache);
    }

    @Test
    void get_previousValueChangedByTheLoader_doesNotShow() {
        TwoLevelCache<Long, List<String>> cache = builder(n1)
                .staleIfError(Duration.ofHours(1))
                .conditionalLoader((key, previous) -> {
                    if (previous == null) {
                        return LoadResult.of(load(key));
                    }
                    previous.value().clear();
                    return LoadResult.unchanged();
                })
                .build();
        cache.get(1L);
        cluster.advance(Cluster.TTL);

        assertUnchanged(cache);
        assertUnchanged(cache);
        assertThat(loads).hasValue(1);
    }

    @Test
    void put_valueChangedAfterwards_doesNotShow() {
        TwoLevelCache<Long, List<String>> cache = tags(n1);
        List<String> value = load(1L);
        cache.put(1L, value);

        value.clear();

        assertUnchanged(cache);
        assertUnchanged(tags(n2));
        assertThat(loads).hasValue(1);
    }

    @Test
    void get_absent_isRemembered() {
        TwoLevelCache<Long, List<String>> cache = builder(n1)
                .loader(key -> {
                    loads.incrementAndGet();
                    return null;
                })
                .cacheAbsence(Duration.ofSeconds(5))
                .build();

        assertThat(cache.get(1L)).isNull();
        assertThat(cache.get(1L)).isNull();

        assertThat(loads).hasValue(1);
    }

    @Test
    void get_storeDown_copiesAllTheSame() {
        TwoLevelCache<Long, List<String>> cache = tags(n1);
        n1.link.down(true);

        cache.get(1L).clear();

        assertUnchanged(cache);
        assertThat(loads).hasValue(1);
    }

    @Test
    void get_staleServed_isACopy() {
        TwoLevelCache<Long, List<String>> cache = builder(n1)
                .staleIfError(Duration.ofHours(1))
                .loader(key -> {
                    if (loads.get() > 0) {
                        throw new IllegalStateException("broken");
                    }
                    return load(key);
                })
                .build();
        cache.get(1L);
        cluster.advance(Cluster.TTL);

        cache.get(1L).clear();

        assertUnchanged(cache);
        assertThat(cache.getEntry(1L).stale()).isTrue();
    }

    @Test
    void weigher_weighsTheValue_notItsBytes() {
        List<List<String>> weighed = new ArrayList<>();
        TwoLevelCache<Long, List<String>> cache = builder(n1)
                .maximumWeight(20, (key, value) -> {
                    synchronized (weighed) {
                        weighed.add(value);
                    }
                    return value.size();
                })
                .loader(this::load)
                .build();

        for (long id = 0; id < 200; id++) {
            cache.get(id);
        }

        await().untilAsserted(() -> assertThat(cache.stats().nearSize()).isLessThanOrEqualTo(10));
        assertThat(weighed).contains(List.of("a", "b"));
    }

    @Test
    void get_withoutIt_allShareOneObject() {
        TwoLevelCache<Long, List<String>> cache = n1.duet
                .cache("shared", Long.class, new TypeRef<List<String>>() {})
                .loader(this::load)
                .build();
        List<String> first = cache.get(1L);

        assertThat(cache.get(1L)).isSameAs(first);
    }

    /** Refuses to be read once it has been told to. */
    private static final class Fragile implements ValueCodec<String> {
        private volatile boolean broken;

        @Override
        public byte[] encode(String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            if (broken) {
                throw new IllegalStateException("broken codec");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public String format() {
            return "fragile";
        }
    }

    @Test
    void get_copyFailsWithTimeouts_failsAndNobodyWaitsForEver() {
        Fragile codec = new Fragile();
        CompletableFuture<String> answer = new CompletableFuture<>();
        TwoLevelCache<Long, String> cache = n1.duet
                .cache("fragile", Long.class, String.class)
                .codec(codec)
                .copyNearValues()
                .asyncLoader((key, executor) -> answer)
                .hardTimeout(Duration.ofSeconds(10))
                .build();
        cache.put(2L, "read back once");
        CompletableFuture<String> reader = cache.async().get(1L);

        codec.broken = true;
        answer.complete("loaded");

        assertThat(reader).isCompletedExceptionally();
        assertThatThrownBy(reader::join).hasRootCauseMessage("broken codec");
    }
}
