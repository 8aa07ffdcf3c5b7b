package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import dev.duet.store.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What listeners are told, and when. */
class EventTest {

    private static final long ID = 456;

    private final Cluster cluster = new Cluster();
    private final List<CacheEvent> events = new CopyOnWriteArrayList<>();
    private final Member n1 = cluster.node(
            0,
            settings -> settings.staleIfError(Duration.ofMinutes(10))
                    .refreshAfterWrite(Duration.ofSeconds(30))
                    .maximumSize(5)
                    .onEvent(events::add));
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void loaded_isToldOnceWithItsTime() {
        n1.loadNext(key -> {
            cluster.advance(Duration.ofMillis(100));
            return cluster.select(key);
        });

        n1.email(ID);
        n1.email(ID);

        assertThat(events).containsExactly(new CacheEvent.Loaded("users", ID, Duration.ofMillis(100)));
    }

    @Test
    void loaded_ofABulk_isToldForEachKey() {
        n1.users.getAll(List.of(ID, 7L));

        assertThat(events)
                .containsExactly(
                        new CacheEvent.Loaded("users", ID, Duration.ZERO),
                        new CacheEvent.Loaded("users", 7L, Duration.ZERO));
    }

    @Test
    void hits_areNoEvents() {
        n2.email(ID);

        n1.email(ID);
        n1.email(ID);

        assertThat(events).isEmpty();
    }

    @Test
    void loadFailed_isToldWithTheFailure() {
        IOException broken = new IOException("broken");
        n1.loadNext(key -> {
            throw broken;
        });

        assertThatThrownBy(() -> n1.email(ID)).isSameAs(broken);

        assertThat(events).containsExactly(new CacheEvent.LoadFailed("users", ID, Duration.ZERO, broken));
    }

    @Test
    void staleServed_followsTheFailure() {
        IOException broken = new IOException("broken");
        n1.email(ID);
        cluster.advance(Cluster.TTL);
        n1.loadNext(key -> {
            throw broken;
        });
        events.clear();

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(events)
                .containsExactly(
                        new CacheEvent.LoadFailed("users", ID, Duration.ZERO, broken),
                        new CacheEvent.StaleServed("users", ID, broken));
    }

    @Test
    void refreshed_isToldInPlaceOfLoaded() {
        n1.email(ID);
        events.clear();
        cluster.advance(Duration.ofSeconds(30));

        n1.email(ID);

        assertThat(events).containsExactly(new CacheEvent.Refreshed("users", ID, Duration.ZERO));
    }

    @Test
    void refreshFailed_isTold() {
        IOException broken = new IOException("broken");
        n1.email(ID);
        events.clear();
        cluster.advance(Duration.ofSeconds(30));
        n1.loadNext(key -> {
            throw broken;
        });

        n1.email(ID);

        assertThat(events).containsExactly(new CacheEvent.RefreshFailed("users", ID, broken));
    }

    @Test
    void fillRefused_isToldOfTheStore() {
        n1.loadNext(key -> {
            elsewhere(() -> {
                n2.users.invalidate(key);
                return true;
            });
            return cluster.select(key);
        });

        n1.email(ID);

        assertThat(events)
                .contains(new CacheEvent.FillRefused("users", ID, Level.STORE))
                .contains(new CacheEvent.Invalidated("users", ID, false))
                .hasSize(3);
    }

    @Test
    void fillRefused_isToldOfTheNearCache() {
        n2.email(ID);
        n1.link.afterNext(Operation.Lease.class, () -> n2.users.invalidate(ID));

        n1.email(ID);

        assertThat(events)
                .containsExactly(
                        new CacheEvent.Invalidated("users", ID, false),
                        new CacheEvent.FillRefused("users", ID, Level.NEAR));
    }

    @Test
    void invalidated_own_isToldOnce() {
        n1.users.invalidate(ID);

        assertThat(events).containsExactly(new CacheEvent.Invalidated("users", ID, true));
    }

    @Test
    void invalidated_ownWholeCache_isToldOnce() {
        n1.users.invalidateAll();

        assertThat(events).containsExactly(new CacheEvent.Invalidated("users", null, true));
    }

