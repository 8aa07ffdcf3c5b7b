package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.Operation.Begin;
import dev.duet.store.Operation.Complete;
import dev.duet.store.Operation.Renew;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shapes of a write that the application makes itself: one key or many, with its value or without, blocking or not. */
class UpdateTest {

    private static final long ID = 456;
    private static final long OTHER = 7;
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final AsyncTwoLevelCache<Long, User> async = n1.users.async();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        cluster.commit(OTHER, "w1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private User commit(String email) {
        cluster.commit(ID, email);
        return cluster.database.get(ID);
    }

    private List<Boolean> completedWithValues() {
        return n1.link.operations().stream()
                .filter(Complete.class::isInstance)
                .map(operation -> ((Complete) operation).content() != null)
                .toList();
    }

    @Test
    void updateAll_announcesAllKeysTogetherAndIsSeenWhole() throws Exception {
        n2.users.getAll(List.of(ID, OTHER));

        String result = n1.users.updateAll(List.of(ID, OTHER, ID), () -> {
            assertThat(List.of(n2.email(ID), n2.email(OTHER))).containsExactly("v1", "w1");
            assertThat(n2.isNear(ID) || n2.isNear(OTHER)).isFalse();
            cluster.commit(ID, "v2");
            cluster.commit(OTHER, "w2");
            return "done";
        });
        n1.users.updateAll(List.of(OTHER), () -> cluster.commit(OTHER, "w3"));

        assertThat(result).isEqualTo("done");
        assertThat(List.of(n2.email(ID), n2.email(OTHER))).containsExactly("v2", "w3");
        assertThat(List.of(n1.email(ID), n1.email(OTHER))).containsExactly("v2", "w3");
        assertThat(n1.link.roundTrips().get(0)).hasSize(2).allMatch(Begin.class::isInstance);
        assertThat(n1.link.roundTrips().get(1)).hasSize(2).allMatch(Complete.class::isInstance);
    }

