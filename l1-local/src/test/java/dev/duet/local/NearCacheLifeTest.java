package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Entries that are to be loaded anew before their deadline, and entries that are retained after it. */
class NearCacheLifeTest {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long REFRESH = 60;
    private static final long DEADLINE = 100;
    private static final long RETAINED = 200;
    private static final long NAME = 77;
    private static final NearLife LIFE = new NearLife(NEVER, DEADLINE, REFRESH, RETAINED, NAME, false);

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final Freshness freshness = new Freshness();
    private final NearCache<String, String> near = cache(NearCacheConfig.ofSize(100, 2));

    @Test
    void lookup_beforeTheRefreshMoment_serves() {
        fill("one", 1, LIFE);
        at(REFRESH - 1);

        assertThat(near.lookup("a")).isEqualTo("one");
    }

    @Test
    void lookup_refreshMomentComes_leavesItToExamine() {
        fill("one", 1, LIFE);
        at(REFRESH);

        assertThat(near.lookup("a")).isNull();
        assertThat(near.hits()).isZero();
    }

    @Test
    void lookup_refreshMomentNotBeforeTheDeadline_neverComes() {
        fill("one", 1, new NearLife(NEVER, DEADLINE, DEADLINE, RETAINED, NAME, false));
        at(DEADLINE - 1);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(DEADLINE);
        assertThat(near.examine("a")).isNull();
    }

    @Test
    void examine_nothingThere_misses() {
        assertThat(near.examine("a")).isNull();
        assertThat(near.hits()).isZero();
    }

