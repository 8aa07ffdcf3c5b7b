package dev.duet.sync;

import static dev.duet.sync.FollowerFixture.change;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A store that has lost changes: how it is found out, and what is done until it is started over. */
class FollowerWentBackTest {

    private final FollowerFixture at10 = new FollowerFixture().startedAt(10, 20);
    private final Follower follower = at10.follower;

    @Test
    void A16_versionHeardBefore_givesUpAllAndStartsOver() {
        at10.hear(11, 12, 13, 12);

        at10.calledFor("apply 0 11", "apply 0 12", "apply 0 13", "floor 0 14", "start 0 over, seen 12 above 13");
        assertThat(follower.stats().wentBack()).isEqualTo(1);
    }

    @Test
    void A11_sameVersionTwice_countsAsGoingBack() {
        at10.hear(11, 11);

        at10.calledFor("apply 0 11", "floor 0 12", "start 0 over, seen 11 above 11");
        assertThat(follower.stats().repeated()).isEqualTo(1);
    }

    @Test
    void A11_laterVersionFirst_countsAsGoingBackAboveWhatIsHeld() {
        at10.hear(15, 12);

        at10.calledFor("replay 0 after 10", "floor 0 16", "start 0 over, seen 12 above 15");
    }

    @Test
    void A17_headBelowApplied_givesUpAllAndStartsOver() {
        at10.look(1, false, 10, 15);

        at10.calledFor("floor 1 21", "start 1 over, seen 15 above 20");
    }

    @Test
    void A17_headAboveAppliedButBelowWhatIsKept_startsOverAboveThat() {
        at10.effects.kept = 19;
        at10.look(1, false, 15, 20);

        at10.calledFor("floor 0 20", "start 0 over, seen 15 above 19");
    }

    @Test
    void A17_keptAfterTheHeadsWereAskedFor_isNoSignOfGoingBack() {
        Follower.Audit audit = follower.audit(1, false);
        at10.effects.kept = 19;
        follower.onHeads(audit, new long[] {10, 20});

        at10.calledFor("fresh 1");
    }

    @Test
    void A16_headSeenAboveAllMessages_startsOverAboveThatHead() {
        at10.look(1, false, 15, 20);
        at10.hear(11, 5);

        at10.calledFor("apply 0 11", "floor 0 16", "start 0 over, seen 5 above 15");
    }

    @Test
    void A16_logReachesAboveAllMessages_startsOverAboveTheLog() {
        at10.hear(12);
        at10.answer(10, 15);
        at10.effects.taken();
        at10.hear(5);

        at10.calledFor("floor 0 16", "start 0 over, seen 5 above 15");
    }

    @Test
    void A16_startedOverAboveAllMessages_startsOverAboveThatHead() {
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        at10.look(1, false, 50, 20);

        at10.calledFor("floor 0 101", "start 0 over, seen 50 above 100");
    }

    @Test
    void A16_heardInAnEarlierSubscriptionOnly_startsOverAboveIt() {
        at10.hear(15);
        follower.onSubscribed();
        at10.effects.taken();
        at10.look(1, true, 5, 20);

        at10.calledFor("floor 0 16", "start 0 over, seen 5 above 15");
    }

    @Test
    void A17_headBelowAppliedInAllPartitions_startsAllOver() {
        at10.look(1, false, 0, 0);

        at10.calledFor("floor 0 11", "start 0 over, seen 0 above 10", "floor 1 21", "start 1 over, seen 0 above 20");
    }

    @Test
    void onHeads_messagesOvertookThem_isNoGoingBack() {
        Follower.Audit audit = follower.audit(1, false);
        at10.hear(11);
        follower.onHeads(audit, new long[] {10, 20});

        at10.calledFor("apply 0 11", "fresh 1");
    }

    @Test
    void onChange_appliedFromTheLogAndHeardLate_isNoGoingBack() {
        at10.look(1, true, 12, 20);
        at10.answer(10, 11, 12);
        at10.effects.taken();
        at10.hear(11, 12);

        at10.calledForNothing();
        assertThat(follower.stats().repeated()).isEqualTo(2);
        assertThat(follower.stats().wentBack()).isZero();
    }

    @Test
    void onChange_coveredByAFloorAndHeardLate_isNoGoingBack() {
        at10.look(1, true, 12, 20);
        follower.onReplayFailed(0, 10);
        at10.effects.taken();
        at10.hear(11, 12);

        at10.calledForNothing();
        assertThat(follower.stats().wentBack()).isZero();
    }

    @Test
    void onChange_heardInAnEarlierSubscription_isNoGoingBack() {
        at10.hear(11, 12);
        follower.onSubscribed();
        at10.effects.taken();
        at10.hear(11, 12, 13);

        at10.calledFor("apply 0 13");
        assertThat(follower.stats().wentBack()).isZero();
    }

    @Test
    void onChange_heardTwiceSinceSubscribed_countsAsGoingBackThoughAppliedBefore() {
        at10.hear(11, 12);
        follower.onSubscribed();
        at10.effects.taken();
        at10.hear(11, 11);

        at10.calledFor("floor 0 13", "start 0 over, seen 11 above 12");
    }

