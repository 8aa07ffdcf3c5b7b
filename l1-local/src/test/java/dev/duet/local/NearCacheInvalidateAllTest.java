package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearCacheInvalidateAllTest {

    private static final long NEVER = Long.MAX_VALUE;
    private static final NearLife FOREVER = NearLife.of(NEVER, NEVER);

    private final NearCache<Integer, String> near =
            new NearCache<>(NearCacheConfig.ofSize(1_000, 2), CoarseClock.manual(() -> 0), Freshness.endless());

    @Test
    void invalidateAll_entriesOfAllPartitions_dropsThem() {
        for (int key = 0; key < 200; key++) {
            fill(key, near.ticket(key));
        }
        near.invalidateAll();

        assertThat(IntStream.range(0, 200).mapToObj(near::lookup)).containsOnlyNulls();
        near.cleanUp();
        assertThat(near.estimatedSize()).isZero();
        assertThat(near.evictions()).isZero();
    }

    @Test
    void A06_readsUnderWay_areNotKept() {
        long[] tickets = IntStream.range(0, 200).mapToLong(near::ticket).toArray();
        near.invalidateAll();

        for (int key = 0; key < 200; key++) {
            assertThat(fill(key, tickets[key])).isEqualTo(FillOutcome.INVALIDATED);
        }
        assertThat(IntStream.range(0, 200).mapToObj(near::lookup)).containsOnlyNulls();
    }

    @Test
    void A06_ownValueUnderWay_isNotKept() {
        long ticket = near.ticket(1);
        near.invalidateAll();

        assertThat(near.replace(1, ticket, "two", 0, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup(1)).isNull();
    }

    @Test
    void invalidateAll_readsBegunAfter_areKept() {
        near.invalidateAll();

        assertThat(fill(1, near.ticket(1))).isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup(1)).isEqualTo("one");
    }

    @Test
    void invalidateAll_floors_stay() {
        near.raiseFloor(1, 7);
        near.invalidateAll();

        assertThat(near.floor(0)).isZero();
        assertThat(near.floor(1)).isEqualTo(7);
    }

    private FillOutcome fill(int key, long ticket) {
        return near.fill(key, ticket, "one", key % 2, 1, FOREVER);
    }
}
