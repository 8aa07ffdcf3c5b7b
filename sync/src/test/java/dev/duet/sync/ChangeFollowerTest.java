package dev.duet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.StoreUnavailableException;
import dev.duet.sync.FakeFeed.Mode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscriptions, audits, time limits and retries. {@link ChangeFollowerThreadsTest} tests what threads may do. */
class ChangeFollowerTest {

    private static final long MILLIS = 1_000_000;
    private static final long BOUND = 1_000 * MILLIS;
    private static final long TO_STAND = 5_000 * MILLIS;
    private static final long QUARTER = BOUND / 4;
    private static final long RETRY = 100 * MILLIS;

    private final FakeScheduler scheduler = new FakeScheduler();
    private final FakeFeed feed = new FakeFeed();
    private final RecordedHandler handler = new RecordedHandler();

    @Test
    void start_feedStands_readsTheHeadsAndIsReady() {
        ChangeFollower follower = start();

        assertThat(feed.calls).containsExactly("subscribe", "heads");
        assertThat(handler.taken()).containsExactly("floor 0 10", "floor 1 20", "fresh 0", "audited");
        assertThat(ready(follower)).isCompleted();
    }

    @Test
    void A09_acknowledgedLater_readsTheHeadsThenAndIsReadyThen() {
        feed.acknowledges = false;
        ChangeFollower follower = start();
        assertThat(feed.taken()).containsExactly("subscribe");

        feed.listener().onSubscribed();
        assertThat(feed.taken()).containsExactly("heads");
        assertThat(ready(follower)).isCompleted();
    }

    @Test
    void ready_headsAreReadButTheFeedDoesNotStandYet_isNotReady() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        scheduler.advance(QUARTER);
        assertThat(handler.taken()).contains("audited");
        assertThat(ready(follower)).isNotDone();

