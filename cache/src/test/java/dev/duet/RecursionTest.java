package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loaders that ask their cache for what waits for them. */
class RecursionTest {

    private static final long ID = 456;

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        cluster.commit(7, "seven");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** That a read ends with the finding, and that the cache is as before. */
    private void assertRecursive(Callable<?> read) {
        assertThatThrownBy(() -> elsewhere(read))
                .satisfies(e -> assertThat(Thrown.cause(e))
                        .isInstanceOfSatisfying(RecursiveLoadException.class, found -> {
                            assertThat(found.cache()).isEqualTo("users");
                            assertThat(found.key()).isEqualTo("" + ID);
                            assertThat(found).hasMessageContaining("the loader of key '456' of cache 'users'");
                            assertThat(found.getSuppressed()).isEmpty();
                            assertThat(found).hasNoCause();
                        }));
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void get_sameKey_isFound() {
        n1.loadNext(key -> n1.users.get(key));

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_sameKeyByAsync_isFound() {
        n1.loadNext(key -> n1.users.async().get(key).join());

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_sameKeyByGetAll_isFoundAndLeavesNoFlightBehind() {
        n1.loadNext(key -> n1.users.getAll(List.of(7L, key)).get(key));

        assertRecursive(() -> n1.users.get(ID));
        assertThat(n1.email(7)).isEqualTo("seven");
    }

    @Test
    void getAll_sameKey_isFound() {
        n1.loadNext(key -> n1.users.get(ID));

        assertRecursive(() -> n1.users.getAll(List.of(7L, ID)));
    }

    @Test
    void asyncGet_sameKey_isFound() {
        n1.loadNext(key -> n1.users.get(key));

        assertRecursive(() -> n1.users.async().get(ID).join());
    }

    @Test
    void get_sameKeyWithAnotherLoader_isFound() {
        n1.loadNext(key -> n1.users.get(key, other -> new User(other, "other", 1)));

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_sameKeyThroughAnotherCache_isFound() {
        TwoLevelCache<Long, User> other = n1.duet
                .cache("other", Long.class, User.class)
                .loader(key -> n1.users.get(key))
                .build();
        n1.loadNext(other::get);

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_sameKeyAfterItsFlightWasDetached_isFound() {
        n1.loadNext(key -> {
            n1.users.invalidate(key);
            return n1.users.get(key);
        });

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_sameKeyInTheMiddleOfAWrite_isFound() {
        n1.users.update(ID, () -> {
            n1.loadNext(key -> n1.users.get(key));
            assertThatThrownBy(() -> n1.users.get(ID)).isInstanceOf(RecursiveLoadException.class);
            assertThat(n1.email(ID)).isEqualTo("v1");
        });
    }

    @Test
    void getAll_sameKeyInTheMiddleOfAWrite_isFound() {
        n1.users.update(ID, () -> {
            n1.loadNext(key -> n1.users.getAll(List.of(key)).get(key));
            assertThatThrownBy(() -> n1.users.get(ID)).isInstanceOf(RecursiveLoadException.class);
        });
    }

    @Test
    void get_sameKeyByAWriteInItsLoader_isFound() {
        n1.loadNext(key -> n1.users.update(7L, () -> n1.users.get(key)));

        assertRecursive(() -> n1.users.get(ID));
    }

    @Test
    void get_hardTimeout_isFoundThoughTheLoaderRunsElsewhere() {
        try (Duet duet = Duet.builder().store(InMemoryStore.create()).build()) {
            List<TwoLevelCache<Long, User>> cache = new ArrayList<>();
            TwoLevelCache<Long, User> other = duet.cache("other", Long.class, User.class)
                    .loader(key -> cache.get(0).get(key))
                    .hardTimeout(Duration.ofSeconds(60))
                    .build();
            cache.add(duet.cache("users", Long.class, User.class)
                    .loader(other::get)
                    .hardTimeout(Duration.ofSeconds(60))
                    .build());

            assertThatThrownBy(() -> elsewhere(() -> cache.get(0).get(ID)))
                    .hasCauseInstanceOf(RecursiveLoadException.class);
        }
    }

    @Test
    void get_otherKeys_isFine() {
        n1.loadNext(key -> new User(key, n1.email(7), 1));

        assertThat(n1.email(ID)).isEqualTo("seven");
    }

    @Test
    void get_otherKeyThatIsBeingLoaded_joinsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<User> seven = new CompletableFuture<>();
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("joined", Long.class, User.class)
                .loader(key -> n1.users.get(key))
                .build();
        n1.loadNext(key -> {
            begun.countDown();
            return seven.get(10, TimeUnit.SECONDS);
        });
        CompletableFuture<User> first = CompletableFuture.supplyAsync(() -> n1.users.get(7L));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<User> second = CompletableFuture.supplyAsync(() -> cache.get(7L));

        seven.complete(new User(7, "loaded", 1));

        assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(new User(7, "loaded", 1));
    }

    @Test
    void get_sameKeyAfterItsLoad_isFine() {
        n1.loadNext(key -> n1.users.get(7L));
        n1.email(ID);

        assertThat(n1.email(ID)).isEqualTo("seven");
        assertThat(n1.email(7)).isEqualTo("seven");
    }

    @Test
    void getIfPresent_sameKey_isNothing() {
        n1.loadNext(key -> n1.users.getIfPresent(key) == null ? cluster.select(key) : null);

        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void get_twoLoadersThatAskForEachOthersKeys_oneIsFoundAndBothEnd() throws Exception {
        for (int round = 0; round < 50; round++) {
            Map<Long, Long> asksFor = new HashMap<>();
            asksFor.put(1L, 2L);
            asksFor.put(2L, 1L);
            CountDownLatch both = new CountDownLatch(2);
            List<TwoLevelCache<Long, User>> cache = new ArrayList<>();
            cache.add(n1.duet
                    .cache("round" + round, Long.class, User.class)
                    .loader(key -> {
                        both.countDown();
                        assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
                        return cache.get(0).get(asksFor.get(key));
                    })
                    .build());

            CompletableFuture<User> one =
                    CompletableFuture.supplyAsync(() -> cache.get(0).get(1L));
            CompletableFuture<User> two =
                    CompletableFuture.supplyAsync(() -> cache.get(0).get(2L));

            for (CompletableFuture<User> each : List.of(one, two)) {
                assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(RecursiveLoadException.class);
            }
        }
    }

    @Test
    void get_loaderThatCopesWithTheFinding_goesOn() {
        n1.loadNext(key -> {
            assertThatThrownBy(() -> n1.users.get(key)).isInstanceOf(RecursiveLoadException.class);
            return cluster.select(key);
        });

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.isNear(ID)).isTrue();
    }

    @Test
    void get_recursive_isNotAnsweredWithAStaleValue() {
        Member n3 = cluster.node(0, settings -> settings.staleIfError(Duration.ofHours(1)));
        n3.email(ID);
        cluster.advance(Cluster.TTL);
        n3.loadNext(key -> n3.users.get(key));

        assertThatThrownBy(() -> n3.users.get(ID)).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void asyncLoader_sameKeyInItsStage_isFound() {
        List<TwoLevelCache<Long, User>> cache = new ArrayList<>();
        cache.add(n1.duet
                .cache("async", Long.class, User.class)
                .asyncLoader((key, executor) -> cache.get(0).async().get(key))
                .build());

        assertThatThrownBy(() -> elsewhere(() -> cache.get(0).async().get(ID).join()))
                .isInstanceOf(Exception.class)
                .satisfies(e -> assertThat(Thrown.cause(e)).isInstanceOf(RecursiveLoadException.class));
        assertThatThrownBy(() -> cache.get(0).async().get(ID).join()).isInstanceOf(CompletionException.class);
    }
}