    @Test
    void A16_lost_messagesAreHeldUntilItIsStartedOver() {
        at10.hear(11, 5);
        at10.effects.taken();
        at10.hear(6, 101, 102);
        at10.calledForNothing();

        follower.onStartedOver(0, 100);
        at10.calledFor("floor 0 100", "apply 0 101", "apply 0 102");
    }

    @Test
    void A16_lost_messagesBelowTheNewHeadAreDroppedForGood() {
        at10.hear(11, 5, 6);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        at10.hear(7);
        at10.calledForNothing();

        at10.hear(101);
        at10.calledFor("apply 0 101");
    }

    @Test
    void A16_lost_versionAfterTheLastAppliedIsHeldLikeAllOthers() {
        at10.hear(11, 5);
        at10.effects.taken();
        at10.hear(12);

        at10.calledForNothing();
    }

    @Test
    void A16_lost_oneMissingAfterTheNewHeadIsAskedForOnceItIsKnown() {
        at10.hear(11, 5, 102);
        at10.effects.taken();
        follower.onStartedOver(0, 100);

        at10.calledFor("floor 0 100", "replay 0 after 100");
    }

    @Test
    void A16_lost_otherPartitionGoesOn() {
        at10.hear(11, 5);
        at10.effects.taken();
        follower.onChange(change(1, 21));

        at10.calledFor("apply 1 21");
    }

    @Test
    void A16_lost_whatWasHeldBeforeIsForgotten() {
        at10.hear(15, 12);
        at10.effects.taken();
        follower.onStartedOver(0, 14);

        at10.calledFor("floor 0 14");
    }

    @Test
    void A16_lost_replayOfBeforeIsIgnored() {
        at10.hear(12, 11);
        at10.effects.taken();
        at10.answer(10, 11, 12);
        follower.onReplayFailed(0, 10);

        at10.calledForNothing();
    }

    @Test
    void A16_startedOver_replayOfBeforeIsIgnoredAndANewOneIsAskedFor() {
        at10.hear(12, 11);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        at10.answer(10, 11, 12, 101);
        at10.calledForNothing();

        at10.hear(102);
        at10.calledFor("replay 0 after 100");
    }

    @Test
    void A16_lost_goingBackFurtherStartsNothingOverAgain() {
        at10.hear(11, 5, 6, 3, 3);

        at10.calledFor("apply 0 11", "floor 0 12", "start 0 over, seen 5 above 11");
        assertThat(follower.stats().repeated()).isEqualTo(3);
    }

    @Test
    void A16_goneBackAgainAfterStartedOver_startsOverAgain() {
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.hear(101);
        at10.effects.taken();
        at10.hear(50);

        at10.calledFor("floor 0 102", "start 0 over, seen 50 above 101");
    }

    @Test
    void audit_startOverUnderWay_doesNotCallForItAgain() {
        at10.hear(11, 5);
        at10.effects.taken();
        at10.look(1, false, 5, 20);

        at10.calledForNothing();
    }

    @Test
    void onStartOverFailed_nextAuditCallsForItAgain() {
        at10.hear(11, 5);
        at10.effects.taken();
        follower.onStartOverFailed(0);
        at10.calledForNothing();

        at10.look(1, false, 7, 20);
        at10.calledFor("start 0 over, seen 5 above 11");
        at10.look(2, false, 7, 20);
        at10.calledForNothing();
    }

    @Test
    void onStartedOver_afterFailuresAndAgain_isUnderWayNoMore() {
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.hear(101, 50);
        at10.effects.taken();
        follower.onStartedOver(0, 200);

        at10.calledFor("floor 0 200");
    }

    @Test
    void onStartedOver_notLost_isIgnored() {
        follower.onStartedOver(0, 100);
        at10.calledForNothing();

        at10.hear(11);
        at10.calledFor("apply 0 11");
    }

    @Test
    void A17_beforeTheFirstHeads_givesUpAllAndStartsOver() {
        FollowerFixture unknown = new FollowerFixture();
        unknown.hear(12, 13, 11);
        unknown.calledFor("floor 0 14", "start 0 over, seen 11 above 13");

        unknown.look(5, true, 11, 20);
        unknown.calledFor("floor 1 20");
        unknown.follower.onStartedOver(0, 100);
        unknown.calledFor("floor 0 100");
    }

    @Test
    void onHeads_askedBeforeItWentBack_isIgnored() {
        Follower.Audit audit = follower.audit(1, true);
        at10.hear(11, 5);
        follower.onStartOverFailed(0);
        at10.effects.taken();
        follower.onHeads(audit, new long[] {5, 25});

        at10.calledForNothing();
    }

    @Test
    void onHeads_askedAndReadBeforeStartedOverButAnsweredAfter_isNoGoingBack() {
        at10.hear(11, 5);
        Follower.Audit audit = follower.audit(1, false);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        follower.onHeads(audit, new long[] {5, 20});

        at10.calledForNothing();
        assertThat(follower.stats().wentBack()).isEqualTo(1);
    }
}