    @Test
    void invalidated_byAnotherNode_isToldOnce() {
        n2.users.invalidate(ID);
        n2.users.put(7L, new User(7, "put", 1));

        assertThat(events)
                .containsExactly(
                        new CacheEvent.Invalidated("users", ID, false), new CacheEvent.Invalidated("users", 7L, false));
    }

    @Test
    void invalidated_wholeCacheByAnotherNode_isToldOnce() {
        n2.users.invalidateAll();

        assertThat(events).containsExactly(new CacheEvent.Invalidated("users", null, false));
    }

    @Test
    void invalidated_changesMayHaveBeenMissed_isTold() {
        cluster.advance(Duration.ofMillis(250));
        n1.link.goBack(2_000_000);
        n1.email(ID);
        events.clear();

        cluster.advance(Duration.ofSeconds(1));

        assertThat(events).contains(new CacheEvent.Invalidated("users", null, false));
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void update_isToldAsInvalidated() {
        n1.email(ID);
        events.clear();

        n1.users.update(ID, () -> cluster.commit(ID, "v2"));

        assertThat(events).isNotEmpty().containsOnly(new CacheEvent.Invalidated("users", ID, true));
    }

    @Test
    void evicted_isTold() {
        for (long id = 0; id < 100; id++) {
            cluster.commit(id, "user");
            n1.email(id);
        }
        await().until(() -> n1.users.stats().nearSize() <= 5);

        assertThat(events.stream().filter(CacheEvent.Evicted.class::isInstance)).isNotEmpty();
    }

    @Test
    void invalidated_isNotEvicted() {
        n1.email(ID);
        n1.users.invalidate(ID);

        assertThat(events).noneMatch(CacheEvent.Evicted.class::isInstance);
    }

    @Test
    void degradedAndRecovered_areToldOnceEach() {
        n1.link.down(true);
        for (long id = 0; id < 20; id++) {
            n1.email(id);
        }
        assertThat(events.stream().filter(CacheEvent.Degraded.class::isInstance))
                .singleElement()
                .satisfies(event ->
                        assertThat(((CacheEvent.Degraded) event).reason()).contains("the store is down"));
        assertThat(events).noneMatch(CacheEvent.Recovered.class::isInstance);

        n1.link.down(false);
        cluster.advance(Duration.ofSeconds(10));

        assertThat(events.stream().filter(CacheEvent.Recovered.class::isInstance))
                .containsExactly(new CacheEvent.Recovered("users"));
    }

    @Test
    void listeners_areToldOffTheCallersThread() {
        n1.background.hold();

        n1.email(ID);
        n1.users.invalidate(ID);

        assertThat(events).isEmpty();
        n1.background.run();
        assertThat(events)
                .containsExactly(
                        new CacheEvent.Loaded("users", ID, Duration.ZERO),
                        new CacheEvent.Invalidated("users", ID, true));
    }

    @Test
    void listener_throws_harmsNeitherReadersNorOtherListeners() {
        List<CacheEvent> told = new ArrayList<>();
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("loud", Long.class, User.class)
                .loader(cluster::select)
                .onEvent(event -> {
                    throw new IllegalStateException("listener");
                })
                .onEvent(told::add)
                .build();

        assertThat(cache.get(ID)).isNotNull();
        cache.putAll(Map.of(7L, new User(7, "put", 1)));
        cache.invalidate(ID);

        assertThat(told)
                .containsExactly(
                        new CacheEvent.Loaded("loud", ID, Duration.ZERO), new CacheEvent.Invalidated("loud", ID, true));
    }

    @Test
    void listener_thatReadsTheCache_isFine() {
        List<User> read = new ArrayList<>();
        List<TwoLevelCache<Long, User>> cache = new ArrayList<>();
        cache.add(n1.duet
                .cache("reading", Long.class, User.class)
                .loader(cluster::select)
                .onEvent(event -> read.add(cache.get(0).getIfPresent(ID)))
                .build());

        cache.get(0).get(ID);

        assertThat(read).hasSize(1);
    }

    @Test
    void withoutListeners_nothingIsHandedToTheBackground() {
        n2.background.hold();

        n2.email(ID);
        n2.users.invalidate(ID);
        n2.users.invalidateAll();

        assertThat(n2.background.run()).isZero();
    }
}
