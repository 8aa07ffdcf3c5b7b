package dev.duet.sync;

import static dev.duet.sync.FollowerFixture.change;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When an audit proves freshness, and what it does about messages that do not come. */
class FollowerAuditTest {

    private long head = 11;
    private final FollowerFixture at10 = new FollowerFixture().startedAt(10, 20);
    private final Follower follower = at10.follower;

    @Test
    void onHeads_allApplied_isFreshSinceItWasSent() {
        at10.look(7, false, 10, 20);

        at10.calledFor("fresh 7");
    }

    @Test
    void onHeads_notAllApplied_isFreshOnceTheMessageHasCome() {
        at10.look(7, false, 11, 20);
        at10.calledForNothing();

        at10.hear(11);
        at10.calledFor("apply 0 11", "fresh 7");
    }

    @Test
    void onHeads_severalMessagesMissing_isFreshAfterTheLast() {
        at10.look(7, false, 12, 20);
        at10.hear(11);
        at10.calledFor("apply 0 11");

        at10.hear(12);
        at10.calledFor("apply 0 12", "fresh 7");
    }

    @Test
    void onHeads_twoPartitionsBehind_isFreshWhenBothHaveCaughtUp() {
        at10.look(7, false, 11, 21);
        at10.hear(11);
        at10.calledFor("apply 0 11");

        follower.onChange(change(1, 21));
        at10.calledFor("apply 1 21", "fresh 7");
    }

    @Test
    void onHeads_behindThenReplayed_isFresh() {
        at10.look(7, true, 11, 20);
        at10.answer(10, 11);

        at10.calledFor("replay 0 after 10", "apply 0 11", "fresh 7");
    }

    @Test
    void onHeads_behindThenGivenUp_isFresh() {
        at10.look(7, true, 11, 20);
        follower.onReplayFailed(0, 10);

        at10.calledFor("replay 0 after 10", "floor 0 11", "fresh 7");
    }

    @Test
    void onHeads_secondBehindTheFirst_eachIsFreshInItsTurn() {
        at10.look(7, false, 11, 20);
        at10.look(8, true, 12, 20);
        at10.calledFor("replay 0 after 10");

        at10.hear(11, 12);
        at10.calledFor("apply 0 11", "fresh 7", "apply 0 12", "fresh 8");
    }

    @Test
    void onHeads_twoCaughtUpWithAtOnce_isFreshSinceTheLater() {
        at10.look(7, false, 11, 20);
        at10.look(8, false, 11, 20);
        at10.effects.taken();
        at10.hear(11);

        at10.calledFor("apply 0 11", "fresh 8");
    }

    @Test
    void onHeads_laterAuditMetFirst_doesNotWaitForTheEarlierOnes() {
        Follower.Audit first = follower.audit(6, false);
        Follower.Audit second = follower.audit(7, false);
        Follower.Audit third = follower.audit(8, false);
        follower.onHeads(first, new long[] {11, 21});
        follower.onHeads(second, new long[] {11, 21});
        follower.onHeads(third, new long[] {11, 20});
        at10.hear(11);
        at10.calledFor("apply 0 11", "fresh 8");

        follower.onChange(change(1, 21));
        at10.calledFor("apply 1 21");
    }

    @Test
    void onHeads_answersCrossed_bothAreFreshOnceCaughtUpWith() {
        Follower.Audit first = follower.audit(7, false);
        Follower.Audit second = follower.audit(8, false);
        follower.onHeads(second, new long[] {11, 20});
        follower.onHeads(first, new long[] {12, 20});
        at10.hear(11, 12);

        at10.calledFor("apply 0 11", "fresh 8", "apply 0 12", "fresh 7");
    }

    @Test
    void onHeads_freshAtOnce_isNotKeptInPlaceOfOneThatWaits() {
        Follower.Audit[] audits = new Follower.Audit[5];
        for (int i = 0; i < audits.length; i++) {
            audits[i] = follower.audit(i + 1, false);
        }
        follower.onHeads(audits[4], new long[] {11, 20});
        for (int i = 0; i < 4; i++) {
            follower.onHeads(audits[i], new long[] {10, 20});
        }
        at10.calledFor("fresh 1", "fresh 2", "fresh 3", "fresh 4");

        at10.hear(11);
        at10.calledFor("apply 0 11", "fresh 5");
    }

