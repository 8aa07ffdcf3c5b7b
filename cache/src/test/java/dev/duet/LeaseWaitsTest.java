package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers who wait for the load of another node: who wakes them, and when they stop waiting. */
class LeaseWaitsTest {

    private static final long ID = 456;
    private static final User V1 = new User(ID, "v1", 1);
    private static final User V2 = new User(ID, "v2", 2);
    private static final Duration TERM = Duration.ofSeconds(2);
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(10);

    private final Cluster cluster = new Cluster();
    private final HeldLoads loads = new HeldLoads();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final TwoLevelCache<Long, User> users1 = cache(n1);
    private final TwoLevelCache<Long, User> users2 = cache(n2);

    @BeforeEach
    void timePauses() {
        n1.timePauses();
        n2.timePauses();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void waiting_filled_isWokenByTheHint() {
        CompletableFuture<User> loader = users1.async().get(ID);
        CompletableFuture<User> waiter = users2.async().get(ID);
        assertThat(waiter).isNotDone();
        long before = cluster.storeMicros.get();

        loads.end(0, V1);

        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(loader).isCompletedWithValue(V1);
        assertThat(loads.begun()).isEqualTo(1);
        assertThat(leasesOf(n2)).isEqualTo(2);
        assertThat(cluster.storeMicros).hasValue(before);
        assertThat(users2.stats().leaseWaits()).isEqualTo(1);
    }

    @Test
    void waiting_woken_keepsWhatItFoundNear() {
        begin(users1);
        begin(users2);

        loads.end(0, V1);

        int before = n2.link.operations().size();
        assertThat(users2.getIfPresent(ID)).isEqualTo(V1);
        assertThat(n2.link.operations()).hasSize(before);
    }

    @Test
    void waiting_woken_leavesNoPauseBehind() {
        begin(users1);
        begin(users2);
        assertThat(n2.openPauses()).isEqualTo(1);

        loads.end(0, V1);

        assertThat(n2.openPauses()).isZero();
        assertThat(n2.pauses).hasSize(1);
    }

    @Test
    void waiting_hintLost_looksAgainAfterItsPause() {
        n2.link.loseHints();
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);
        loads.end(0, V1);
        cluster.advance(Duration.ofMillis(9));
        assertThat(waiter).isNotDone();

        cluster.advance(Duration.ofMillis(1));

        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(leasesOf(n2)).isEqualTo(2);
    }

    @Test
    void waiting_long_looksAgainEverLessOften() {
        begin(users1);
        begin(users2);

        cluster.advance(Duration.ofMillis(710));

        assertThat(n2.pauses)
                .extracting(Duration::toMillis)
                .containsExactly(10L, 20L, 40L, 80L, 160L, 200L, 200L, 200L);
        assertThat(leasesOf(n2)).isEqualTo(8);
        assertThat(users2.stats().leaseWaits()).isEqualTo(1);
    }

    @Test
    void waiting_hintBeforeTheReplyToTheLease_isNotMissed() {
        begin(users1);
        n2.link.afterNext(Operation.Lease.class, () -> loads.end(0, V1));

        assertThat(users2.async().get(ID)).isCompletedWithValue(V1);
    }

    @Test
    void waiting_wholeCacheInvalidatedBeforeTheReplyToTheLease_isNotMissed() {
        begin(users1);
        n2.link.afterNext(Operation.Lease.class, users1::invalidateAll);

        begin(users2);

        assertThat(loads.begun()).isEqualTo(2);
    }

