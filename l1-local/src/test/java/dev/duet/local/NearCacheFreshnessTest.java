package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which entries are served while nothing is heard of changes. */
class NearCacheFreshnessTest {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long YOUNG_UNTIL = 100;

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final Freshness freshness = new Freshness();
    private final NearCache<Object, String> near =
            new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, freshness, housekeeping -> {});

    @Test
    void lookup_youngThoughNotFresh_serves() {
        fill("a", NEVER);
        at(YOUNG_UNTIL - 1);

        assertThat(near.lookup("a")).isEqualTo("one");
    }

    @Test
    void lookup_freshThoughNotYoung_serves() {
        fill("a", NEVER);
        freshness.extend(YOUNG_UNTIL + 10);
        at(YOUNG_UNTIL + 9);

        assertThat(near.lookup("a")).isEqualTo("one");
    }

    @Test
    void A08_neitherFreshNorYoung_misses() {
        fill("a", NEVER);
        freshness.extend(YOUNG_UNTIL - 10);
        at(YOUNG_UNTIL);

        assertThat(near.lookup("a")).isNull();
        assertThat(near.hits()).isZero();
    }

    @Test
    void A08_freshnessEnds_misses() {
        fill("a", NEVER);
        freshness.extend(YOUNG_UNTIL + 10);
        at(YOUNG_UNTIL + 10);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A08_missedForLackOfFreshness_isServedAgainWithTheNext() {
        fill("a", NEVER);
        at(YOUNG_UNTIL);
        assertThat(near.lookup("a")).isNull();
        near.cleanUp();
        assertThat(near.estimatedSize()).isEqualTo(1);

        freshness.extend(YOUNG_UNTIL + 1);
        assertThat(near.lookup("a")).isEqualTo("one");
        assertThat(near.evictions()).isZero();
    }

    @Test
    void lookup_freshButPastTheDeadline_misses() {
        fill("a", 50);
        freshness.extend(NEVER);
        at(50);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void lookup_youngButPastTheDeadline_misses() {
        fill("a", 50);
        at(50);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void lookup_freshButBelowTheFloor_misses() {
        fill("a", NEVER);
        freshness.extend(NEVER);
        near.raiseFloor(0, 2);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void fill_notTrustedAtAll_isKeptForTheNextFreshness() {
        assertThat(near.fill("a", near.ticket("a"), "one", 0, 1, NearLife.of(0, NEVER)))
                .isEqualTo(FillOutcome.FILLED);
        assertThat(near.lookup("a")).isNull();

        freshness.extend(1);
        assertThat(near.lookup("a")).isEqualTo("one");
    }

    /**
     * A reading finds its entry, and is held up before it goes on: in {@code equals} of its key, whose answer lets the map
     * hand the entry out. Meanwhile the entry is dropped, and then everything up to that moment is proven to have been acted
     * upon. Housekeeping, which would clear the dropped entry under the reading now and then, does not run.
     */
    @ParameterizedTest
    @EnumSource
    void A28_readingHeldUpWithItsEntry_isNotServedByAFreshnessProvenAfterThatWasDropped(Reading reading) {
        fill(new Named("a", () -> {}), NEVER);
        at(YOUNG_UNTIL);
        Named held = new Named("a", () -> {
            near.invalidate(new Named("a", () -> {}), 0, 2);
            freshness.extend(YOUNG_UNTIL + 10);
        });

        assertThat(reading.of.apply(near, held)).isNull();
        assertThat(freshness.until()).as("the reading was held up").isEqualTo(YOUNG_UNTIL + 10);
    }

    @ParameterizedTest
    @EnumSource
    void A28_readingHeldUpWithItsEntry_isNotServedBelowAFloorThatWasRaisedMeanwhile(Reading reading) {
        fill(new Named("a", () -> {}), NEVER);
        Named held = new Named("a", () -> near.raiseFloor(0, 2));

        assertThat(reading.of.apply(near, held)).isNull();
        assertThat(near.floor(0)).as("the reading was held up").isEqualTo(2);
    }

    /** The ways to read an entry. */
    @SuppressWarnings("ImmutableEnumChecker") // each is a method, which holds nothing
    enum Reading {
        LOOKUP(NearCache::lookup),
        EXAMINE(NearCache::examine),
        PEEK(NearCache::peek),
        RETAINED(NearCache::retained);

        private final BiFunction<NearCache<Object, String>, Object, @Nullable Object> of;

        Reading(BiFunction<NearCache<Object, String>, Object, @Nullable Object> of) {
            this.of = of;
        }
    }

    private void fill(Object key, long deadline) {
        near.fill(key, near.ticket(key), "one", 0, 1, NearLife.of(YOUNG_UNTIL, deadline));
    }

    private void at(long time) {
        nanos.set(time);
        clock.tick();
    }

    /** A key that says when it is being compared. */
    private record Named(String name, Runnable onEquals) {
        @Override
        public boolean equals(Object other) {
            onEquals.run();
            return other instanceof Named that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }
}