    @Test
    void onHeads_arrayIsUsedAgainByTheCaller_doesNotMatter() {
        long[] heads = {11, 20};
        at10.look(7, false, heads);
        heads[0] = 12;
        at10.hear(11);

        at10.calledFor("apply 0 11", "fresh 7");
    }

    @Test
    void onHeads_moreAuditsBehindThanAreKept_forgetsTheFirst() {
        for (int i = 1; i <= 5; i++) {
            at10.look(i, true, 10 + i, 20);
        }
        at10.calledFor("replay 0 after 10");

        at10.hear(11, 12);
        at10.calledFor("apply 0 11", "apply 0 12", "fresh 2");
    }

    @Test
    void A16_onePartitionLost_isNotFresh() {
        at10.hear(11, 5);
        at10.effects.taken();
        at10.look(7, false, 5, 20);

        at10.calledForNothing();
    }

    @Test
    void A16_onePartitionLostAndHeadAboveApplied_isNotFreshEither() {
        at10.hear(11, 5);
        at10.effects.taken();
        at10.look(7, true, 90, 20);
        at10.calledForNothing();

        follower.onStartedOver(0, 100);
        at10.calledFor("floor 0 100");
    }

    @Test
    void A16_headBelowApplied_isNotFresh() {
        at10.look(7, false, 10, 19);
        at10.effects.taken();
        follower.onStartedOver(1, 100);

        at10.calledFor("floor 1 100");
    }

    @Test
    void A16_auditFromBeforeItWentBack_provesNothing() {
        Follower.Audit before = follower.audit(7, false);
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        follower.onHeads(before, new long[] {10, 20});

        at10.calledForNothing();
    }

    @Test
    void A16_auditWaitingFromBeforeItWentBack_provesNothing() {
        at10.look(7, false, 11, 21);
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        follower.onChange(change(1, 21));

        at10.calledFor("apply 1 21");
    }

    @Test
    void A16_auditFromBeforeStartedOverThatSeesItGoneBackOnceMore_provesNothing() {
        at10.hear(11, 5);
        Follower.Audit before = follower.audit(7, false);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        follower.onHeads(before, new long[] {90, 20});
        at10.calledForNothing();

        at10.look(8, false, 90, 20);
        at10.calledFor("floor 0 101", "start 0 over, seen 90 above 100");
    }

    @Test
    void A17_secondAuditFromBeforeTheFirstHeadsThatSeesItGoneBack_provesNothing() {
        FollowerFixture unknown = new FollowerFixture();
        Follower.Audit first = unknown.follower.audit(1, true);
        Follower.Audit second = unknown.follower.audit(2, true);
        unknown.follower.onHeads(first, new long[] {10, 20});
        unknown.calledFor("floor 0 10", "floor 1 20", "fresh 1");

        unknown.follower.onHeads(second, new long[] {9, 20});
        unknown.calledForNothing();
    }

    @Test
    void A16_auditAfterStartedOver_isFresh() {
        at10.hear(11, 5);
        follower.onStartedOver(0, 100);
        at10.effects.taken();
        at10.look(7, false, 100, 20);

        at10.calledFor("fresh 7");
    }

    @Test
    void A09_eagerAuditBehind_asksTheLogAtOnce() {
        at10.look(7, true, 12, 21);

        at10.calledFor("replay 0 after 10", "replay 1 after 20");
    }

    @Test
    void onHeads_eagerAndReplayUnderWay_doesNotAskAgain() {
        at10.hear(12);
        at10.effects.taken();
        at10.look(7, true, 12, 20);

        at10.calledForNothing();
    }

    @Test
    void A08_ordinaryAuditBehind_asksTheLogAtTheNextAudit() {
        at10.look(7, false, 12, 20);
        at10.calledForNothing();

        follower.audit(8, false);
        at10.calledFor("replay 0 after 10");
    }

    @Test
    void audit_caughtUpWithMeanwhile_asksForNothing() {
        at10.look(7, false, 11, 20);
        at10.hear(11);
        at10.effects.taken();
        follower.audit(8, false);

        at10.calledForNothing();
    }

    @Test
    void audit_partitionLost_doesNotAskItsLog() {
        at10.look(7, false, 12, 21);
        at10.hear(11, 5);
        at10.effects.taken();
        follower.audit(8, false);

        at10.calledForNothing();
    }