    @Test
    void examine_beforeTheRefreshMoment_servesAndNothingIsDue() {
        fill("one", 1, LIFE);
        at(REFRESH - 1);

        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, false));
        assertThat(near.hits()).isEqualTo(1);
    }

    @Test
    void examine_refreshMomentHasCome_isDueForTheFirstOnly() {
        fill("one", 1, LIFE);
        at(REFRESH);

        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, true));
        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, false));
        assertThat(near.hits()).isEqualTo(2);
    }

    @Test
    void lookup_refreshIsClaimed_servesUntilTheDeadline() {
        fill("one", 1, LIFE);
        at(REFRESH);
        near.examine("a");
        assertThat(near.lookup("a")).isEqualTo("one");
        at(DEADLINE - 1);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(DEADLINE);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void examine_deadlineComes_missesAndClaimsNothing() {
        fill("one", 1, LIFE);
        at(DEADLINE);

        assertThat(near.examine("a")).isNull();
        assertThat(near.hits()).isZero();
        assertThat(near.retained("a")).isNotNull();
    }

    @Test
    void examine_belowTheFloor_misses() {
        fill("one", 1, LIFE);
        near.raiseFloor(0, 2);

        assertThat(near.examine("a")).isNull();
    }

    @Test
    void A08_examineNeitherFreshNorTrusted_missesUntilItIsFresh() {
        fill("one", 1, trustedUntil(REFRESH));
        at(REFRESH);
        assertThat(near.examine("a")).isNull();

        freshness.extend(REFRESH + 1);
        assertThat(near.examine("a")).matches(NearHit::refreshDue, "the miss claimed nothing");
    }

    @Test
    void examine_freshOrTrusted_serves() {
        fill("one", 1, trustedUntil(DEADLINE));
        at(REFRESH);
        assertThat(near.examine("a")).isNotNull();

        fill("one", 1, trustedUntil(0));
        freshness.extend(DEADLINE);
        assertThat(near.examine("a")).isNotNull();
    }

    @Test
    void A08_claimedOrServedAsStale_isTrustedNoLonger() {
        fill("one", 1, trustedUntil(REFRESH + 1));
        at(REFRESH);
        assertThat(near.examine("a")).isNotNull();
        at(REFRESH + 1);
        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).isNull();

        freshness.extend(DEADLINE + 1);
        at(DEADLINE);
        NearHit<String> hit = retained();
        near.serveStale("a", hit, NEVER);
        assertThat(near.lookup("a")).isEqualTo("one");
        at(DEADLINE + 1);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void examine_filledAgainAfterTheClaim_isDueAgainWithTheNewRefreshMoment() {
        fill("one", 1, LIFE);
        at(REFRESH);
        near.examine("a");
        fill("two", 2, new NearLife(NEVER, DEADLINE, REFRESH + 1, DEADLINE, NAME + 1, false));
        assertThat(near.lookup("a")).isEqualTo("two");

        at(REFRESH + 1);
        assertThat(near.examine("a")).isEqualTo(new NearHit<>("two", 2, NAME + 1, DEADLINE, false, true));
    }

    @Test
    void peek_refreshMomentHasCome_claimsAndCountsNothing() {
        fill("one", 1, LIFE);
        at(REFRESH);

        assertThat(near.peek("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, false));
        assertThat(near.hits()).isZero();
        assertThat(near.examine("a")).matches(NearHit::refreshDue);
    }

    @Test
    void peek_plainLife_tellsItsDeadlineAndNoName() {
        fill("one", 1, new NearLife(NEVER, DEADLINE, NEVER, DEADLINE, NAME, false));

        assertThat(near.peek("a")).isEqualTo(new NearHit<>("one", 1, 0, DEADLINE, false, false));
    }

    @Test
    void peek_wouldNotBeServed_isNothing() {
        assertThat(near.peek("a")).isNull();
        fill("one", 1, trustedUntil(REFRESH));
        at(REFRESH);
        assertThat(near.peek("a")).isNull();
        freshness.extend(NEVER);
        assertThat(near.peek("a")).isNotNull();

        at(DEADLINE);
        assertThat(near.peek("a")).isNull();
    }

    @Test
    void peek_belowTheFloor_isNothing() {
        fill("one", 1, LIFE);
        near.raiseFloor(0, 2);

        assertThat(near.peek("a")).isNull();
    }

    @Test
    void retained_beforeTheDeadline_isTheEntry() {
        fill("one", 1, LIFE);
        at(DEADLINE - 1);

        assertThat(near.retained("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, false));
        assertThat(near.examine("a")).matches(NearHit::refreshDue, "nothing was claimed");
    }

    @Test
    void retained_pastTheDeadline_isStaleAndCountsNothing() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        assertThat(near.retained("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, true, false));
        at(RETAINED - 1);
        assertThat(near.retained("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, true, false));

        assertThat(near.hits()).isZero();
        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).isNull();
    }

    @Test
    void retained_retentionEnds_isNothing() {
        fill("one", 1, LIFE);
        at(RETAINED);

        assertThat(near.retained("a")).isNull();
    }

    @Test
    void retained_plainLife_endsWithTheDeadline() {
        fill("one", 1, NearLife.of(NEVER, DEADLINE));
        at(DEADLINE - 1);
        assertThat(near.retained("a")).isNotNull();

        at(DEADLINE);
        assertThat(near.retained("a")).isNull();
    }

    @Test
    void retained_belowTheFloor_isNothing() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.raiseFloor(0, 2);

        assertThat(near.retained("a")).isNull();
    }

    @Test
    void A08_retainedNeitherFreshNorTrusted_isNothingUntilItIsFresh() {
        fill("one", 1, trustedUntil(DEADLINE));
        at(DEADLINE);
        assertThat(near.retained("a")).isNull();

        freshness.extend(DEADLINE + 1);
        assertThat(near.retained("a")).isNotNull();
    }

    @Test
    void retained_invalidated_isNothing() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.invalidate("a", 0, 2);
        assertThat(near.retained("a")).isNull();
        assertThat(near.retained("b")).isNull();
    }

    @Test
    void lookup_clockIsClosed_nothingIsServedOrRetained() {
        fill("one", 1, new NearLife(NEVER, NEVER, NEVER, NEVER, NAME, true));
        assertThat(near.lookup("a")).isEqualTo("one");
        clock.close();

        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).isNull();
        assertThat(near.peek("a")).isNull();
        assertThat(near.retained("a")).isNull();
    }

    @Test
    void refreshLater_afterTheClaim_isDueOnceMoreAtThatTime() {
        fill("one", 1, LIFE);
        at(REFRESH);
        near.examine("a");
        near.refreshLater("a", NAME, REFRESH + 10);
        at(REFRESH + 9);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(REFRESH + 10);
        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).matches(NearHit::refreshDue);
        assertThat(near.examine("a")).matches(hit -> !hit.refreshDue());
    }

    @Test
    void refreshLater_never_isServedUntilTheDeadline() {
        fill("one", 1, LIFE);
        near.refreshLater("a", NAME, NEVER);
        at(DEADLINE - 1);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(DEADLINE);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void refreshLater_anotherValueThere_changesNothing() {
        fill("two", 2, LIFE);
        near.refreshLater("a", NAME - 1, NEVER);
        at(REFRESH);

        assertThat(near.examine("a")).matches(NearHit::refreshDue);
    }

    @Test
    void refreshLater_deadlineIsPast_bringsNothingBack() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.refreshLater("a", NAME, DEADLINE + 10);

        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).isNull();
    }

    @Test
    void refreshLater_invalidated_bringsNothingBack() {
        fill("one", 1, LIFE);
        near.invalidate("a", 0, 2);
        near.refreshLater("a", NAME, NEVER);

        assertThat(near.lookup("a")).isNull();
        near.cleanUp();
        assertThat(near.estimatedSize()).isZero();
    }

    @Test
    void refreshLater_plainLife_getsARefreshMoment() {
        fill("one", 1, NearLife.of(NEVER, DEADLINE));
        near.refreshLater("a", 0, REFRESH);
        at(REFRESH);

        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, 0, DEADLINE, false, true));
    }

    @Test
    void serveStale_retained_isServedUntilThen() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        assertThat(near.serveStale("a", retained(), DEADLINE + 10)).isTrue();

        assertThat(near.lookup("a")).isEqualTo("one");
        at(DEADLINE + 9);
        assertThat(near.lookup("a")).isEqualTo("one");
        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE + 10, true, false));

        at(DEADLINE + 10);
        assertThat(near.lookup("a")).isNull();
        assertThat(near.examine("a")).isNull();
    }

    @Test
    void serveStale_timeIsOver_isRetainedAndServedOnceMore() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.serveStale("a", retained(), DEADLINE + 10);
        at(DEADLINE + 10);

        assertThat(near.serveStale("a", retained(), DEADLINE + 20)).isTrue();
        assertThat(near.lookup("a")).isEqualTo("one");
    }

    @Test
    void serveStale_servedAsStaleAlready_getsTheNewTime() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.serveStale("a", retained(), DEADLINE + 10);

        assertThat(near.serveStale("a", retained(), DEADLINE + 20)).isTrue();
        at(DEADLINE + 19);
        assertThat(near.lookup("a")).isEqualTo("one");
    }

    @Test
    void serveStale_beyondTheRetention_endsWithIt() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        assertThat(near.serveStale("a", retained(), NEVER)).isTrue();
        at(RETAINED - 1);
        assertThat(near.lookup("a")).isEqualTo("one");

        at(RETAINED);
        assertThat(near.lookup("a")).isNull();
        assertThat(near.retained("a")).isNull();
    }

    @Test
    void serveStale_timeHasPassed_isRefused() {
        fill("one", 1, LIFE);
        at(DEADLINE);

        assertThat(near.serveStale("a", retained(), DEADLINE)).isFalse();
    }

    @Test
    void serveStale_retentionHasEnded_isRefused() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        NearHit<String> hit = retained();
        at(RETAINED);

        assertThat(near.serveStale("a", hit, NEVER)).isFalse();
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void serveStale_invalidatedMeanwhile_isRefused() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        NearHit<String> hit = retained();
        near.invalidate("a");

        assertThat(near.serveStale("a", hit, NEVER)).isFalse();
        assertThat(near.lookup("a")).isNull();
        near.cleanUp();
        assertThat(near.estimatedSize()).isZero();
    }

    @Test
    void serveStale_anotherVersionThere_isRefused() {
        NearHit<String> hit = retainedThenFilledWith("one", 2, NAME);

        assertThat(near.serveStale("a", hit, NEVER)).isFalse();
    }

    @Test
    void serveStale_anotherNameThere_isRefused() {
        NearHit<String> hit = retainedThenFilledWith("one", 1, NAME + 1);

        assertThat(near.serveStale("a", hit, NEVER)).isFalse();
    }

    @Test
    void serveStale_equalValueThere_isRefused() {
        NearHit<String> hit = retainedThenFilledWith("-one".substring(1), 1, NAME);

        assertThat(near.serveStale("a", hit, NEVER)).isFalse();
    }

    @Test
    void serveStale_sameValueFilledAgain_itsLifeIsLeftAlone() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        NearHit<String> hit = retained();
        fill("one", 1, new NearLife(NEVER, DEADLINE + 50, NEVER, RETAINED, NAME, false));

        assertThat(near.serveStale("a", hit, DEADLINE + 10)).isFalse();
        assertThat(near.peek("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE + 50, false, false));
    }

    @Test
    void serveStale_belowTheFloor_isNotServed() {
        fill("one", 1, LIFE);
        at(DEADLINE);
        near.serveStale("a", retained(), NEVER);
        near.raiseFloor(0, 2);

        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void A11_servedAsStale_aChangeDropsItAndItsOwnDoesNot() {
        fill("one", 5, LIFE);
        at(DEADLINE);
        near.serveStale("a", retained(), NEVER);
        near.invalidate("a", 0, 5);
        assertThat(near.lookup("a")).isEqualTo("one");

        near.invalidate("a", 0, 6);
        assertThat(near.lookup("a")).isNull();
    }

    @Test
    void fill_staleByWordOfTheStore_isServedAndSaidToBe() {
        fill("one", 1, new NearLife(NEVER, DEADLINE, NEVER, DEADLINE, NAME, true));

        assertThat(near.lookup("a")).isEqualTo("one");
        assertThat(near.peek("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, true, false));
    }

    @Test
    void fill_deadlineIsPastThoughRetained_isRefused() {
        at(DEADLINE);

        assertThat(fill("one", 1, LIFE)).isEqualTo(FillOutcome.EXPIRED);
    }

    @Test
    void replace_withALife_isRefreshedAndRetained() {
        near.replace("a", near.ticket("a"), "one", 0, 1, LIFE);
        at(REFRESH);

        assertThat(near.examine("a")).isEqualTo(new NearHit<>("one", 1, NAME, DEADLINE, false, true));
        at(DEADLINE);
        assertThat(near.retained("a")).isNotNull();
    }

    @Test
    void weightedSize_claimedAndServedAsStale_staysTheSame() {
        NearCache<String, String> weighed =
                cache(NearCacheConfig.ofWeight(1_000, (key, value) -> 10 * value.length(), 2));
        weighed.fill("a", weighed.ticket("a"), "one", 0, 1, LIFE);
        at(REFRESH);
        weighed.examine("a");
        weighed.refreshLater("a", NAME, REFRESH + 1);
        at(DEADLINE);
        NearHit<String> hit = weighed.retained("a");
        assertThat(hit).isNotNull();
        weighed.serveStale("a", hit, NEVER);
        weighed.cleanUp();

        assertThat(weighed.weightedSize()).isEqualTo(30);
        assertThat(weighed.evictions()).isZero();
    }

    @Test
    void retained_beyondTheBound_isEvictedLikeAnyOther() {
        IntStream.range(0, 1_000).forEach(i -> near.fill("key" + i, near.ticket("key" + i), "one", 0, 1, LIFE));
        at(DEADLINE);
        near.cleanUp();

        assertThat(near.estimatedSize()).isEqualTo(100);
        assertThat(IntStream.range(0, 1_000).filter(i -> near.retained("key" + i) != null))
                .hasSize(100);
    }

    @Test
    void everyMethod_nullKey_namesTheKey() {
        NearHit<String> hit = new NearHit<>("one", 1, 0, 0, false, false);
        assertThatThrownBy(() -> near.examine(nothing())).hasMessage("key");
        assertThatThrownBy(() -> near.peek(nothing())).hasMessage("key");
        assertThatThrownBy(() -> near.retained(nothing())).hasMessage("key");
        assertThatThrownBy(() -> near.refreshLater(nothing(), 0, 0)).hasMessage("key");
        assertThatThrownBy(() -> near.serveStale(nothing(), hit, NEVER)).hasMessage("key");
        assertThatThrownBy(() -> near.serveStale("a", nothing(), NEVER)).hasMessage("hit");
    }

    /** What was retained of version 1, in whose place there is something else by now, retained as well. */
    private NearHit<String> retainedThenFilledWith(String value, long version, long name) {
        fill("one", 1, LIFE);
        at(DEADLINE);
        NearHit<String> hit = retained();
        fill(value, version, new NearLife(NEVER, DEADLINE + 1, NEVER, RETAINED, name, false));
        at(DEADLINE + 1);
        return hit;
    }

    private NearHit<String> retained() {
        NearHit<String> hit = near.retained("a");
        assertThat(hit).isNotNull();
        return hit;
    }

    private FillOutcome fill(String value, long version, NearLife life) {
        return near.fill("a", near.ticket("a"), value, 0, version, life);
    }

    private NearCache<String, String> cache(NearCacheConfig<String, String> config) {
        return new NearCache<>(config, clock, freshness, housekeeping -> {});
    }

    private static NearLife trustedUntil(long time) {
        return new NearLife(time, DEADLINE, REFRESH, RETAINED, NAME, false);
    }

    private void at(long time) {
        nanos.set(time);
        clock.tick();
    }

    /** Null where null is not allowed, as a caller without a null checker would pass it. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }
}