    @Test
    void updateAll_throws_reachesTheCallerAsItself() {
        SQLException lost = new SQLException("lost");

        assertThatThrownBy(() -> n1.users.updateAll(List.of(ID, OTHER), () -> {
                    cluster.commit(ID, "v2");
                    throw lost;
                }))
                .isSameAs(lost);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void updateAndPut_itsValueIsCachedOnBothLevels() {
        n2.email(ID);
        int loads = cluster.loads.get();

        User user = n1.users.updateAndPut(ID, () -> commit("v2"));

        assertThat(user.email()).isEqualTo("v2");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(loads);
    }

    @Test
    void updateAndPut_null_isRemoval() {
        n1.email(ID);
        n2.email(ID);

        assertThat(n1.users.updateAndPut(ID, () -> {
                    cluster.database.remove(ID);
                    return null;
                }))
                .isNull();

        assertThat(n1.email(ID)).isNull();
        assertThat(n2.email(ID)).isNull();
    }

    @Test
    void updateAndPut_null_isRememberedIfAbsenceIs() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Duration.ofSeconds(5)));
        n3.email(ID);
        int loads = cluster.loads.get();

        n3.users.updateAndPut(ID, () -> {
            cluster.database.remove(ID);
            return null;
        });

        assertThat(n3.isNear(ID)).isTrue();
        assertThat(n3.email(ID)).isNull();
        assertThat(n2.email(ID)).isNull();
        assertThat(cluster.loads).hasValue(loads);
    }

    @Test
    void A14_updateAndPutThrows_leavesNothing() {
        n1.email(ID);

        assertThatThrownBy(() -> n1.users.updateAndPut(ID, () -> {
                    commit("v2");
                    throw new SQLException("answer lost");
                }))
                .hasMessage("answer lost");

        assertThat(completedWithValues()).containsExactly(false);
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A38_updateAndPutBesideAnotherWrite_leavesNothing() {
        n1.users.updateAndPut(ID, () -> {
            User v2 = commit("v2");
            n2.users.updateAndPut(ID, () -> commit("v3"));
            return v2;
        });

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n2.email(ID)).isEqualTo("v3");
    }

    @Test
    void updateAndPut_valueThatCannotBeEncoded_saysSoAndLeavesNothing() {
        TwoLevelCache<Long, WriteThroughTest.Unserialisable> odd = n1.duet
                .cache("odd", Long.class, WriteThroughTest.Unserialisable.class)
                .build();
        AtomicInteger written = new AtomicInteger();

        assertThatThrownBy(() -> odd.updateAndPut(ID, () -> {
                    written.incrementAndGet();
                    return new WriteThroughTest.Unserialisable();
                }))
                .isInstanceOf(CodecException.class);
        assertThat(odd.async()
                        .updateAndPut(
                                ID, () -> CompletableFuture.completedFuture(new WriteThroughTest.Unserialisable())))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(CodecException.class);

        assertThat(written).hasValue(1);
        assertThat(completedWithValues()).containsExactly(false, false);
    }

    @Test
    void async_update_completesWhenItsStageDoes() {
        CompletableFuture<String> query = new CompletableFuture<>();
        n2.email(ID);
        n1.background.hold();
        List<String> steps = new ArrayList<>();

        CompletableFuture<String> result = async.update(ID, () -> {
            steps.add("called");
            return query;
        });

        assertThat(steps).isEmpty();
        assertThat(n1.link.operations()).hasSize(1).allMatch(Begin.class::isInstance);
        n1.background.run();
        assertThat(steps).containsExactly("called");
        assertThat(result).isNotDone();
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n2.isNear(ID)).isFalse();
        for (int i = 0; i < 30; i++) {
            cluster.advance(BOUND.dividedBy(10)); // it is renewed meanwhile
        }
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n2.isNear(ID)).isFalse();
        commit("v2");

        query.complete("done");
        n1.background.run();

        assertThat(result).isCompletedWithValue("done");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.link.operations()).anyMatch(Renew.class::isInstance);
    }

    @Test
    void async_updateAll_announcesAllKeysTogether() {
        CompletableFuture<Integer> result = async.updateAll(List.of(ID, OTHER), () -> {
            commit("v2");
            return CompletableFuture.completedFuture(1);
        });

        assertThat(result).isCompletedWithValue(1);
        assertThat(n1.link.roundTrips()).hasSize(2).allMatch(together -> together.size() == 2);
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void async_updateAndPut_itsValueIsCached() {
        CompletableFuture<User> result = async.updateAndPut(ID, () -> CompletableFuture.completedFuture(commit("v2")));

        assertThat(result.join().email()).isEqualTo("v2");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(0);
        assertThat(async.updateAndPut(ID, () -> CompletableFuture.completedFuture(null)))
                .isCompletedWithValue(null);
        assertThat(n1.users.getIfPresent(ID)).isNull();
    }

    @Test
    void async_stageFails_soDoesTheFuture_andNothingIsLeft() {
        SQLException lost = new SQLException("lost");
        n1.email(ID);

        for (Supplier<CompletionStage<User>> write : List.<Supplier<CompletionStage<User>>>of(
                () -> CompletableFuture.failedFuture(lost),
                () -> CompletableFuture.supplyAsync(() -> commit("v2"), Runnable::run)
                        .thenCompose(v2 -> CompletableFuture.failedFuture(lost)),
                () -> {
                    throw Thrown.asItself(lost);
                })) {
            assertThat(async.update(ID, write))
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCause(lost);
            assertThat(async.updateAndPut(ID, write))
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCause(lost);
        }

        assertThat(completedWithValues()).hasSize(6).containsOnly(false);
        assertThat(n1.email(ID)).isEqualTo("v2");
        cluster.advance(BOUND);
        assertThat(n1.link.operations()).noneMatch(Renew.class::isInstance);
    }

    @Test
    void async_noStage_isAnErrorThatSaysSo() {
        for (CompletableFuture<?> result : List.of(async.update(ID, () -> null), async.updateAndPut(ID, () -> null))) {
            assertThatThrownBy(result::join)
                    .cause()
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("'users'")
                    .hasMessageContaining("return a stage");
        }
        assertThat(completedWithValues()).containsExactly(false, false);
    }

    @Test
    void async_storeDown_rejects_beforeTheWriteIsCalled() {
        Member n3 = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        n3.link.down(true);
        AtomicInteger calls = new AtomicInteger();

        assertThat(n3.users.async().update(ID, () -> CompletableFuture.completedFuture(calls.incrementAndGet())))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);

        assertThat(calls).hasValue(0);
    }

    @Test
    void async_storeDown_proceeds_andOwesAnInvalidation() {
        n1.email(ID);
        n1.link.down(true);

        assertThat(async.updateAndPut(ID, () -> CompletableFuture.completedFuture(commit("v2"))))
                .isCompleted();

        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A20_async_loadsOfTheCall_areForNobodyElse() {
        CompletableFuture<User> dirty = async.update(ID, () -> {
            User uncommitted = n1.users.get(OTHER, key -> new User(OTHER, "never committed", 2));
            return CompletableFuture.completedFuture(uncommitted);
        });

        assertThat(dirty.join().email()).isEqualTo("never committed");
        assertThat(n1.email(OTHER)).isEqualTo("w1");
        assertThat(n1.isNear(OTHER)).isTrue(); // the thread is in no write any more
    }

    @Test
    void async_nulls_areRefusedAtOnce() {
        assertThatThrownBy(() -> async.update(null, () -> CompletableFuture.completedFuture(1)))
                .hasMessage("key is null");
        assertThatThrownBy(() -> async.updateAll(Arrays.asList(ID, null), () -> CompletableFuture.completedFuture(1)))
                .hasMessage("key is null");
        assertThatThrownBy(() -> async.update(ID, null)).hasMessage("write");
        assertThatThrownBy(() -> async.updateAndPut(ID, null)).hasMessage("write");
        assertThatThrownBy(() -> n1.users.updateAndPut(ID, null)).hasMessage("write");
        assertThatThrownBy(() -> n1.users.updateAll(List.of(ID), (WriteAction<RuntimeException>) null))
                .hasMessage("write");
        assertThat(n1.link.operations()).isEmpty();
    }

    @Test
    void cacheThatWritesBehind_refusesThemAll() {
        TwoLevelCache<Long, User> behind = n1.duet
                .cache("behind", Long.class, User.class)
                .writeBehind(WriteBehind.to(new RecordingWriter(cluster.database)))
                .build();
        int before = n1.link.operations().size();
        AtomicInteger calls = new AtomicInteger();

        Map<String, ThrowingCallable> refused = Map.of(
                "update(…)", () -> behind.update(ID, calls::incrementAndGet),
                "updateAll(…)", () -> behind.updateAll(List.of(ID), calls::incrementAndGet),
                "updateAndPut(…)", () -> behind.updateAndPut(ID, () -> commit("v" + calls.incrementAndGet())),
                "beginWrite(…)", () -> behind.beginWrite(List.of(ID)));
        refused.forEach((method, call) -> assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cache 'behind' writes behind, so that " + method
                        + " would be overtaken by what is pending; use put or invalidate"));
        assertThatThrownBy(() -> behind.update(ID, () -> {
                    calls.incrementAndGet();
                }))
                .isInstanceOf(IllegalStateException.class);
        for (CompletableFuture<?> result : List.of(
                behind.async().update(ID, () -> CompletableFuture.completedFuture(calls.incrementAndGet())),
                behind.async().updateAll(List.of(ID), () -> CompletableFuture.completedFuture(calls.incrementAndGet())),
                behind.async().updateAndPut(ID, () -> CompletableFuture.completedFuture(commit("never"))))) {
            assertThatThrownBy(result::join)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("writes behind");
        }

        assertThat(calls).hasValue(0);
        assertThat(n1.link.operations()).hasSize(before);
    }

    @Test
    void beginWrite_manyKeys_isOneRoundTripEach() {
        List<Long> keys = new ArrayList<>(LongStream.range(0, 500).boxed().toList());
        keys.addAll(List.copyOf(keys));

        n1.users.beginWrite(keys).close();

        assertThat(n1.link.roundTrips()).hasSize(2).allMatch(together -> together.size() == 500);
    }

    @Test
    void beginWrite_oneOfManyFails_theOthersAreTakenBack() {
        Member n3 = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        AtomicInteger begun = new AtomicInteger();
        n3.link.failNext(operation -> operation instanceof Begin && begun.incrementAndGet() == 3);
        List<Long> keys = List.of(ID, OTHER, 8L, 9L);

        assertThatThrownBy(() -> n3.users.beginWrite(keys)).isInstanceOf(StoreUnavailableException.class);

        assertThat(n3.link.operations()).filteredOn(Complete.class::isInstance).hasSize(4);
        n2.email(ID);
        assertThat(n2.isNear(ID)).isTrue();
        n3.email(OTHER);
        assertThat(n3.isNear(OTHER)).isTrue(); // this thread is in no write
    }

    @Test
    void beginWrite_interrupted_takesBack() throws Exception {
        boolean interrupted = elsewhere(() -> {
            n1.link.delay(Duration.ofMillis(100));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> n1.users.beginWrite(List.of(ID, OTHER))).hasMessageContaining("interrupted");
            return Thread.interrupted();
        });

        n1.link.delay(Duration.ZERO);
        assertThat(interrupted).isTrue();
        assertThat(n1.link.operations()).filteredOn(Complete.class::isInstance).hasSize(2);
    }

    @Test
    void update_errorWhileItIsAnnounced_isTakenBack() {
        n1.whenWaiting(() -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(() -> n1.users.update(ID, () -> {})).isInstanceOf(StackOverflowError.class);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n2.isNear(ID)).as("no intent stands").isTrue();
    }
}