    @Test
    void A08_behindTwiceRunning_resubscribesOnce() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 12, 20);
        at10.calledFor("replay 0 after 10");
        at10.answer(10, 11);
        at10.calledFor("apply 0 11", "fresh 1");

        at10.look(3, false, 13, 20);
        at10.calledFor("replay 0 after 11", "resubscribe");
        at10.answer(11, 12);
        at10.effects.taken();
        at10.look(4, false, 14, 20);
        at10.calledFor("replay 0 after 12");
        at10.look(5, false, 14, 20);
        at10.calledForNothing();
    }

    @Test
    void A08_resubscribedInVain_waitsTwiceAsLong() {
        resubscribeInVain(2);
        resubscribeInVain(4);
        resubscribeInVain(8);
    }

    @Test
    void A08_resubscribedAndHeard_waitsNoLongerThanAtFirst() {
        resubscribeInVain(2);
        at10.hear(12);
        at10.effects.taken();

        resubscribeInVain(2);
    }

    /** Looks at heads that grow while nothing is heard, until this leads to a new subscription. */
    private void resubscribeInVain(int audits) {
        follower.onSubscribed();
        at10.look(100, true, head, 20);
        for (int i = 0; i < audits; i++) {
            assertThat(at10.effects.taken()).doesNotContain("resubscribe");
            head++;
            at10.look(100, false, head, 20);
        }
        assertThat(at10.effects.taken()).doesNotContain("resubscribe");
        follower.audit(100, false);
        assertThat(at10.effects.taken()).contains("resubscribe");
    }

    @Test
    void A16_startedOverElsewhere_isNoFaultOfTheSubscription() {
        at10.look(1, true, 100, 20);
        at10.answer(10);
        at10.calledFor("replay 0 after 10", "floor 0 100", "fresh 1");

        for (int i = 2; i < 8; i++) {
            at10.look(i, false, 100, 20);
            at10.calledFor("fresh " + i);
        }
    }

    @Test
    void A08_behindOnceAndMessageHeard_countsFromTheBeginningAgain() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        at10.answer(10, 11);
        at10.hear(12);
        at10.look(3, false, 13, 20);
        at10.effects.taken();
        at10.look(4, false, 13, 20);

        at10.calledFor("replay 0 after 12");
    }

    @Test
    void A08_changesComeSeldomAndAllFromTheLog_resubscribes() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        at10.answer(10, 11);
        at10.effects.taken();
        at10.look(3, false, 11, 20);

        at10.calledFor("resubscribe", "fresh 3");
    }

    @Test
    void A08_otherPartitionIsHeard_doesNotHideTheOneThatIsNot() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        follower.onChange(change(1, 21));
        at10.effects.taken();
        at10.look(3, false, 11, 21);

        at10.calledFor("resubscribe");
    }

    @Test
    void A08_twoPartitionsBehindOnceEach_doesNotResubscribe() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        at10.answer(10, 11);
        at10.look(3, false, 11, 21);
        at10.effects.taken();
        at10.look(4, false, 11, 21);

        at10.calledFor("replay 1 after 20");
    }

    @Test
    void audit_twoAuditsWait_asksForAllThatTheLaterSaw() {
        Follower.Audit first = follower.audit(1, false);
        Follower.Audit second = follower.audit(2, false);
        follower.onHeads(first, new long[] {11, 20});
        follower.onHeads(second, new long[] {13, 20});
        follower.audit(3, false);
        follower.onReplayFailed(0, 10);

        at10.calledFor("replay 0 after 10", "floor 0 13", "fresh 2");
    }

    @Test
    void A08_behindTwiceAndThenSubscribed_doesNotResubscribe() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        follower.onSubscribed();
        at10.effects.taken();
        at10.look(3, false, 11, 20);

        at10.calledForNothing();
    }

    @Test
    void A08_eagerAuditBehindTwice_leavesItToTheNextOrdinaryOne() {
        at10.look(1, false, 11, 20);
        at10.look(2, false, 11, 20);
        at10.effects.taken();
        at10.look(3, true, 11, 20);
        at10.calledForNothing();

        at10.look(4, false, 11, 20);
        at10.calledFor("resubscribe");
    }
}
