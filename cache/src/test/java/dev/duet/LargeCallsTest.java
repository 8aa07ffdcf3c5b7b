package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Operation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of more keys than a store can do at a time (anomaly A55): they are done in parts, each within its limits. */
class LargeCallsTest {

    private static final int MANY = 25_000;
    private static final List<Long> KEYS = LongStream.range(0, MANY).boxed().toList();

    private final Cluster cluster = new Cluster();
    private final List<Integer> loads = new CopyOnWriteArrayList<>();
    private BulkLoader<Long, User> loader = keys -> {
        Map<Long, User> found = new HashMap<>();
        keys.forEach(key -> found.put(key, new User(key, "v", 1)));
        return found;
    };
    private final Member n1 = cluster.node(
            0,
            settings -> settings.bulkLoader(keys -> {
                loads.add(keys.size());
                return loader.loadAll(keys);
            }));
    private final Member n2 = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static List<String> roundTrips(Member node) {
        return node.link.roundTrips().stream()
                .map(together ->
                        together.size() + " " + together.get(0).getClass().getSimpleName())
                .toList();
    }

    /** Whether no part of these operations was larger than a store can do in its time. */
    private static void assertInParts(Member node, String operation) {
        List<String> trips = roundTrips(node).stream()
                .filter(trip -> trip.endsWith(operation))
                .toList();
        assertThat(trips).hasSize(MANY / Parts.MOST + 1);
        assertThat(trips.subList(0, MANY / Parts.MOST)).containsOnly(Parts.MOST + " " + operation);
    }

    private static int renewals(Member node) {
        return node.link.roundTrips().stream()
                .filter(together -> together.get(0) instanceof Operation.Renew)
                .mapToInt(List::size)
                .sum();
    }

    private static Map<Long, User> users(String email) {
        Map<Long, User> users = new HashMap<>();
        KEYS.forEach(key -> users.put(key, new User(key, email, 1)));
        return users;
    }

    @Test
    void A55_getAll_slowLoads_everyPartIsFilledBeforeTheNextIsLeased() {
        BulkLoader<Long, User> quick = loader;
        loader = keys -> {
            cluster.advance(Duration.ofMillis(500)); // all of them together take longer than a lease's term
            return quick.loadAll(keys);
        };

        assertThat(n1.users.getAll(KEYS)).hasSize(MANY);

        assertInParts(n1, "Lease");
        assertInParts(n1, "Fill");
        assertThat(loads).hasSize(13).allMatch(keys -> keys <= Parts.MOST);
        assertThat(n1.users.stats().storeFillsRefused()).isZero();
        assertThat(n2.users.getAll(KEYS)).hasSize(MANY);
        assertThat(n2.users.stats().loads()).isZero();
    }

    @Test
    void A55_getAllAsync_isReadInParts() {
        assertThat(n1.users.async().getAll(KEYS).join()).hasSize(MANY);

        assertInParts(n1, "Lease");
    }

    @Test
    void A55_getAll_somethingFails_theOtherPartsAreLoadedAndKept() {
        BulkLoader<Long, User> good = loader;
        loader = keys -> {
            if (keys.contains(2L)) {
                throw new IllegalStateException("unlucky");
            }
            return good.loadAll(keys);
        };
        n1.users.put(1L, new User(1, "v", 1));

        assertThatThrownBy(() -> n1.users.getAll(KEYS)).hasMessage("unlucky");

        assertThat(loads).hasSize(13);
        assertThat(n2.users.getIfPresent(24_999L)).isNotNull();
    }

    @Test
    void A55_getAll_nothingOfAPartCanBeLoaded_isTheEnd() {
        loader = keys -> {
            throw new IllegalStateException("the source is down");
        };

        assertThatThrownBy(() -> n1.users.getAll(KEYS)).hasMessage("the source is down");

        assertThat(loads).hasSize(1);
    }