        feed.listener().onSubscribed();
        assertThat(ready(follower)).isCompleted();
    }

    @Test
    void A09_subscribedAgain_fetchesWhatWasMissed() {
        started();
        feed.heads = new long[] {11, 20};
        feed.log = List.of(FollowerFixture.change(0, 11));
        feed.listener().onLost();
        feed.listener().onSubscribed();

        assertThat(feed.taken()).containsExactly("heads", "changes 0 after 10");
        assertThat(handler.taken()).containsExactly("apply 0 11", "fresh 0", "audited");
    }

    @Test
    void A09_heardBeforeAndAfterAReconnect_isNoGoingBack() {
        ChangeFollower follower = started();
        feed.send(11);
        feed.heads = new long[] {11, 20};
        feed.listener().onLost();
        feed.listener().onSubscribed();
        feed.send(11, 12);

        assertThat(handler.taken()).containsExactly("apply 0 11", "fresh 0", "audited", "apply 0 12");
        assertThat(follower.stats().subscriptions()).isEqualTo(2);
        assertThat(follower.stats().wentBack()).isZero();
    }

    @Test
    void onChange_next_isApplied() {
        ChangeFollower follower = started();
        feed.send(11, 12);

        assertThat(handler.taken()).containsExactly("apply 0 11", "apply 0 12");
        assertThat(follower.stats().applied()).isEqualTo(2);
    }

    @Test
    void A07_messageMissing_isTakenFromTheLog() {
        started();
        feed.log = List.of(FollowerFixture.change(0, 11));
        feed.send(12);

        assertThat(feed.taken()).containsExactly("changes 0 after 10");
        assertThat(handler.taken()).containsExactly("apply 0 11", "apply 0 12");
    }

    @Test
    void A16_versionHeardBefore_startsThePartitionOver() {
        started();
        feed.send(11, 5, 101);

        assertThat(feed.taken()).containsExactly("start 0 over");
        assertThat(handler.taken()).containsExactly("apply 0 11", "floor 0 12", "floor 0 100", "apply 0 101");
    }

    @Test
    void audit_everyQuarterOfTheBound_isSent() {
        started();
        scheduler.advance(QUARTER - 1);
        assertThat(feed.taken()).isEmpty();
        scheduler.advance(1);
        assertThat(feed.taken()).containsExactly("heads");
        assertThat(handler.taken()).containsExactly("fresh " + QUARTER, "audited");

        scheduler.advance(3 * QUARTER);
        assertThat(feed.taken()).containsExactly("heads", "heads", "heads");
    }

    @Test
    void A28_answerComesLate_provesNoMoreThanWhenItWasAskedFor() {
        started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        scheduler.advance(QUARTER);
        handler.taken();
        feed.lastHeads.complete(new long[] {10, 20});

        assertThat(handler.taken()).containsExactly("fresh " + QUARTER, "audited");
    }

    @Test
    void audit_byTheCaller_isSentNow() {
        ChangeFollower follower = started();
        follower.audit();

        assertThat(feed.taken()).containsExactly("heads");
    }

    @Test
    void audit_oneUnderWay_isNotSent() {
        ChangeFollower follower = started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        feed.taken();
        follower.audit();
        scheduler.advance(BOUND - QUARTER);

        assertThat(feed.taken()).isEmpty();
    }

    @Test
    void audit_oneUnderWayAnswered_isSentAgain() {
        ChangeFollower follower = started();
        feed.readingHeads = Mode.NEVER;
        follower.audit();
        feed.lastHeads.complete(new long[] {10, 20});
        feed.taken();
        follower.audit();

        assertThat(feed.taken()).containsExactly("heads");
    }

    /** The audit is due at the very moment at which the time of the one before is up, and is looked at first. */
    @Test
    void audit_oneUnderWayForAsLongAsTheBound_isSent() {
        feed.acknowledges = false;
        feed.readingHeads = Mode.NEVER;
        start();
        feed.listener().onSubscribed();
        feed.taken();
        scheduler.advance(BOUND - 1);
        assertThat(feed.taken()).isEmpty();

        scheduler.advance(1);
        assertThat(feed.taken()).containsExactly("heads");
    }

    @Test
    void audit_eagerOneWhileAnotherIsUnderWay_isSentNevertheless() {
        started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        feed.taken();
        feed.listener().onSubscribed();

        assertThat(feed.taken()).containsExactly("heads");
    }

    @Test
    void audit_earlierOneAnsweredWhileALaterIsUnderWay_keepsOrdinaryOnesBack() {
        ChangeFollower follower = started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        CompletableFuture<long[]> earlier = feed.lastHeads;
        scheduler.advance(1);
        feed.listener().onSubscribed();
        earlier.complete(new long[] {10, 20});
        feed.taken();
        follower.audit();

        assertThat(feed.taken()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILING", "THROWING"})
    void audit_fails_isCountedAndToldAndWaitsForTheNext(Mode mode) {
        ChangeFollower follower = started();
        feed.readingHeads = mode;
        scheduler.advance(QUARTER);
        assertThat(handler.taken()).containsExactly("audit failed: down");
        assertThat(follower.failedAudits()).isEqualTo(1);

        feed.taken();
        scheduler.advance(QUARTER - 1);
        assertThat(feed.taken()).isEmpty();
        feed.readingHeads = Mode.AT_ONCE;
        scheduler.advance(1);
        assertThat(handler.taken()).containsExactly("fresh " + 2 * QUARTER, "audited");
    }

    @Test
    void audit_neverAnswered_failsAfterTheBound() {
        ChangeFollower follower = started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        CompletableFuture<long[]> late = feed.lastHeads;
        scheduler.advance(BOUND - 1);
        assertThat(handler.taken()).isEmpty();

        scheduler.advance(1);
        assertThat(handler.taken()).containsExactly("audit failed: no answer within 1000 ms");
        assertThat(follower.failedAudits()).isEqualTo(1);
        late.complete(new long[] {10, 20});
        assertThat(handler.taken()).isEmpty();
    }

    @Test
    void audit_failsWithACompletionException_tellsItsCause() {
        started();
        feed.readingHeads = Mode.NEVER;
        scheduler.advance(QUARTER);
        feed.lastHeads.completeExceptionally(new CompletionException(new StoreUnavailableException("cut", null)));

        assertThat(handler.taken()).containsExactly("audit failed: cut");
    }

    @Test
    void A09_eagerAuditFails_isTriedAgainUntilItSucceeds() {
        started();
        feed.readingHeads = Mode.FAILING;
        feed.listener().onSubscribed();
        scheduler.advance(RETRY);
        assertThat(feed.taken()).containsExactly("heads", "heads");

        feed.readingHeads = Mode.AT_ONCE;
        feed.heads = new long[] {11, 20};
        scheduler.advance(RETRY);
        assertThat(feed.taken()).containsExactly("heads", "changes 0 after 10");
    }

    @Test
    void ready_firstHeadsFail_failsAndStaysFailedThoughTheyAreReadAgain() {
        feed.readingHeads = Mode.FAILING;
        ChangeFollower follower = start();
        assertThat(ready(follower)).isCompletedExceptionally();

        feed.readingHeads = Mode.AT_ONCE;
        scheduler.advance(RETRY);
        assertThat(handler.taken()).contains("fresh " + RETRY);
        assertThat(ready(follower)).isCompletedExceptionally();
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILING", "THROWING"})
    void subscribe_fails_isNotReadyAndIsTriedAgain(Mode mode) {
        feed.subscribing = mode;
        ChangeFollower follower = start();
        assertThat(ready(follower))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        assertThat(feed.taken()).containsExactly("subscribe");

        scheduler.advance(RETRY - 1);
        assertThat(feed.taken()).isEmpty();
        feed.subscribing = Mode.AT_ONCE;
        scheduler.advance(1);
        assertThat(feed.taken()).containsExactly("subscribe", "heads");
        feed.send(11);
        assertThat(handler.taken()).contains("apply 0 11");
    }

    @Test
    void A08_subscriptionNeverAcknowledged_isTriedAgainAndClosedIfItComesLate() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        CompletableFuture<ChangeSubscription> late = feed.lastSubscription;
        scheduler.advance(TO_STAND);
        assertThat(ready(follower)).isCompletedExceptionally();
        feed.subscribing = Mode.AT_ONCE;
        feed.taken();
        scheduler.advance(RETRY);
        assertThat(feed.taken()).startsWith("subscribe", "heads");

        late.complete(feed.subscription(1));
        assertThat(feed.taken()).containsExactly("close 1");
    }

    @Test
    void A09_feedTakesLongerToStandThanTheBound_isReadyThen() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        scheduler.advance(TO_STAND - 1);
        assertThat(ready(follower)).isNotDone();

        feed.listener().onSubscribed();

        assertThat(ready(follower)).isCompleted();
    }

    @Test
    void ready_ordinaryAuditFailsBeforeTheFeedStands_waitsOn() {
        feed.subscribing = Mode.NEVER;
        feed.readingHeads = Mode.FAILING;
        ChangeFollower follower = start();
        scheduler.advance(BOUND);
        assertThat(follower.failedAudits()).isPositive();
        assertThat(ready(follower)).isNotDone();

        feed.readingHeads = Mode.AT_ONCE;
        feed.listener().onSubscribed();

        assertThat(ready(follower)).isCompleted();
    }

    @Test
    void A11_subscriptionGivenUpDeliversNevertheless_isNotHeard() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        feed.listener().onSubscribed();
        ChangeListener givenUp = feed.listener();
        scheduler.advance(TO_STAND);
        feed.subscribing = Mode.AT_ONCE;
        scheduler.advance(RETRY);
        feed.taken();
        handler.taken();

        feed.send(11);
        givenUp.onChange(FollowerFixture.change(0, 11));
        givenUp.onSubscribed();
        givenUp.onUnreadable("garbage");
        assertThat(handler.taken()).containsExactly("apply 0 11");
        assertThat(feed.taken()).isEmpty();
        assertThat(follower.unreadable()).isZero();
    }

    @Test
    void A07_logNeverAnswers_raisesFloorAfterTheBound() {
        started();
        feed.readingTheLog = Mode.NEVER;
        feed.send(12);
        scheduler.advance(BOUND - 1);
        assertThat(handler.taken()).noneMatch(call -> call.startsWith("floor"));

        scheduler.advance(1);
        assertThat(handler.taken()).contains("floor 0 12");
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILING", "THROWING"})
    void A07_logUnreadable_raisesFloor(Mode mode) {
        started();
        feed.readingTheLog = mode;
        feed.send(12);

        assertThat(handler.taken()).containsExactly("floor 0 12");
    }

    @Test
    void A16_startingOverFails_isTriedAgainAtTheNextAudit() {
        started();
        feed.startingOver = Mode.FAILING;
        feed.send(11, 5);
        feed.startingOver = Mode.AT_ONCE;
        feed.taken();
        handler.taken();
        scheduler.advance(QUARTER);

        assertThat(feed.taken()).containsExactly("heads", "start 0 over");
        assertThat(handler.taken()).containsExactly("floor 0 100", "audited");
    }

    @Test
    void A16_startingOverNeverAnswered_isTriedAgainAfterTheBound() {
        started();
        feed.startingOver = Mode.NEVER;
        feed.send(11, 5);
        scheduler.advance(BOUND);
        assertThat(feed.taken()).containsOnlyOnce("start 0 over");

        scheduler.advance(QUARTER);
        assertThat(feed.taken()).containsExactly("heads", "start 0 over");
    }

    @Test
    void A08_feedDeliversNothing_isClosedAndThenSubscribedToAnew() {
        started();
        deliverNothing();

        assertThat(feed.taken()).containsSubsequence("close 1", "subscribe", "heads");
        assertThat(feed.listeners).hasSize(2);
        feed.send(13);
        assertThat(handler.taken()).endsWith("apply 0 13");
    }

    @Test
    void A08_feedDeliversNothingWhileItIsBeingSubscribedTo_isLeftAlone() {
        feed.subscribing = Mode.NEVER;
        start();
        feed.listener().onSubscribed();
        feed.taken();
        deliverNothing();

        assertThat(feed.taken()).doesNotContain("subscribe");
    }

    @Test
    void A08_deadAndNotYetSubscribedToAnew_isClosedOnceOnly() {
        started();
        feed.subscribing = Mode.NEVER;
        deliverNothing();
        assertThat(feed.taken()).containsSubsequence("close 1", "subscribe");

        feed.heads = new long[] {13, 20};
        scheduler.advance(QUARTER);
        feed.heads = new long[] {14, 20};
        scheduler.advance(2 * QUARTER);
        assertThat(feed.taken()).contains("changes 0 after 13").doesNotContain("close 1", "subscribe");
    }

    @Test
    void A08_deadSubscriptionCannotBeClosed_isSubscribedToAnewAndAuditsGoOn() {
        started();
        feed.closingFails = true;
        deliverNothing();
        assertThat(feed.taken()).containsSubsequence("close 1", "subscribe", "heads");

        scheduler.advance(QUARTER);
        assertThat(feed.taken()).containsExactly("heads");
    }

    @Test
    void onChange_handlerFails_raisesFloorAndGoesOn() {
        started();
        handler.failure = new IllegalStateException("cannot decode");
        feed.send(11);
        handler.failure = null;
        feed.send(12);

        assertThat(handler.taken()).containsExactly("floor 0 11", "apply 0 12");
    }

    @Test
    void onUnreadable_isCountedAndFetchesWhatItMayHaveSaid() {
        ChangeFollower follower = started();
        feed.heads = new long[] {11, 20};
        feed.log = List.of(FollowerFixture.change(0, 11));
        feed.listener().onUnreadable("garbage");

        assertThat(follower.unreadable()).isEqualTo(1);
        assertThat(feed.taken()).containsExactly("heads", "changes 0 after 10");
        assertThat(handler.taken()).containsExactly("apply 0 11", "fresh 0", "audited");
    }

    @Test
    void close_closesTheSubscriptionOnceAndLeavesNothingToDo() {
        ChangeFollower follower = started();
        follower.close();
        follower.close();

        assertThat(feed.taken()).containsExactly("close 1");
        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void close_afterwards_nothingIsAskedOrTold() {
        ChangeFollower follower = started();
        feed.readingHeads = Mode.NEVER;
        follower.audit();
        follower.close();
        feed.taken();

        feed.lastHeads.complete(new long[] {10, 20});
        feed.send(11, 15);
        feed.listener().onSubscribed();
        feed.listener().onUnreadable("garbage");
        follower.audit();
        scheduler.advance(10 * BOUND);
        assertThat(handler.taken()).isEmpty();
        assertThat(feed.taken()).isEmpty();
        assertThat(follower.unreadable()).isZero();
    }

    @Test
    void close_whileSubscribing_closesTheSubscriptionWhenItStands() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        follower.close();
        feed.taken();
        feed.lastSubscription.complete(feed.subscription(1));

        assertThat(feed.taken()).containsExactly("close 1");
    }

    @Test
    void close_whileSubscribingFails_triesNoMore() {
        feed.subscribing = Mode.NEVER;
        ChangeFollower follower = start();
        follower.close();
        feed.taken();
        feed.lastSubscription.completeExceptionally(new StoreUnavailableException("down", null));

        assertThat(scheduler.waiting()).isZero();
        assertThat(feed.taken()).isEmpty();
    }

    @Test
    void close_whileARetryIsDue_triesNoMore() {
        feed.subscribing = Mode.FAILING;
        ChangeFollower follower = start();
        follower.close();
        feed.taken();
        scheduler.advance(RETRY);

        assertThat(feed.taken()).isEmpty();
    }

    @Test
    void later_schedulerIsShutDown_callsAreStillMade() {
        started();
        scheduler.shutdownNow();
        feed.log = List.of(FollowerFixture.change(0, 11));
        feed.send(12);

        assertThat(handler.taken()).containsExactly("apply 0 11", "apply 0 12");
    }

    @Test
    void call_answered_leavesNoTimerBehind() {
        started();

        assertThat(scheduler.waiting()).as("the audits alone").isEqualTo(1);
    }

    /** Changes that are seen by audits, and heard of by nobody. */
    private void deliverNothing() {
        feed.heads = new long[] {11, 20};
        scheduler.advance(QUARTER);
        feed.heads = new long[] {12, 20};
        scheduler.advance(2 * QUARTER);
    }

    private ChangeFollower started() {
        ChangeFollower follower = start();
        feed.taken();
        handler.taken();
        return follower;
    }

    private ChangeFollower start() {
        return ChangeFollower.start(
                feed, handler, scheduler, scheduler::now, Duration.ofNanos(BOUND), Duration.ofNanos(RETRY));
    }

    @Test
    void A43_storeClock_isLookedAtTwiceASecond_whereAuditsAreFartherApart() {
        start();
        scheduler.advance(10 * BOUND);
        assertThat(feed.clockWatches).as("audits do").isZero();

        Duration seldom = Duration.ofNanos(8 * BOUND);
        ChangeFollower follower =
                ChangeFollower.start(feed, handler, scheduler, scheduler::now, seldom, Duration.ofNanos(RETRY));
        scheduler.advance(10 * BOUND);
        assertThat(feed.clockWatches).isEqualTo(20);
        follower.close();
        scheduler.advance(10 * BOUND);
        assertThat(feed.clockWatches).isEqualTo(20);
    }

    private static CompletableFuture<Void> ready(ChangeFollower follower) {
        return follower.ready().toCompletableFuture();
    }
}
