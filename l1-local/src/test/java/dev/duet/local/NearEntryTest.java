package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Whatever form an entry takes, it says what it was made of; its trust may be up to a millisecond early and its refresh moment up
 * to 66 microseconds, and they are never late.
 */
class NearEntryTest {

    private static final long MILLISECOND = 1L << 20;
    private static final long EARLY = 1L << 16;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Provide
    Arbitrary<Long> times() {
        long now = 20 * Duration.ofDays(1).toNanos();
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 30 * Duration.ofDays(1).toNanos()),
                Arbitraries.longs().between(now - 3 * SECOND, now + 3 * SECOND),
                Arbitraries.of(0L, now, Long.MAX_VALUE));
    }

    @Provide
    Arbitrary<NearLife> lives() {
        return Combinators.combine(
                        times(),
                        times(),
                        times(),
                        times(),
                        names(),
                        Arbitraries.integers().between(0, 9))
                .as((trusted, deadline, refreshAt, retained, name, kind) -> new NearLife(
                        trusted,
                        deadline,
                        kind < 3 ? Long.MAX_VALUE : refreshAt,
                        kind < 8 ? deadline : Math.max(deadline, retained),
                        name,
                        kind == 9));
    }

    private static Arbitrary<Long> names() {
        long store = 1_800_000_000_000_000L;
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(store, 2 * store),
                Arbitraries.of(0L, -1L, (1L << 53) - 1, 1L << 53));
    }

    private static void assertIs(NearEntry<String> entry, NearLife life, int partition, long version, int weight) {
        assertThat(entry.value()).isEqualTo("value");
        assertThat(entry.version()).isEqualTo(version);
        assertThat(entry.partition()).isEqualTo(partition);
        assertThat(entry.weight()).isEqualTo(weight);
        assertThat(entry.isStale()).isEqualTo(life.stale());
        if (life.calmUntil() == life.deadline()) {
            assertThat(entry.calmUntil()).isEqualTo(life.deadline());
        } else {
            assertThat(entry.calmUntil()).isBetween(life.calmUntil() - EARLY, life.calmUntil());
        }
        assertThat(entry.deadline()).isEqualTo(life.deadline());
        assertThat(entry.retainedUntil()).isEqualTo(life.retainedUntil());
        if (life.deadline() - life.trusted() < SECOND) {
            assertThat(entry.trusted()).isEqualTo(life.trusted());
        } else {
            assertThat(entry.trusted()).isBetween(life.trusted() - MILLISECOND, life.trusted());
        }
    }

    @Property
    void of_anyLife_saysTheSameOrALittleEarlier(
            @ForAll("lives") NearLife life, @ForAll("partitions") int partition, @ForAll("weights") int weight) {
        NearEntry<String> entry = NearEntry.of("value", Long.MAX_VALUE - 7, life, partition, weight);

        assertIs(entry, life, partition, Long.MAX_VALUE - 7, weight);
        assertThat(entry.writtenAt()).isEqualTo(life.isPlain() ? 0 : life.writtenAt());
    }

    @Property
    void refreshedAt_anyMoment_changesNothingElse(
            @ForAll("lives") NearLife life, @ForAll("times") long moment, @ForAll("weights") int weight) {
        NearEntry<String> entry = NearEntry.of("value", 3, life, 4_095, weight);
        NearEntry<String> refreshed = entry.refreshedAt(moment);

        assertIs(refreshed, entry.life().refreshedAt(moment), 4_095, 3, weight);
        assertThat(refreshed.writtenAt()).isEqualTo(entry.writtenAt());
    }

    @Provide
    Arbitrary<Integer> partitions() {
        return Arbitraries.integers().between(0, 4_095);
    }

    @Provide
    Arbitrary<Integer> weights() {
        return Arbitraries.oneOf(Arbitraries.just(1), Arbitraries.integers().between(0, 1 << 20));
    }

    @Test
    void refreshedAt_claimedAndPutOffAgainAndAgain_isNotShortened() {
        NearLife life = new NearLife(SECOND, 3_600 * SECOND + 77, 3_000 * SECOND + 5, 3_600 * SECOND + 77, 42, false);
        NearEntry<String> entry = NearEntry.of("value", 3, life, 0, 1).refreshedAt(Long.MAX_VALUE);
        long deadline = entry.deadline();
        long trusted = entry.trusted();
        for (int i = 0; i < 100; i++) {
            entry = entry.refreshedAt(3_001 * SECOND + i).refreshedAt(Long.MAX_VALUE);
        }

        assertThat(entry.deadline()).isEqualTo(deadline);
        assertThat(entry.trusted()).isEqualTo(trusted);
        assertThat(entry.writtenAt()).isEqualTo(42);
    }

    @Test
    void of_lifeWithARefreshMoment_takesTheSmallForm_whoseNameIsThatOfTheStore() {
        for (long name : new long[] {0, 1, 1_795_445_963_985_766L, (1L << 53) - 1, 0x15_F0F0_8000_0001L}) {
            long deadline = 3_600 * SECOND + 77;
            NearLife life = new NearLife(SECOND, deadline, deadline - 12_345_678, deadline, name, false);
            NearEntry<String> entry = NearEntry.of("value", 3, life, 0, 1);

            assertThat(entry.getClass().getSimpleName()).isEqualTo("Refreshed");
            assertThat(entry.writtenAt()).isEqualTo(name);
            assertThat(entry.deadline()).isEqualTo(deadline);
            assertThat(entry.refreshedAt(Long.MAX_VALUE).getClass().getSimpleName())
                    .isEqualTo("Refreshed");
        }
    }
}
