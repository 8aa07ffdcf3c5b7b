package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers who waited for the load of another node, and it failed: they do not try one after the other. */
class FailedLoadsTest {

    private static final long ID = 456;
    private static final int NODES = 8;
    private static final User V1 = new User(ID, "v1", 1);
    private static final List<Long> KEYS = List.of(1L, 2L, 3L);

    private final Cluster cluster = new Cluster();
    private final HeldLoads loads = new HeldLoads();
    private final List<Member> members = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void A56_loadFails_thoseWhoWaitedLoadSideBySide() {
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncLoader(loads));
        List<CompletableFuture<User>> reads = read(nodes);
        assertThat(loads.begun()).isEqualTo(1);

        loads.fail(0, new IOException("0"));

        assertThat(loads.begun()).isEqualTo(NODES);
        for (int i = 1; i < NODES; i++) {
            loads.fail(i, new IOException(String.valueOf(i)));
        }
        assertThat(loads.begun()).isEqualTo(NODES);
        for (int i = 0; i < NODES; i++) {
            CompletableFuture<User> read = reads.get(i);
            assertThatThrownBy(read::join).hasRootCauseMessage(String.valueOf(i));
        }
    }

    @Test
    void A56_loadSucceeds_isTheOnlyOne() {
        List<CompletableFuture<User>> reads = read(nodes(builder -> builder.asyncLoader(loads)));

        loads.end(0, V1);

        assertThat(loads.begun()).isEqualTo(1);
        assertThat(reads).allSatisfy(read -> assertThat(read).isCompletedWithValue(V1));
    }

    @Test
    void A56_loadSideBySide_isKeptNowhere() {
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncLoader(loads));
        List<CompletableFuture<User>> reads = read(nodes);
        loads.fail(0, new IOException("unlucky"));

        loads.end(2, V1);

        assertThat(reads.get(2)).isCompletedWithValue(V1);
        assertThat(nodes.get(2).getIfPresent(ID)).isNull();
        assertThat(members.get(2).link.operations()).noneMatch(Operation.Fill.class::isInstance);
        loads.end(1, V1);
        assertThat(nodes.get(2).getIfPresent(ID)).isEqualTo(V1);
    }

    @Test
    void A56_readBegunAfterTheFailure_waitsForTheLoadThatTookOver() {
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncLoader(loads));
        List<TwoLevelCache<Long, User>> early = nodes.subList(0, NODES - 1);
        List<CompletableFuture<User>> unused = read(early);
        loads.fail(0, new IOException("unlucky"));

        CompletableFuture<User> late = nodes.get(NODES - 1).async().get(ID);

        assertThat(loads.begun()).isEqualTo(NODES - 1);
        loads.end(1, V1);
        assertThat(late).isCompletedWithValue(V1);
        assertThat(loads.begun()).isEqualTo(NODES - 1);
    }

    @Test
    void A56_holderOfTheLeaseDies_oneTakesOver() {
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncLoader(loads));
        List<CompletableFuture<User>> unused = read(nodes);

        members.get(0).die();
        cluster.advanceSlowly(Duration.ofSeconds(3));

        assertThat(loads.begun()).isEqualTo(2);
    }

    @Test
    void A56_loadSideBySideFails_servesTheRetainedValue() {
        List<TwoLevelCache<Long, User>> nodes =
                nodes(builder -> builder.staleIfError(Duration.ofHours(1)).asyncLoader(loads));
        nodes.get(0).put(ID, V1);
        cluster.advance(Cluster.TTL.plusSeconds(1));
        List<CompletableFuture<User>> reads = read(nodes);
        loads.fail(0, new LinkageError("no failure that a stale value is served for"));
        assertThat(loads.begun()).isEqualTo(NODES);

        loads.fail(NODES - 1, new IOException("unlucky"));

        assertThat(reads.get(NODES - 1)).isCompletedWithValue(V1);
    }

    @Test
    void A56_staleIfError_isServedToThoseWhoWaited() {
        List<TwoLevelCache<Long, User>> nodes =
                nodes(builder -> builder.staleIfError(Duration.ofHours(1)).asyncLoader(loads));
        nodes.get(0).put(ID, V1);
        cluster.advance(Cluster.TTL.plusSeconds(1));
        List<CompletableFuture<User>> reads = read(nodes);

        loads.fail(0, new IOException("unlucky"));

        assertThat(loads.begun()).isEqualTo(1);
        assertThat(reads).allSatisfy(read -> assertThat(read).isCompletedWithValue(V1));
    }

    @Test
    void A56_bulkLoadFails_thoseWhoWaitedLoadAllKeysByOneCallSideBySide() {
        List<Set<Long>> asked = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Map<Long, User>>> held = new CopyOnWriteArrayList<>();
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncBulkLoader((keys, executor) -> {
            asked.add(Set.copyOf(keys));
            CompletableFuture<Map<Long, User>> load = new CompletableFuture<>();
            held.add(load);
            return load;
        }));
        List<CompletableFuture<Map<Long, User>>> reads = new ArrayList<>();
        nodes.forEach(node -> reads.add(node.async().getAll(KEYS)));
        assertThat(asked).hasSize(1);

        held.get(0).completeExceptionally(new IOException("unlucky"));

        assertThat(asked).hasSize(NODES).containsOnly(Set.copyOf(KEYS));
        held.forEach(load -> load.completeExceptionally(new IOException("unlucky")));
        assertThat(asked).hasSize(NODES);
        assertThat(reads).allSatisfy(read -> assertThat(read).isCompletedExceptionally());
    }

    @Test
    void A56_bulkLoadFailsAndAnotherKeyStillLoads_waitsBrieflyForThatKey() {
        List<Set<Long>> asked = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Map<Long, User>>> held = new CopyOnWriteArrayList<>();
        List<TwoLevelCache<Long, User>> nodes = nodes(builder -> builder.asyncBulkLoader((keys, executor) -> {
            asked.add(Set.copyOf(keys));
            CompletableFuture<Map<Long, User>> load = new CompletableFuture<>();
            held.add(load);
            return load;
        }));
        CompletableFuture<?> unused1 = nodes.get(0).async().getAll(List.of(1L, 2L));
        CompletableFuture<?> unused2 = nodes.get(1).async().getAll(List.of(3L));
        CompletableFuture<?> unused3 = nodes.get(2).async().getAll(KEYS);
        held.get(0).completeExceptionally(new IOException("unlucky"));
        assertThat(asked).hasSize(2);

        cluster.advance(Duration.ofMillis(10));

        assertThat(asked).containsExactly(Set.of(1L, 2L), Set.of(3L), Set.of(1L, 2L));
    }

    private static List<CompletableFuture<User>> read(List<TwoLevelCache<Long, User>> nodes) {
        return nodes.stream().map(node -> node.async().get(ID)).toList();
    }

    private List<TwoLevelCache<Long, User>> nodes(UnaryOperator<CacheBuilder<Long, User>> settings) {
        List<TwoLevelCache<Long, User>> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            Member member = cluster.node();
            member.timePauses();
            members.add(member);
            nodes.add(settings.apply(member.duet
                            .cache("held", Long.class, User.class)
                            .expireAfterWrite(Cluster.TTL)
                            .ttlJitter(0)
                            .refreshBeta(0))
                    .build());
        }
        return nodes;
    }
}
