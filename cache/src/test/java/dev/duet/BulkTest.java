package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.Operation;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads and writes of many keys. */
class BulkTest {

    private final Cluster cluster = new Cluster();
    private final List<Set<Long>> bulks = new CopyOnWriteArrayList<>();
    private volatile BulkLoader<Long, User> bulkLoader = this::selectAll;
    private final Member n1 =
            cluster.node(0, settings -> settings.bulkLoader(this::load).cacheAbsence(Duration.ofSeconds(5)));
    private final Member n2 =
            cluster.node(0, settings -> settings.bulkLoader(this::load).cacheAbsence(Duration.ofSeconds(5)));
    private final Member single = cluster.node();

    @BeforeEach
    void insert() {
        LongStream.range(0, 10).forEach(id -> cluster.commit(id, "v" + id));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private Map<? extends Long, ? extends User> load(Set<? extends Long> keys) throws Exception {
        bulks.add(Set.copyOf(keys));
        return bulkLoader.loadAll(keys);
    }

    private Map<Long, User> selectAll(Set<? extends Long> keys) {
        Map<Long, User> users = new HashMap<>();
        keys.forEach(key -> users.put(key, cluster.database.get(key)));
        return users;
    }

    private static Set<String> emails(Map<Long, User> users) {
        return Set.copyOf(users.values().stream().map(User::email).toList());
    }

    /** The round trips that a call of this node takes, each by the names of its operations. */
    private static List<String> roundTrips(Member node, Runnable call) {
        int before = node.link.roundTrips().size();
        call.run();
        return node.link.roundTrips().subList(before, node.link.roundTrips().size()).stream()
                .map(together ->
                        together.size() + " " + together.get(0).getClass().getSimpleName())
                .toList();
    }

    @Test
    void getAll_cold_takesOneLeaseTripOneLoadAndOneFillTrip() {
        assertThat(roundTrips(n1, () -> n1.users.getAll(List.of(1L, 2L, 3L)))).containsExactly("3 Lease", "3 Fill");

        assertThat(bulks).containsExactly(Set.of(1L, 2L, 3L));
        assertThat(cluster.loads).hasValue(0);
        assertThat(n1.users.stats().loads()).isEqualTo(3);
    }

    @Test
    void getAll_near_asksNobody() {
        n1.users.getAll(List.of(1L, 2L));

        assertThat(roundTrips(
                        n1, () -> assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2)))
                .isEmpty();
        assertThat(bulks).hasSize(1);
        assertThat(n1.users.stats().nearHits()).isEqualTo(2);
    }

    @Test
    void getAll_someNearSomeStored_loadsExactlyTheRest() {
        n2.users.getAll(List.of(1L, 2L));
        n1.users.getAll(List.of(3L));
        bulks.clear();

        List<String> trips = roundTrips(
                n1,
                () -> assertThat(emails(n1.users.getAll(List.of(1L, 2L, 3L, 4L, 5L))))
                        .containsExactlyInAnyOrder("v1", "v2", "v3", "v4", "v5"));

        assertThat(trips).containsExactly("4 Lease", "2 Fill");
        assertThat(bulks).containsExactly(Set.of(4L, 5L));
        assertThat(n1.users.stats().storeHits()).isEqualTo(2);
    }

    @Test
    void getAll_fromTheStore_isNearAfterwards() {
        n2.users.getAll(List.of(1L, 2L));

        n1.users.getAll(List.of(1L, 2L));

        assertThat(n1.isNear(1)).isTrue();
        assertThat(n1.isNear(2)).isTrue();
    }

    @Test
    void getAll_keepsTheOrderOfTheKeys() {
        n1.users.get(5L);
        n2.users.get(3L);

        assertThat(n1.users.getAll(List.of(9L, 5L, 1L, 3L, 0L)).keySet()).containsExactly(9L, 5L, 1L, 3L, 0L);
    }

    @Test
    void getAll_duplicates_areReadOnce() {
        List<String> trips = roundTrips(
                n1,
                () -> assertThat(n1.users.getAll(List.of(1L, 2L, 1L, 2L)).keySet())
                        .containsExactly(1L, 2L));

        assertThat(trips).containsExactly("2 Lease", "2 Fill");
    }

