package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NearCacheTest {

    private static final int PARTITION = 3;
    private static final int PARTITIONS = 8;
    private static final long NEVER = Long.MAX_VALUE;
    private static final NearLife FOREVER = NearLife.of(NEVER, NEVER);

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final NearCache<String, String> near =
            new NearCache<>(NearCacheConfig.ofSize(100, PARTITIONS), clock, Freshness.endless());

    @Test
    void lookup_nothingFilled_misses() {
        assertThat(near.lookup("a")).isNull();
        assertThat(near.hits()).isZero();
    }

    @Test
    void lookup_filled_servesTheSameInstanceAndCountsAHit() {
        String value = "one";
        assertThat(fill("a", value, 1)).isEqualTo(FillOutcome.FILLED);

        assertThat(near.lookup("a")).isSameAs(value);
        assertThat(near.lookup("b")).isNull();
        assertThat(near.hits()).isEqualTo(1);
    }

    @Test
    void lookup_warm_allocatesNothing() {
        String[] keys = IntStream.range(0, 64).mapToObj(i -> "key" + i).toArray(String[]::new);
        for (String key : keys) {
            fill(key, "value", 1);
        }
        allocatedByLookups(keys, 1_000_000);

        // Caffeine hands its bookkeeping to a pool now and then: some hundredths of a byte for each lookup.
        assertThat(allocatedByLookups(keys, 1_000_000)).isLessThan(1_000_000);
    }

    @Test
    void everyMethod_nullKey_namesTheKey() {
        assertThatThrownBy(() -> near.lookup(nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
        assertThatThrownBy(() -> near.ticket(nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
        assertThatThrownBy(() -> near.fill(nothing(), 0, "v", PARTITION, 1, FOREVER))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
        assertThatThrownBy(() -> near.invalidate(nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
        assertThatThrownBy(() -> near.invalidate(nothing(), PARTITION, 1))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
    }

    @Test
    void fill_nullValue_namesTheValue() {
        assertThatThrownBy(() -> near.fill("a", 0, nothing(), PARTITION, 1, FOREVER))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value");
    }

    @Test
    void fill_noSuchPartition_isRefused() {
        assertThatThrownBy(() -> near.fill("a", near.ticket("a"), "v", PARTITIONS, 1, FOREVER))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> near.raiseFloor(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> near.floor(PARTITIONS)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void A03_changeArrivesBetweenReadAndFill_fillIsRefused() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);

        assertThat(near.fill("a", ticket, "one", PARTITION, 1, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A03_ownWriteBetweenReadAndFill_fillIsRefused() {
        long ticket = near.ticket("a");
        near.invalidate("a");

        assertThat(near.fill("a", ticket, "one", PARTITION, 1, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A03_ticketVoidedAndEntryThere_entryStays() {
        fill("a", "two", 2);
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);

        assertThat(near.fill("a", ticket, "three", PARTITION, 3, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isEqualTo("two");
    }

    @Test
    void A03_newTicketAfterTheChange_fills() {
        near.invalidate("a", PARTITION, 2);

        assertThat(fill("a", "two", 2)).isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup("a")).isEqualTo("two");
    }

    @Test
    void A11_olderAnswerArrivesLast_newerEntryStays() {
        long slow = near.ticket("a");
        fill("a", "two", 2);

        assertThat(near.fill("a", slow, "one", PARTITION, 1, FOREVER)).isEqualTo(FillOutcome.OLDER);
        assertThat(near.lookup("a")).isEqualTo("two");
    }

    @Test
    void A11_sameChangeTwice_isHarmless() {
        near.invalidate("a", PARTITION, 2);
        fill("a", "two", 2);
        near.invalidate("a", PARTITION, 2);

        assertThat(near.lookup("a")).isEqualTo("two");
    }

    @Test
    void A11_changesOutOfOrder_newerEntryStays() {
        near.invalidate("a", PARTITION, 7);
        fill("a", "seven", 7);
        near.invalidate("a", PARTITION, 6);

        assertThat(near.lookup("a")).isEqualTo("seven");
    }

    @Test
    void A25_ownWrite_dropsWhateverVersionIsThere() {
        fill("a", "newest", Long.MAX_VALUE);
        near.invalidate("a");

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A25_ownValue_replacesOlderEntry() {
        fill("a", "old", 1);

        assertThat(near.replace("a", near.ticket("a"), "new", PARTITION, 2, FOREVER))
                .isEqualTo(FillOutcome.FILLED);

        assertThat(near.lookup("a")).isEqualTo("new");
    }

    @Test
    void A25_readBegunBeforeOwnValue_isNotKeptBehindIt() {
        long ticket = near.ticket("a");
        nanos.set(10);
        clock.tick();
        assertThat(near.replace("a", near.ticket("a"), "new", PARTITION, 2, NearLife.of(NEVER, 10)))
                .isEqualTo(FillOutcome.EXPIRED);

        assertThat(near.fill("a", ticket, "old", PARTITION, 1, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
    }

    @Test
    void A25_ownValueThatCannotBeKept_stillDropsOlderEntry() {
        fill("a", "old", 1);
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 1);

        assertThat(near.replace("a", ticket, "new", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void replace_ownMessageCameFirst_keepsTheValue() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);

        assertThat(near.replace("a", ticket, "new", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup("a")).isEqualTo("new");
    }

    @Test
    void replaceAnnounced_announcementHeardBefore_keepsTheValue() {
        near.invalidate("a", PARTITION, 2);
        long ticket = near.ticket("a");

        assertThat(near.replaceAnnounced("a", ticket, "new", PARTITION, 2, FOREVER))
                .isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup("a")).isEqualTo("new");
    }

    @Test
    void A25_announcementHeardBeforeAndOwnLaterWriteSince_dropsTheValue() {
        near.invalidate("a", PARTITION, 2);
        long ticket = near.ticket("a");
        near.invalidate("a"); // its message has not come yet

        assertThat(near.replaceAnnounced("a", ticket, "old", PARTITION, 2, FOREVER))
                .isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void replaceAnnounced_announcementHeardSince_isAMiss() {
        fill("a", "old", 1);
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);

        assertThat(near.replaceAnnounced("a", ticket, "new", PARTITION, 2, FOREVER))
                .isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A25_ownMessageAndAnotherCameFirst_dropsTheValue() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);
        near.invalidate("a", PARTITION, 3);

        assertThat(near.replace("a", ticket, "old", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A25_ownMessageAndOwnLaterWriteCameFirst_dropsTheValue() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);
        near.invalidate("a");

        assertThat(near.replace("a", ticket, "old", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A25_messageOfAnotherPartitionWithTheSameVersion_isNotTakenForOwn() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION + 1, 2);

        assertThat(near.replace("a", ticket, "new", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
    }

    @Test
    void A03_fillAfterMessageOfItsOwnVersion_isRefused() {
        long ticket = near.ticket("a");
        near.invalidate("a", PARTITION, 2);

        assertThat(near.fill("a", ticket, "read", PARTITION, 2, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
    }

    @Test
    void A17_ownValueAfterOneOfAHigherVersion_dropsBoth() {
        fill("a", "newer, or from before the store went back", 3);

        assertThat(near.replace("a", near.ticket("a"), "own", PARTITION, 2, FOREVER))
                .isEqualTo(FillOutcome.OLDER);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A17_highest_isOfWhatWasEverKept() {
        fill("a", "value", 5);
        fill("b", "older", 3);
        near.invalidate("a");

        assertThat(near.highest(PARTITION)).isEqualTo(5);
        assertThat(near.highest(PARTITION + 1)).isZero();
    }

    @Test
    void A39_ownMessageAfterOwnFill_evictsNothing() {
        fill("a", "two", 2);
        near.invalidate("a", PARTITION, 2);

        assertThat(near.lookup("a")).isEqualTo("two");
    }

    @Test
    void invalidate_entryIsOlder_dropsIt() {
        fill("a", "one", 1);
        fill("b", "one", 1);
        near.invalidate("a", PARTITION, 2);

        assertThat(near.lookup("a")).isNull();
        assertThat(near.lookup("b")).isEqualTo("one");
        near.cleanUp();
        assertThat(near.estimatedSize()).isEqualTo(1);
    }

    @Test
    void fill_sameVersion_replaces() {
        fill("a", "one", 1);
        assertThat(fill("a", "one again", 1)).isEqualTo(FillOutcome.FILLED);

        assertThat(near.lookup("a")).isEqualTo("one again");
    }

    @Test
    void raiseFloor_entryBelow_misses() {
        fill("a", "one", 9);
        near.raiseFloor(PARTITION, 10);

        assertThat(near.lookup("a")).isNull();
        assertThat(near.hits()).isZero();
    }

    @Test
    void raiseFloor_entryAtTheFloorOrInAnotherPartition_isServed() {
        fill("a", "ten", 10);
        near.fill("b", near.ticket("b"), "nine", PARTITION + 1, 9, FOREVER);
        near.raiseFloor(PARTITION, 10);

        assertThat(near.lookup("a")).isEqualTo("ten");
        assertThat(near.lookup("b")).isEqualTo("nine");
    }

    @Test
    void raiseFloor_lower_changesNothing() {
        near.raiseFloor(PARTITION, 10);
        near.raiseFloor(PARTITION, 5);

        assertThat(near.floor(PARTITION)).isEqualTo(10);
        assertThat(near.floor(PARTITION + 1)).isZero();
    }

    @Test
    void fill_belowTheFloor_isRefusedAndDisplacesNothing() {
        near.raiseFloor(PARTITION, 10);

        assertThat(fill("a", "nine", 9)).isEqualTo(FillOutcome.BELOW_FLOOR);
        assertThat(near.estimatedSize()).isZero();
        assertThat(fill("a", "ten", 10)).isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup("a")).isEqualTo("ten");
    }

    @Test
    void lookup_deadlineComes_misses() {
        near.fill("a", near.ticket("a"), "one", PARTITION, 1, NearLife.of(NEVER, 1_000));
        at(999);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(1_000);
        assertThat(near.lookup("a")).isNull();
        assertThat(near.hits()).isEqualTo(1);
    }

    @Test
    void lookup_entryOutlivedAndFilledAgain_servesTheNewOne() {
        near.fill("a", near.ticket("a"), "one", PARTITION, 1, NearLife.of(NEVER, 1_000));
        at(1_000);
        near.fill("a", near.ticket("a"), "one again", PARTITION, 1, NearLife.of(NEVER, 2_000));

        assertThat(near.lookup("a")).isEqualTo("one again");
    }

    @Test
    void fill_deadlineIsPast_isRefused() {
        at(1_000);

        assertThat(near.fill("a", near.ticket("a"), "one", PARTITION, 1, NearLife.of(NEVER, 1_000)))
                .isEqualTo(FillOutcome.EXPIRED);
        assertThat(near.estimatedSize()).isZero();
    }

    @Test
    void lookup_clockIsClosed_misses() {
        fill("a", "one", 1);
        clock.close();

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void ticket_anotherKeyOfTheStripe_costsOneMissAndNoEntry() {
        NearCache<Integer, String> numbers =
                new NearCache<>(NearCacheConfig.ofSize(100, PARTITIONS), clock, Freshness.endless());
        long before = numbers.ticket(0);
        int other = 1;
        while (numbers.ticket(0) == before && other < 1_000_000) {
            numbers.invalidate(++other, PARTITION, 1);
        }
        assertThat(other).isLessThan(1_000_000);
        numbers.fill(0, numbers.ticket(0), "kept", PARTITION, 1, FOREVER);

        long ticket = numbers.ticket(0);
        numbers.invalidate(other, PARTITION, 2);
        assertThat(numbers.lookup(0)).isEqualTo("kept");
        assertThat(numbers.fill(0, ticket, "in vain", PARTITION, 1, FOREVER)).isEqualTo(FillOutcome.INVALIDATED);
        assertThat(numbers.fill(0, numbers.ticket(0), "again", PARTITION, 1, FOREVER))
                .isEqualTo(FillOutcome.FILLED);
    }

    @Test
    void fill_beyondMaximumSize_evictsAndCounts() {
        for (int i = 0; i < 1_000; i++) {
            fill("key" + i, "value", 1);
        }
        near.cleanUp();

        assertThat(near.estimatedSize()).isEqualTo(100);
        assertThat(near.weightedSize()).isEqualTo(100);
        assertThat(near.evictions()).isEqualTo(900);
    }

    @Test
    void evictions_removalsAndReplacements_doNotCount() {
        fill("a", "one", 1);
        fill("a", "two", 2);
        near.invalidate("a", PARTITION, 3);
        fill("a", "three", 3);
        near.invalidate("a");
        near.cleanUp();

        assertThat(near.evictions()).isZero();
    }

    @Test
    void fill_beyondMaximumWeight_evictsByWeight() {
        NearCache<Integer, String> weighed = new NearCache<>(
                NearCacheConfig.ofWeight(1_000, (key, value) -> value.length(), PARTITIONS),
                clock,
                Freshness.endless());
        for (int i = 0; i < 1_000; i++) {
            weighed.fill(i, weighed.ticket(i), "x".repeat(1 + i % 20), PARTITION, 1, FOREVER);
        }
        weighed.cleanUp();

        assertThat(weighed.weightedSize()).isBetween(900L, 1_000L);
        assertThat(weighed.evictions()).isEqualTo(1_000 - weighed.estimatedSize());
    }

    @Test
    void fill_negativeWeight_isRefusedAndKeepsWhatIsThere() {
        NearCache<Integer, String> weighed = new NearCache<>(
                NearCacheConfig.ofWeight(1_000, (key, value) -> value.equals("bad") ? -1 : 1, PARTITIONS),
                clock,
                Freshness.endless());
        weighed.fill(1, weighed.ticket(1), "good", PARTITION, 1, FOREVER);

        assertThatThrownBy(() -> weighed.fill(1, weighed.ticket(1), "bad", PARTITION, 2, FOREVER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weigher returned -1; return zero or more");
        assertThat(weighed.lookup(1)).isEqualTo("good");
    }

    @Test
    void lookup_hotKeysDuringAScan_survive() {
        NearCache<Integer, String> numbers =
                new NearCache<>(NearCacheConfig.ofSize(500, PARTITIONS), clock, Freshness.endless());
        for (int round = 0; round < 10; round++) {
            for (int hot = 0; hot < 250; hot++) {
                if (numbers.lookup(hot) == null) {
                    numbers.fill(hot, numbers.ticket(hot), "hot", PARTITION, 1, FOREVER);
                }
                if (hot % 8 == 0) {
                    numbers.cleanUp();
                }
            }
        }
        for (int cold = 1_000; cold < 20_000; cold++) {
            numbers.fill(cold, numbers.ticket(cold), "cold", PARTITION, 1, FOREVER);
        }
        numbers.cleanUp();

        assertThat(IntStream.range(0, 250).filter(hot -> numbers.lookup(hot) != null))
                .hasSizeGreaterThan(225);
    }

    private FillOutcome fill(String key, String value, long version) {
        return near.fill(key, near.ticket(key), value, PARTITION, version, FOREVER);
    }

    private void at(long time) {
        nanos.set(time);
        clock.tick();
    }

    private long allocatedByLookups(String[] keys, int lookups) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < lookups; i++) {
            if (near.lookup(keys[i & 63]) == null) {
                throw new AssertionError("a warm key missed");
            }
        }
        return threads.getThreadAllocatedBytes(self) - before;
    }

    /** Null where null is not allowed, as a caller without a null checker would pass it. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }
}