    @Test
    void waiting_loadFailed_isWokenAndLoadsItself() {
        CompletableFuture<User> loader = users1.async().get(ID);
        CompletableFuture<User> waiter = users2.async().get(ID);

        loads.fail(0, new IOException("unlucky"));

        assertThat(loader).isCompletedExceptionally();
        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V1);
        assertThat(waiter).isCompletedWithValue(V1);
    }

    @Test
    void waiting_loadedButNotToBeKept_isWokenAndLoadsItself() {
        begin(users1);
        begin(users2);

        loads.end(0, null);

        assertThat(loads.begun()).isEqualTo(2);
    }

    @Test
    void waiting_invalidated_isWokenAndLoads() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        users1.invalidate(ID);

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(0, V1);
        loads.end(1, V2);
        assertThat(waiter).isCompletedWithValue(V2);
        assertThat(users1.getIfPresent(ID)).isEqualTo(V2);
    }

    @Test
    void waiting_put_isWokenWithTheValue() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        users1.put(ID, V2);

        assertThat(waiter).isCompletedWithValue(V2);
        assertThat(loads.begun()).isEqualTo(1);
    }

    @Test
    void waiting_updateBegun_isWokenAndLoadsForItselfAlone() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        WriteIntent write = users1.beginWrite(ID);
        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V1);
        write.close();

        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(users2.getIfPresent(ID)).isNull();
    }

    @Test
    void waiting_wholeCacheInvalidated_isWokenAndLoads() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        users1.invalidateAll();

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V2);
        assertThat(waiter).isCompletedWithValue(V2);
    }

    @Test
    void waiting_storeGoesDown_loadsAlone() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);
        n2.link.down(true);

        cluster.advance(Duration.ofMillis(10));

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V1);
        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(users2.stats().loadsAlone()).isEqualTo(1);
    }

    @Test
    void waiting_anotherReaderOfTheNode_joins() {
        begin(users1);
        CompletableFuture<User> first = users2.async().get(ID);
        CompletableFuture<User> second = users2.async().get(ID);

        loads.end(0, V1);

        assertThat(first).isCompletedWithValue(V1);
        assertThat(second).isCompletedWithValue(V1);
        assertThat(users2.stats().leaseWaits()).isEqualTo(1);
        assertThat(users2.stats().joined()).isEqualTo(1);
    }

    @Test
    void waiting_forTwiceTheLoadTimeout_loadsAndKeepsNothing() {
        NamespaceConfig namespace = new NamespaceConfig("duet", 1);
        Namespace other = cluster.store.open(namespace, "other");
        assertThat(other.execute(namespace.recordKey("held", "456"), new Operation.Lease("t", 60_000_000, 0)))
                .isCompleted();
        CompletableFuture<User> waiter = users2.async().get(ID);
        cluster.advance(LOAD_TIMEOUT.multipliedBy(2).minusMillis(1));
        assertThat(loads.begun()).isZero();

        cluster.advance(Duration.ofMillis(200));
        loads.end(0, V1);

        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(users2.getIfPresent(ID)).isNull();
        assertThat(n2.link.operations()).noneMatch(Operation.Fill.class::isInstance);
    }

    @Test
    void loading_longerThanTheTerm_keepsItsLeaseByRenewal() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);

        cluster.advanceSlowly(LOAD_TIMEOUT.minusMillis(1));

        assertThat(loads.begun()).isEqualTo(1);
        loads.end(0, V1);
        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(users1.stats().storeFillsRefused()).isZero();
    }

    @Test
    void loading_everyThirdOfTheTerm_renews() {
        begin(users1);

        cluster.advanceSlowly(TERM);

        assertThat(renewalsOf(n1)).isBetween(2L, 3L);
    }

    @Test
    void loading_ended_renewsNoLonger() {
        begin(users1);
        loads.end(0, V1);

        cluster.advanceSlowly(TERM);

        assertThat(renewalsOf(n1)).isZero();
    }

    @Test
    void loading_longerThanTheLoadTimeout_losesItsLeaseAndItsFill() {
        CompletableFuture<User> loader = users1.async().get(ID);
        CompletableFuture<User> waiter = users2.async().get(ID);

        cluster.advanceSlowly(LOAD_TIMEOUT.plusMillis(201));

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V2);
        loads.end(0, V1);
        assertThat(loader).isCompletedWithValue(V1);
        assertThat(waiter).isCompletedWithValue(V2);
        assertThat(users1.stats().storeFillsRefused()).isEqualTo(1);
        assertThat(users1.getIfPresent(ID)).isEqualTo(V2);
    }

    @Test
    void loading_loadTimeoutShorterThanTheTerm_isTheTerm() {
        TwoLevelCache<Long, User> brief1 = cache(n1, "brief", Duration.ofMillis(500));
        TwoLevelCache<Long, User> brief2 = cache(n2, "brief", Duration.ofMillis(500));
        CompletableFuture<User> unused1 = brief1.async().get(ID);
        CompletableFuture<User> unused2 = brief2.async().get(ID);
        cluster.advanceSlowly(Duration.ofMillis(499));
        assertThat(loads.begun()).isEqualTo(1);

        cluster.advanceSlowly(Duration.ofMillis(3));

        assertThat(loads.begun()).isEqualTo(2);
    }

    @Test
    void loading_nodeDies_isTakenOverFromWithinTheTerm() {
        begin(users1);
        CompletableFuture<User> waiter = users2.async().get(ID);
        cluster.advanceSlowly(Duration.ofSeconds(5));
        n1.die();
        assertThat(loads.begun()).isEqualTo(1);

        cluster.advanceSlowly(TERM.plusMillis(1));

        assertThat(loads.begun()).isEqualTo(2);
        loads.end(1, V1);
        assertThat(waiter).isCompletedWithValue(V1);
        assertThat(users2.getIfPresent(ID)).isEqualTo(V1);
    }

    /** Begins to read, for nobody in particular. */
    private static void begin(TwoLevelCache<Long, User> users) {
        CompletableFuture<User> unused = users.async().get(ID);
    }

    private static long leasesOf(Member member) {
        return member.link.operations().stream()
                .filter(Operation.Lease.class::isInstance)
                .count();
    }

    private static long renewalsOf(Member member) {
        return member.link.operations().stream()
                .filter(Operation.Renew.class::isInstance)
                .count();
    }

    private TwoLevelCache<Long, User> cache(Member member) {
        return cache(member, "held", LOAD_TIMEOUT);
    }

    private TwoLevelCache<Long, User> cache(Member member, String name, Duration loadTimeout) {
        return member.duet
                .cache(name, Long.class, User.class)
                .expireAfterWrite(Cluster.TTL)
                .ttlJitter(0)
                .refreshBeta(0)
                .loadTimeout(loadTimeout)
                .asyncLoader(loads)
                .build();
    }
}