    @Test
    void getAll_none_doesNothing() {
        assertThat(roundTrips(n1, () -> assertThat(n1.users.getAll(List.of())).isEmpty()))
                .isEmpty();
        assertThat(bulks).isEmpty();
    }

    @Test
    void getAll_result_isTheCallersOwn() {
        Map<Long, User> users = n1.users.getAll(List.of(1L));

        users.clear();

        assertThat(n1.users.getAll(List.of(1L))).hasSize(1);
    }

    @Test
    void getAll_absentKeys_areLeftOutAndRemembered() {
        assertThat(n1.users.getAll(List.of(1L, 77L)).keySet()).containsExactly(1L);
        bulks.clear();

        assertThat(n1.users.getAll(List.of(77L))).isEmpty();
        assertThat(n2.users.getAll(List.of(77L, 1L)).keySet()).containsExactly(1L);

        assertThat(bulks).isEmpty();
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void getAll_absentWithoutCacheAbsence_isLoadedAgainAndLeavesNoLease() {
        single.users.getAll(List.of(77L, 78L));
        single.users.getAll(List.of(77L, 78L));

        assertThat(cluster.loads).hasValue(4);
    }

    @Test
    void getAll_oneKey_usesTheLoaderForOne() {
        n1.users.getAll(List.of(1L));

        assertThat(bulks).isEmpty();
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void getAll_withoutBulkLoader_loadsOneByOneAndFillsTogether() {
        assertThat(roundTrips(single, () -> single.users.getAll(List.of(1L, 2L, 3L))))
                .containsExactly("3 Lease", "3 Fill");

        assertThat(cluster.loads).hasValue(3);
    }

    @Test
    void get_onACacheThatHasOnlyABulkLoader_usesIt() {
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("bulk-only", Long.class, User.class)
                .bulkLoader(this::load)
                .build();

        assertThat(cache.get(1L)).isEqualTo(cluster.database.get(1L));
        assertThat(cache.get(77L)).isNull();
        assertThat(bulks).containsExactly(Set.of(1L), Set.of(77L));
    }

    @Test
    void getAll_withLoaderOfItsOwn_usesIt() {
        Map<Long, User> users = single.users.getAll(List.of(1L, 2L), keys -> {
            Map<Long, User> given = new HashMap<>();
            keys.forEach(key -> given.put(key, new User(key, "given", 1)));
            return given;
        });

        assertThat(emails(users)).containsExactly("given");
        assertThat(single.isNear(1)).isTrue();
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void getAll_withoutAnyLoader_servesWhatIsCachedAndElseNamesTheSetting() {
        TwoLevelCache<Long, User> cache =
                n1.duet.cache("none", Long.class, User.class).build();
        cache.put(1L, new User(1, "put", 1));

        assertThat(cache.getAll(List.of(1L))).hasSize(1);
        assertThatThrownBy(() -> cache.getAll(List.of(1L, 2L)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("loader(…)");
    }

    @Test
    void getAll_asyncBulkLoader_loadsOnce() {
        CompletableFuture<Map<Long, User>> answer = new CompletableFuture<>();
        List<Set<? extends Long>> asked = new ArrayList<>();
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("async-bulk", Long.class, User.class)
                .asyncBulkLoader((keys, executor) -> {
                    asked.add(keys);
                    return answer;
                })
                .build();
        CompletableFuture<Map<Long, User>> users = cache.async().getAll(List.of(1L, 2L));
        assertThat(users).isNotDone();

        answer.complete(Map.of(1L, new User(1, "later", 1)));

        assertThat(users).isCompletedWithValue(Map.of(1L, new User(1, "later", 1)));
        assertThat(asked).hasSize(1);
        assertThat(cache.getIfPresent(1L)).isNotNull();
    }

    @Test
    void getAll_asyncBulkLoaderReturnsNoStage_namesIt() {
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("async-bulk", Long.class, User.class)
                .asyncBulkLoader((keys, executor) -> nothing())
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1L, 2L)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("asyncBulkLoader of cache 'async-bulk' returned null");
    }

    @Test
    void getAll_loaderThrows_reachesTheCallerAsItselfAndLeasesAreReleased() {
        IOException broken = new IOException("broken");
        bulkLoader = keys -> {
            throw broken;
        };
        assertThatThrownBy(() -> n1.users.getAll(List.of(1L, 2L))).isSameAs(broken);
        assertThat(broken.getSuppressed()).isEmpty();
        bulkLoader = this::selectAll;

        assertThat(roundTrips(
                        n2, () -> assertThat(n2.users.getAll(List.of(1L, 2L))).hasSize(2)))
                .containsExactly("2 Lease", "2 Fill");

        assertThat(n1.users.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void getAll_loaderThrows_reachesThoseWhoJoinedAsItself() {
        IOException broken = new IOException("broken");
        List<CompletableFuture<User>> joined = new ArrayList<>();
        bulkLoader = keys -> {
            joined.add(elsewhere(() -> n1.users.async().get(1L)));
            throw broken;
        };

        assertThatThrownBy(() -> n1.users.getAll(List.of(1L, 2L))).isSameAs(broken);

        assertThat(joined.get(0)).isCompletedExceptionally();
        assertThatThrownBy(joined.get(0)::join).hasCause(broken);
    }

    @Test
    void getAll_loaderReturnsNull_isAnErrorThatNamesTheRemedy() {
        bulkLoader = keys -> nothing();

        assertThatThrownBy(() -> n1.users.getAll(List.of(1L, 2L)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("bulkLoader of cache 'users' returned null")
                .hasMessageContaining("return a map");
    }

    @Test
    void getAll_loaderReturnsMoreThanAskedFor_leavesItOutAndKeepsItNot() {
        bulkLoader = keys -> {
            Map<Long, User> users = selectAll(keys);
            users.put(9L, new User(9, "not asked for", 1));
            return users;
        };

        assertThat(n1.users.getAll(List.of(1L, 2L)).keySet()).containsExactly(1L, 2L);

        assertThat(n1.users.getIfPresent(9L)).isNull();
    }

    @Test
    void getAll_loaderReturnsAnImmutableMap_isFine() {
        bulkLoader = keys -> Map.of(1L, cluster.database.get(1L));

        assertThat(n1.users.getAll(List.of(1L, 2L)).keySet()).containsExactly(1L);
    }

    @Test
    void getAll_loaderReturnsAMapThatThrows_failsWithThat() {
        IllegalStateException odd = new IllegalStateException("odd map");
        bulkLoader = keys -> new TreeMap<Long, User>() {
            private static final long serialVersionUID = 1L;

            @Override
            public User get(Object key) {
                throw odd;
            }
        };

        assertThatThrownBy(() -> n1.users.getAll(List.of(1L, 2L))).isSameAs(odd);
        bulkLoader = this::selectAll;
        assertThat(n2.users.getAll(List.of(1L, 2L))).hasSize(2);
    }

    @Test
    void getAll_loaderChangesItsKeys_isRefused() {
        bulkLoader = keys -> {
            keys.clear();
            return Map.of();
        };

        assertThatThrownBy(() -> n1.users.getAll(List.of(1L, 2L))).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void getAll_someSingleLoadsFail_throwsTheFirstAsItIsAndCachesTheRest() {
        IOException first = new IOException("first");
        IOException second = new IOException("second");
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("partly", Long.class, User.class)
                .loader(key -> {
                    if (key < 3) {
                        throw key == 1 ? first : second;
                    }
                    return cluster.select(key);
                })
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1L, 3L, 2L, 4L)))
                .isSameAs(first)
                .satisfies(e -> assertThat(e.getSuppressed()).isEmpty());

        assertThat(cache.getIfPresent(3L)).isNotNull();
        assertThat(cache.getIfPresent(4L)).isNotNull();
        assertThat(cache.getIfPresent(1L)).isNull();
    }

    @Test
    void getAll_oneValueCannotBeEncoded_failsForThatAloneAndCachesTheRest() {
        @SuppressWarnings("UnusedMethod") // the codec calls it
        record Fragile(String text) {
            @Override
            public String text() {
                if (text.isEmpty()) {
                    throw new IllegalStateException("cannot be read");
                }
                return text;
            }
        }
        TwoLevelCache<Long, Fragile> cache = n1.duet
                .cache("odd", Long.class, Fragile.class)
                .loader(key -> new Fragile(key == 1 ? "" : "fine"))
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1L, 2L))).isInstanceOf(CodecException.class);

        assertThat(cache.getIfPresent(2L)).isEqualTo(new Fragile("fine"));
    }

    @Test
    void getAll_joinsAFlightOfASingleGet() {
        List<CompletableFuture<Map<Long, User>>> bulk = new ArrayList<>();
        n1.loadNext(key -> {
            bulk.add(elsewhere(() -> n1.users.async().getAll(List.of(1L, 2L))));
            return cluster.select(key);
        });

        n1.users.get(1L);

        assertThat(bulk.get(0).join().keySet()).containsExactly(1L, 2L);
        assertThat(n1.users.stats().joined()).isEqualTo(1);
        assertThat(cluster.loads).hasValue(2);
        assertThat(bulks).isEmpty();
    }

    @Test
    void get_joinsABulksFlight() {
        List<CompletableFuture<User>> one = new ArrayList<>();
        bulkLoader = keys -> {
            one.add(elsewhere(() -> n1.users.async().get(2L)));
            assertThat(one.get(0)).isNotDone();
            return selectAll(keys);
        };

        n1.users.getAll(List.of(1L, 2L));

        assertThat(one.get(0)).isCompletedWithValue(cluster.database.get(2L));
        assertThat(bulks).hasSize(1);
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void getAll_keysLoadedByAnotherNode_areWaitedForAfterTheOwnAreFilled() throws Exception {
        List<CompletableFuture<Map<Long, User>>> waiting = new ArrayList<>();
        n2.pause(nanos -> Thread.onSpinWait());
        n1.loadNext(key -> {
            CompletableFuture<Map<Long, User>> bulk =
                    CompletableFuture.supplyAsync(() -> n2.users.getAll(List.of(1L, 2L, 3L)));
            waiting.add(bulk);
            await().until(() -> n1.users.getIfPresent(2L) != null && n1.users.getIfPresent(3L) != null);
            assertThat(bulk).isNotDone();
            return cluster.select(key);
        });

        n1.users.get(1L);

        assertThat(waiting.get(0)).succeedsWithin(Duration.ofSeconds(10));
        assertThat(waiting.get(0).get().keySet()).containsExactly(1L, 2L, 3L);
        assertThat(cluster.loads).hasValue(1);
        assertThat(bulks).containsExactly(Set.of(2L, 3L));
    }

    @Test
    void getAll_overlappingOnTwoNodesAndInOtherOrder_endsAndLoadsEachKeyOnce() throws Exception {
        List<Long> keys = LongStream.range(100, 300).boxed().toList();
        keys.forEach(id -> cluster.commit(id, "v" + id));
        List<Long> backwards = new ArrayList<>(keys);
        Collections.reverse(backwards);
        n1.pause(nanos -> Thread.onSpinWait());
        n2.pause(nanos -> Thread.onSpinWait());
        for (int round = 0; round < 20; round++) {
            n1.users.invalidateAll();
            bulks.clear();
            CountDownLatch both = new CountDownLatch(2);
            CompletableFuture<Map<Long, User>> there = CompletableFuture.supplyAsync(() -> {
                meet(both);
                return n2.users.getAll(backwards.subList(0, 150));
            });
            CompletableFuture<Map<Long, User>> here = CompletableFuture.supplyAsync(() -> {
                meet(both);
                return n1.users.getAll(keys.subList(0, 150));
            });

            assertThat(there).succeedsWithin(Duration.ofSeconds(10));
            assertThat(here).succeedsWithin(Duration.ofSeconds(10));

            assertThat(there.get()).hasSize(150);
            assertThat(here.get()).hasSize(150);
            assertThat(bulks.stream().mapToInt(Set::size).sum() + cluster.loads.getAndSet(0))
                    .isEqualTo(200);
        }
    }

    private static void meet(CountDownLatch both) {
        both.countDown();
        try {
            assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void getAll_keyInTheMiddleOfAWrite_isTheOldValueAndNotKept() throws Exception {
        n1.users.getAll(List.of(1L, 2L));

        n1.users.update(1L, () -> {
            assertThat(emails(elsewhere(() -> n2.users.getAll(List.of(1L, 2L)))))
                    .containsExactlyInAnyOrder("v1", "v2");
            assertThat(n2.isNear(2)).isTrue();
            cluster.commit(1, "new");
        });

        assertThat(emails(n2.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("new", "v2");
    }

    @Test
    void getAll_keyInTheMiddleOfAWriteWithoutOldValue_isLoadedAndNotKept() throws Exception {
        n1.users.update(1L, () -> {
            assertThat(elsewhere(() -> n2.users.getAll(List.of(1L, 2L)))).hasSize(2);
            cluster.commit(1, "new");
        });

        assertThat(emails(n2.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("new", "v2");
    }

    @Test
    void getAll_inTheMiddleOfAnOwnWrite_isForNobodyElse() {
        n1.users.update(1L, () -> {
            cluster.commit(1, "not committed yet");
            cluster.commit(2, "not committed either");
            assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2);
            cluster.commit(1, "v1");
            cluster.commit(2, "v2");
        });

        assertThat(emails(n1.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("v1", "v2");
    }

    @Test
    void getAll_unreadableRecords_areLoadedAnew() {
        TwoLevelCache<Long, String> foreign =
                single.duet.cache("odd", Long.class, String.class).build();
        foreign.putAll(Map.of(1L, "text", 2L, "text"));
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("odd", Long.class, User.class)
                .bulkLoader(this::load)
                .build();

        assertThat(cache.getAll(List.of(1L, 2L))).hasSize(2);

        assertThat(bulks).containsExactly(Set.of(1L, 2L));
        assertThat(cache.stats().unreadable()).isEqualTo(2);
    }

    @Test
    void getAll_storeDown_isLoadedAlonePerBound() {
        n1.link.down(true);

        assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2);
        assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2);

        assertThat(bulks).containsExactly(Set.of(1L, 2L));
        assertThat(n1.users.stats().loadsAlone()).isEqualTo(2);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(n1.isNear(1)).isFalse();
    }

    @Test
    void getAll_oneRequestFails_isLoadedWithTheOthers() {
        n1.link.failNext(Operation.Lease.class::isInstance);

        assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2);

        assertThat(bulks).containsExactly(Set.of(1L, 2L));
        assertThat(n1.users.stats().loadsAlone()).isEqualTo(1);
        assertThat(n2.users.getIfPresent(2L)).isNotNull();
        assertThat(n2.users.getIfPresent(1L)).isNull();
    }

    @Test
    void getAll_owedKey_isNotReadFromTheStore() {
        n2.users.getAll(List.of(1L, 2L));
        cluster.commit(1, "new");
        n1.link.failNext(Operation.Invalidate.class::isInstance);
        n1.users.invalidate(1L);
        assertThat(n1.duet.stats().owed()).isEqualTo(1);

        List<String> trips = roundTrips(
                n1, () -> assertThat(emails(n1.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("new", "v2"));

        assertThat(trips).containsExactly("1 Lease");
    }

    @Test
    void getAll_fillsFail_areReturnedAndKeptNearForTheBound() {
        bulkLoader = keys -> {
            n1.link.down(true);
            return selectAll(keys);
        };

        assertThat(n1.users.getAll(List.of(1L, 2L))).hasSize(2);

        assertThat(n1.isNear(1)).isTrue();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(n1.isNear(1)).isFalse();
    }

    @Test
    void getAll_invalidatedWhileLoading_isNotKept() {
        bulkLoader = keys -> {
            Map<Long, User> old = selectAll(keys);
            cluster.commit(1, "new");
            elsewhere(() -> {
                n2.users.invalidate(1L);
                return true;
            });
            return old;
        };
        n1.users.getAll(List.of(1L, 2L));
        bulkLoader = this::selectAll;

        assertThat(n1.isNear(1)).isFalse();
        assertThat(n1.isNear(2)).isTrue();
        assertThat(n1.email(1)).isEqualTo("new");
    }

    @Test
    void getAll_twoThousandKeys_takesTwoRoundTrips() {
        assertThat(tripsOf(2_000)).containsExactly("2000 Lease", "2000 Fill");
        assertThat(bulks).hasSize(1);
    }

    @Test
    void A55_getAll_tenThousandKeys_areLoadedTogether_andSentByTwoThousand() {
        List<String> trips = tripsOf(10_000);

        assertThat(trips)
                .startsWith(Collections.nCopies(5, "2000 Lease").toArray(String[]::new))
                .endsWith(Collections.nCopies(5, "2000 Fill").toArray(String[]::new))
                .hasSize(10);
        assertThat(bulks).hasSize(1);
    }

    private List<String> tripsOf(int count) {
        List<Long> keys = LongStream.range(0, count).boxed().toList();
        keys.forEach(id -> cluster.commit(id, "v" + id));
        return roundTrips(n1, () -> assertThat(n1.users.getAll(keys)).hasSize(count));
    }

    @Test
    void getAll_keyRefusedByTheCodec_loadsNothingAndLeavesNoFlightBehind() {
        TwoLevelCache<String, String> cache = n1.duet
                .cache("texts", String.class, String.class)
                .loader(key -> "loaded")
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of("good", "half of a pair: \uD83D")))
                .isInstanceOf(CodecException.class);

        assertThat(cache.get("good")).isEqualTo("loaded");
        assertThat(cache.stats().joined()).isZero();
    }

    @Test
    void putAll_isOneRoundTripAndSeenEverywhere() {
        n1.users.getAll(List.of(1L, 2L));
        n2.users.getAll(List.of(1L, 2L));
        Map<Long, User> users = new LinkedHashMap<>();
        users.put(1L, new User(1, "put 1", 1));
        users.put(2L, new User(2, "put 2", 1));

        assertThat(roundTrips(n1, () -> n1.users.putAll(users))).containsExactly("2 Put");

        assertThat(n1.isNear(1)).isTrue();
        assertThat(emails(n1.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("put 1", "put 2");
        assertThat(emails(n2.users.getAll(List.of(1L, 2L)))).containsExactlyInAnyOrder("put 1", "put 2");
    }

    @Test
    void putAll_feedSilent_ownCopiesAreDroppedAllTheSame() {
        n1.users.getAll(List.of(1L, 2L));
        n1.link.holdFeed();

        n1.users.putAll(Map.of(1L, new User(1, "put", 1), 2L, new User(2, "put", 1)));

        assertThat(emails(n1.users.getAll(List.of(1L, 2L)))).containsExactly("put");
    }

    @Test
    void putAll_someTooLarge_removesWhatWasThere() {
        Member n4 = cluster.node(0, settings -> settings.maximumValueSize(100));
        n4.users.getAll(List.of(1L, 2L));

        n4.users.putAll(Map.of(1L, new User(1, "x".repeat(100), 1), 2L, new User(2, "put", 1)));

        assertThat(n4.users.getIfPresent(1L)).isNull();
        assertThat(n4.email(2)).isEqualTo("put");
        assertThat(n2.users.getIfPresent(1L)).isNull();
    }

    @Test
    void putAll_keyRefusedByTheCodec_sendsNothing() {
        TwoLevelCache<String, String> cache =
                n1.duet.cache("texts", String.class, String.class).build();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("good", "value");
        values.put("half of a pair: \uD83D", "value");

        assertThat(roundTrips(
                        n1, () -> assertThatThrownBy(() -> cache.putAll(values)).isInstanceOf(CodecException.class)))
                .isEmpty();
        assertThat(cache.getIfPresent("good")).isNull();
    }

    @Test
    void putAll_storeDown_owesTheKeysAndDropsOwnCopies() {
        n1.users.getAll(List.of(1L, 2L));
        n1.link.down(true);

        n1.users.putAll(Map.of(1L, new User(1, "put", 1), 2L, new User(2, "put", 1)));

        assertThat(n1.duet.stats().owed()).isEqualTo(2);
        assertThat(n1.isNear(1)).isFalse();
    }

    @Test
    void putAllAndInvalidateAll_storeDownAndRejected_throwAndDropOwnCopies() {
        Member strict = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        strict.users.getAll(List.of(1L, 2L));
        strict.link.down(true);

        assertThatThrownBy(() -> strict.users.putAll(Map.of(1L, new User(1, "put", 1), 2L, new User(2, "put", 1))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("users");
        assertThat(strict.isNear(1)).isFalse();
        assertThatThrownBy(() -> strict.users.invalidateAll(List.of(1L, 2L)))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void invalidateAll_keys_isOneRoundTripAndDropsOwnCopiesWithoutTheFeed() {
        n1.users.getAll(List.of(1L, 2L, 3L));
        n1.link.holdFeed();

        assertThat(roundTrips(n1, () -> n1.users.invalidateAll(List.of(1L, 2L, 1L))))
                .containsExactly("2 Invalidate");

        assertThat(n1.isNear(1)).isFalse();
        assertThat(n1.isNear(2)).isFalse();
        assertThat(n1.isNear(3)).isTrue();
    }

    @Test
    void invalidateAll_oneKeyFails_owesThatAlone() {
        n1.users.getAll(List.of(1L, 2L));
        n1.link.failNext(Operation.Invalidate.class::isInstance);

        n1.users.invalidateAll(List.of(1L, 2L));

        assertThat(n1.duet.stats().owed()).isEqualTo(1);
        assertThat(n1.isNear(1)).isFalse();
        assertThat(n1.isNear(2)).isFalse();
    }

    @Test
    void nulls_areRefused() {
        List<Long> withNull = Arrays.asList(1L, null);
        Map<Long, User> nullValue = new HashMap<>();
        nullValue.put(1L, null);
        Map<Long, User> nullKey = new HashMap<>();
        nullKey.put(null, new User(1, "x", 1));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> n1.users.getAll(withNull),
                () -> n1.users.getAll(withNull, keys -> Map.of()),
                () -> n1.users.warm(withNull, progress -> {}),
                () -> n1.users.invalidateAll(withNull),
                () -> n1.users.putAll(nullKey),
                () -> n1.users.async().getAll(withNull),
                () -> n1.users.async().invalidateAll(withNull),
                () -> n1.users.async().putAll(nullKey))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key is null");
        }
        assertThatThrownBy(() -> n1.users.putAll(nullValue))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
        assertThatThrownBy(() -> n1.users.getAll(List.of(1L), nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loader");
        assertThat(bulks).isEmpty();
    }

    @Test
    void getAll_result_mapsEachKeyToItsOwnValue() {
        assertThat(n1.users.getAll(List.of(1L, 2L)))
                .containsExactly(entry(1L, cluster.database.get(1L)), entry(2L, cluster.database.get(2L)));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // null fits every type
    private static <T> T nothing() {
        return null;
    }

    @Test
    void getAll_withoutBulkLoaderAndSlowerInAllThanLoadTimeout_isCachedAllTheSame() {
        Cluster slow = new Cluster();
        try {
            LongStream.range(0, 8).forEach(id -> slow.commit(id, "v" + id));
            Member loads = slow.node(
                    0,
                    settings -> settings.loadTimeout(Duration.ofSeconds(3)).loader(key -> {
                        slow.advanceSlowly(Duration.ofSeconds(1));
                        return slow.select(key);
                    }));
            Member reads = slow.node();
            List<Long> keys = LongStream.range(0, 8).boxed().toList();

            assertThat(loads.users.getAll(keys)).hasSize(8);

            assertThat(reads.users.getAll(keys)).hasSize(8);
            assertThat(slow.loads).as("loads").hasValue(8);
        } finally {
            slow.close();
        }
    }

    @Test
    void getAll_withoutBulkLoaderAndNoTaskRunsInTime_keepsItsLeasesFromPartToPart() {
        Cluster slow = new Cluster();
        try {
            LongStream.range(0, 8).forEach(id -> slow.commit(id, "v" + id));
            AtomicReference<Member> node = new AtomicReference<>();
            node.set(slow.node(
                    0,
                    settings -> settings.loader(key -> {
                        slow.advanceStore(Duration.ofMillis(700));
                        node.get().stop(Duration.ofMillis(700)); // the scheduler renews nothing meanwhile
                        return slow.select(key);
                    })));
            List<Long> keys = LongStream.range(0, 8).boxed().toList();

            assertThat(node.get().users.getAll(keys)).hasSize(8);

            assertThat(node.get().users.stats().storeFillsRefused()).isZero();
        } finally {
            slow.close();
        }
    }
}
