package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Entries that are dropped for want of room, or for not having been asked for, and who is told. */
class NearCacheEvictionTest {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long IDLE = Duration.ofSeconds(10).toNanos();
    private static final NearLife RETAINED = new NearLife(NEVER, IDLE, NEVER, NEVER, 1, false);

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final List<Integer> told = new ArrayList<>();
    private final Queue<Runnable> housekeeping = new ArrayDeque<>();

    @Test
    void onEviction_beyondTheBound_isToldOfEach() {
        NearCache<Integer, String> near = near(10, null, told::add);
        fill(near, 0, 100);
        near.cleanUp();
        keepHouse();

        assertThat(near.evictions()).isEqualTo(90);
        assertThat(told).hasSize(90).doesNotHaveDuplicates().allMatch(key -> near.lookup(key) == null);
    }

    @Test
    void onEviction_housekeeperHasNotRun_isNotToldYet() {
        NearCache<Integer, String> near = near(10, null, told::add);
        fill(near, 0, 12);
        near.cleanUp();

        assertThat(near.evictions()).isEqualTo(2);
        assertThat(told).isEmpty();
    }

    @Test
    void onEviction_invalidatedReplacedOrClaimed_isNotTold() {
        NearCache<Integer, String> near = near(10, null, told::add);
        fill(near, 0, 5);
        fill(near, 0, 5);
        near.refreshLater(0, 1, 0);
        near.examine(0);
        near.invalidate(1);
        near.invalidate(2, 0, 2);
        near.invalidateAll();
        near.cleanUp();
        keepHouse();

        assertThat(told).isEmpty();
    }

    @Test
    void onEviction_throws_theOthersAreToldAllTheSame() {
        NearCache<Integer, String> near = near(10, null, key -> {
            told.add(key);
            throw new IllegalStateException("as listeners do");
        });
        fill(near, 0, 20);
        near.cleanUp();
        keepHouse();

        assertThat(told).hasSize(10);
        assertThat(near.evictions()).isEqualTo(10);
        assertThat(near.estimatedSize()).isEqualTo(10);
    }

    @Test
    void expireAfterAccess_notAskedFor_isGone() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        near.fill(1, near.ticket(1), "one", 0, 1, NearLife.of(NEVER, NEVER));
        at(IDLE - 1);
        assertThat(near.peek(1)).isNotNull();

        at(IDLE);
        assertThat(near.lookup(1)).isNull();
        near.cleanUp();
        assertThat(near.estimatedSize()).isZero();
    }

    @Test
    void expireAfterAccess_retained_isGoneToo() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 1, 2);
        at(IDLE);

        assertThat(near.retained(1)).isNull();
    }

    @Test
    void expireAfterAccess_askedForServedOrNot_stays() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 1, 2);
        at(IDLE - 1);
        assertThat(near.lookup(1)).isNotNull();
        at(2 * IDLE - 2);
        assertThat(near.lookup(1)).isNull();
        at(3 * IDLE - 3);

        assertThat(near.retained(1)).isNotNull();
    }

    @Test
    void expireAfterAccess_peekedAtAndRetained_isNotTakenForUse() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 1, 2);
        at(IDLE - 1);
        assertThat(near.peek(1)).isNotNull();
        assertThat(near.retained(1)).isNotNull();
        assertThat(near.examine(1)).isNotNull();

        at(IDLE);
        assertThat(near.retained(1)).isNull();
    }

    @Test
    void expireAfterAccess_isNeitherCountedNorTold() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 0, 5);
        at(IDLE);
        near.cleanUp();
        keepHouse();

        assertThat(near.estimatedSize()).isZero();
        assertThat(near.evictions()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void A03_expiredByAccess_changeStillVoidsTheTicket() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 1, 2);
        at(IDLE);
        long ticket = near.ticket(1);
        near.invalidate(1, 0, 2);

        assertThat(near.fill(1, ticket, "one", 0, 1, NearLife.of(NEVER, NEVER))).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.fill(1, near.ticket(1), "two", 0, 2, NearLife.of(NEVER, NEVER)))
                .isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup(1)).isEqualTo("two");
    }

    @Test
    void expireAfterAccess_clockIsClosed_missesWithoutHarm() {
        NearCache<Integer, String> near = near(10, Duration.ofNanos(IDLE), told::add);
        fill(near, 1, 2);
        clock.close();

        assertThat(near.lookup(1)).isNull();
        assertThat(near.retained(1)).isNull();
        near.invalidateAll();
    }

    private NearCache<Integer, String> near(
            long maximumSize, @Nullable Duration expireAfterAccess, Consumer<Integer> onEviction) {
        return new NearCache<>(
                new NearCacheConfig<>(maximumSize, null, null, 1, expireAfterAccess, onEviction),
                clock,
                Freshness.endless(),
                housekeeping::add);
    }

    private void fill(NearCache<Integer, String> near, int from, int to) {
        for (int key = from; key < to; key++) {
            near.fill(key, near.ticket(key), "value", 0, 1, RETAINED);
        }
    }

    private void keepHouse() {
        for (Runnable task = housekeeping.poll(); task != null; task = housekeeping.poll()) {
            task.run();
        }
    }

    private void at(long time) {
        nanos.set(time);
        clock.tick();
    }
}