    @Test
    void A55_getAll_hardTimeout_countsForAllPartsTogether() {
        n1.passTimeWhileWaiting();
        TwoLevelCache<Long, User> timed = n1.duet
                .cache("timed", Long.class, User.class)
                .hardTimeout(Duration.ofSeconds(2))
                .bulkLoader(keys -> {
                    loads.add(keys.size());
                    cluster.advance(Duration.ofMillis(900));
                    return loader.loadAll(keys);
                })
                .build();

        assertThatThrownBy(() -> timed.getAll(KEYS)).isInstanceOf(LoadTimeoutException.class);

        assertThat(loads).hasSize(3);
    }

    @Test
    void A55_putAll_isSentInPartsAndKept() {
        n1.users.putAll(users("put"));

        assertInParts(n1, "Put");
        assertThat(n2.email(24_999)).isEqualTo("put");
        assertThat(n1.isNear(24_999)).isTrue();
    }

    @Test
    void A55_putAll_oneKeyIsNull_sendsNothing() {
        Map<Long, User> users = users("put");
        users.put(null, new User(0, "nobody", 1));

        assertThatThrownBy(() -> n1.users.putAll(users)).isInstanceOf(NullPointerException.class);

        assertThat(roundTrips(n1)).noneMatch(trip -> trip.endsWith("Put"));
    }

    @Test
    void A55_invalidateAll_storeFailsMeanwhile_everyKeyIsInvalidatedOrOwed() {
        n1.users.putAll(users("old"));
        n1.link.afterNext(Operation.Invalidate.class, () -> n1.link.down(true));

        n1.users.invalidateAll(KEYS);
        n1.link.down(false);
        cluster.advanceSlowly(Duration.ofSeconds(2));

        assertThat(n2.users.getIfPresent(0L)).isNull();
        assertThat(n2.users.getIfPresent(24_999L)).isNull();
    }

    @Test
    void A55_invalidateAll_isSentInParts() {
        n1.users.invalidateAll(KEYS);

        assertInParts(n1, "Invalidate");
    }

    @Test
    void A55_updateAll_longWrite_noIntentRunsOut() {
        n1.users.putAll(users("old"));

        n1.users.updateAll(KEYS, () -> {
            for (long key : List.of(0L, 12_000L, 24_999L)) {
                assertThat(n2.email(key)).isEqualTo("old");
            }
            cluster.advanceSlowly(Duration.ofSeconds(14)); // longer than the term, which is 12.5 s
            for (long key : List.of(0L, 12_000L, 24_999L)) {
                assertThat(n2.email(key)).isEqualTo("old"); // which only a standing intent lets be read
                assertThat(n2.isNear(key)).isFalse();
            }
        });

        assertInParts(n1, "Begin");
        assertInParts(n1, "Complete");
        assertThat(n1.link.roundTrips())
                .filteredOn(together -> together.get(0) instanceof Operation.Begin)
                .allSatisfy(together -> assertThat(((Operation.Begin) together.get(0)).term())
                        .isEqualTo(500L * MANY)); // so that no more than 6,000 are renewed a second
        assertThat(renewals(n1)).isLessThanOrEqualTo(6_000 * 14);
        assertThat(n2.users.getIfPresent(24_999L)).isNull();
    }

    @Test
    void A55_updateAll_oneKeyCannotBeAnnounced_rejectTakesAllBack() {
        Member strict = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        strict.users.putAll(users("old"));
        strict.link.failNext(Operation.Begin.class::isInstance);

        assertThatThrownBy(() -> strict.users.updateAll(KEYS, () -> {
                    throw new AssertionError("written");
                }))
                .hasMessageContaining("cache 'users'");

        assertThat(roundTrips(strict).stream().filter(trip -> trip.endsWith("Begin")))
                .hasSize(1);
        assertThat(strict.scheduler.nextDue()).isGreaterThan(strict.nanos.get());
        assertThat(n2.email(24_999)).isEqualTo("old");
    }
}
