package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of keys so that they are cached. */
class WarmTest {

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final List<WarmProgress> told = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<Long> insert(int users) {
        List<Long> ids = LongStream.range(0, users).boxed().toList();
        ids.forEach(id -> cluster.commit(id, "v" + id));
        return ids;
    }

    @Test
    void warm_tellsAfterEachPartOfFiveHundred() {
        List<Long> ids = insert(1_100);

        WarmProgress end = n1.users.warm(ids, told::add);

        assertThat(told)
                .containsExactly(
                        new WarmProgress(1_100, 500, 500, 0),
                        new WarmProgress(1_100, 1_000, 1_000, 0),
                        new WarmProgress(1_100, 1_100, 1_100, 0));
        assertThat(end).isEqualTo(told.get(2));
        assertThat(end.isComplete()).isTrue();
        assertThat(told.get(0).isComplete()).isFalse();
        assertThat(n1.isNear(1_099)).isTrue();
        assertThat(cluster.loads).hasValue(1_100);
    }

    @Test
    void warm_heldAlready_countsAsDoneAndNotAsLoaded() {
        List<Long> ids = insert(10);
        n1.email(0);
        cluster.node().email(1);

        assertThat(n1.users.warm(ids, told::add)).isEqualTo(new WarmProgress(10, 10, 8, 0));
    }

    @Test
    void warm_duplicates_countOnce() {
        insert(2);

        assertThat(n1.users.warm(List.of(1L, 0L, 1L), told::add)).isEqualTo(new WarmProgress(2, 2, 2, 0));
    }

    @Test
    void warm_nothing_isCompleteAndTellsNobody() {
        assertThat(n1.users.warm(List.of(), told::add)).isEqualTo(new WarmProgress(0, 0, 0, 0));
        assertThat(told).isEmpty();
    }

    @Test
    void warm_someKeysFail_countsThemAndLoadsTheOthers() {
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("partly", Long.class, User.class)
                .loader(key -> {
                    if (key % 10 == 0) {
                        throw new IOException("broken " + key);
                    }
                    return cluster.select(key);
                })
                .build();

        assertThat(cache.warm(insert(600), told::add)).isEqualTo(new WarmProgress(600, 600, 540, 60));
        assertThat(told).hasSize(2);
        assertThat(cache.getIfPresent(599L)).isNotNull();
    }

    @Test
    void warm_partFails_isSkipped() {
        AtomicBoolean first = new AtomicBoolean(true);
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("bulk", Long.class, User.class)
                .bulkLoader(keys -> {
                    if (first.getAndSet(false)) {
                        throw new IOException("broken");
                    }
                    Map<Long, User> users = new HashMap<>();
                    keys.forEach(key -> users.put(key, cluster.select(key)));
                    return users;
                })
                .build();

        assertThat(cache.warm(insert(600), told::add)).isEqualTo(new WarmProgress(600, 600, 100, 500));
    }

    @Test
    void warm_keyRefusedByTheCodec_countsItsPartAsFailed() {
        TwoLevelCache<String, String> cache = n1.duet
                .cache("texts", String.class, String.class)
                .loader(key -> key)
                .build();
        List<String> keys = new ArrayList<>(
                LongStream.range(0, 600).mapToObj(id -> "k" + id).toList());
        keys.set(7, "half of a pair: \uD83D");

        assertThat(cache.warm(keys, told::add)).isEqualTo(new WarmProgress(600, 600, 100, 500));
        assertThat(told).hasSize(2);
        assertThat(cache.get("k1")).isEqualTo("k1");
    }

    @Test
    void warm_absent_countsAsLoaded() {
        assertThat(n1.users.warm(List.of(1L), told::add)).isEqualTo(new WarmProgress(1, 1, 1, 0));
    }

    @Test
    void warm_listenerThrows_endsIt() {
        IllegalStateException enough = new IllegalStateException("enough");
        List<Long> ids = insert(1_100);

        assertThatThrownBy(() -> n1.users.warm(ids, progress -> {
                    throw enough;
                }))
                .isSameAs(enough);

        assertThat(cluster.loads).hasValue(500);
    }

    @Test
    void warm_listener_isToldOnTheCallersThread() {
        List<Thread> threads = new ArrayList<>();

        n1.users.warm(insert(1), progress -> threads.add(Thread.currentThread()));

        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void warm_interrupted_endsWithTheFlag() throws Exception {
        CompletableFuture<User> never = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("never", Long.class, User.class)
                .asyncLoader((key, executor) -> never)
                .build();

        assertThat(elsewhere(() -> {
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(() -> cache.warm(List.of(1L), told::add))
                            .isInstanceOf(CacheException.class)
                            .hasMessageContaining("interrupted");
                    return Thread.currentThread().isInterrupted();
                }))
                .isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void warm_withoutLoader_namesTheSetting() {
        TwoLevelCache<Long, User> cache =
                n1.duet.cache("none", Long.class, User.class).build();

        assertThatThrownBy(() -> cache.warm(List.of(1L), told::add))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("loader(…)");
    }

    @Test
    void warm_nullListener_isRefused() {
        assertThatThrownBy(() -> n1.users.warm(List.of(1L), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("progress");
    }
}
