package dev.duet.sync;

import static dev.duet.sync.FollowerFixture.change;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Messages, gaps and replays. {@link FollowerWentBackTest} and {@link FollowerAuditTest} test the rest. */
class FollowerTest {

    private final FollowerFixture at10 = new FollowerFixture().startedAt(10, 20);
    private final Follower follower = at10.follower;

    @Test
    void onChange_nextVersion_applies() {
        at10.hear(11, 12);

        at10.calledFor("apply 0 11", "apply 0 12");
    }

    @Test
    void onChange_otherPartition_isNumberedApart() {
        at10.hear(11);
        follower.onChange(change(1, 21));

        at10.calledFor("apply 0 11", "apply 1 21");
    }

    @Test
    void A07_versionMissingBefore_isHeldAndTheLogAsked() {
        at10.hear(12);

        at10.calledFor("replay 0 after 10");
    }

    @Test
    void A07_logHasWhatIsMissing_appliesItAndThenWhatIsHeld() {
        at10.hear(12);
        at10.effects.taken();
        at10.answer(10, 11);

        at10.calledFor("apply 0 11", "apply 0 12");
    }

    @Test
    void onChange_duringAReplay_isHeldAndNothingAskedAgain() {
        at10.hear(12, 13);
        at10.calledFor("replay 0 after 10");

        at10.answer(10, 11);
        at10.calledFor("apply 0 11", "apply 0 12", "apply 0 13");
    }

    @Test
    void onChange_nextVersionDuringAReplay_isAppliedAtOnce() {
        at10.look(1, true, 12, 20);
        at10.calledFor("replay 0 after 10");

        at10.hear(11);
        at10.calledFor("apply 0 11");
        at10.answer(10, 11, 12);
        at10.calledFor("apply 0 12", "fresh 1");
    }

    @Test
    void onChange_gapBehindTheGap_isAskedForAfterTheFirst() {
        at10.hear(12, 15);
        at10.calledFor("replay 0 after 10");

        at10.answer(10, 11);
        at10.calledFor("apply 0 11", "apply 0 12", "replay 0 after 12");
        at10.answer(12, 13, 14);
        at10.calledFor("apply 0 13", "apply 0 14", "apply 0 15");
        assertThat(follower.stats().gaps()).isEqualTo(2);
    }

    @Test
    void onChange_gapDuringAReplay_isAskedForWhenItEnds() {
        at10.look(1, true, 11, 20);
        at10.hear(13);
        at10.calledFor("replay 0 after 10");

        at10.answer(10, 11);
        at10.calledFor("apply 0 11", "fresh 1", "replay 0 after 11");
    }

    @Test
    void A11_replayBringsMoreThanAsked_messagesOfItThatComeLaterAreQuiet() {
        at10.hear(12);
        at10.answer(10, 11, 12, 13, 14);
        at10.calledFor("replay 0 after 10", "apply 0 11", "apply 0 12", "apply 0 13", "apply 0 14");

        at10.hear(13, 14);
        at10.calledForNothing();
        at10.hear(15);
        at10.calledFor("apply 0 15");
        assertThat(follower.stats().repeated()).isEqualTo(2);
    }

    @Test
    void A11_heldMessagesThatTheReplayBringsToo_areAppliedOnce() {
        at10.hear(12, 13);
        at10.answer(10, 11, 12);

        at10.calledFor("replay 0 after 10", "apply 0 11", "apply 0 12", "apply 0 13");
    }

    @Test
    void onReplay_logTooShort_raisesFloorToWhatWasHeardAndGoesOn() {
        at10.hear(15);
        at10.effects.taken();
        at10.answer(10, 13, 14);

        at10.calledFor("floor 0 15");
        at10.hear(16);
        at10.calledFor("apply 0 16");
    }

    @Test
    void onReplay_holeInTheMiddle_appliesWhatIsBeforeItAndRaisesFloor() {
        at10.hear(14);
        at10.effects.taken();
        at10.answer(10, 11, 13);

        at10.calledFor("apply 0 11", "floor 0 14");
    }

    @Test
    void onReplay_empty_raisesFloorNoFurtherThanAskedAndAppliesTheRest() {
        at10.hear(15, 16, 17);
        at10.effects.taken();
        at10.answer(10);

        at10.calledFor("floor 0 15", "apply 0 16", "apply 0 17");
    }

    @Test
    void onReplayFailed_logUnreadable_raisesFloorAndGoesOn() {
        at10.hear(15, 16);
        at10.effects.taken();
        follower.onReplayFailed(0, 10);

        at10.calledFor("floor 0 15", "apply 0 16");
    }

    @Test
    void onReplayFailed_messagesCameMeanwhile_givesUpNothing() {
        at10.look(1, true, 12, 20);
        at10.hear(11, 12);
        at10.effects.taken();
        follower.onReplayFailed(0, 10);

        at10.calledForNothing();
    }

    @Test
    void onReplay_ofAnEarlierReplay_isIgnored() {
        at10.hear(12);
        follower.onReplayFailed(0, 10);
        at10.hear(14);
        at10.calledFor("replay 0 after 10", "floor 0 12", "replay 0 after 12");

        at10.answer(10, 11, 12, 13);
        follower.onReplayFailed(0, 10);
        at10.calledForNothing();
        at10.answer(12, 13);
        at10.calledFor("apply 0 13", "apply 0 14");
    }

    @Test
    void onReplay_notAskedFor_isIgnored() {
        at10.answer(10, 11);
        follower.onReplayFailed(0, 10);

        at10.calledForNothing();
    }

    @Test
    void onReplay_twice_isActedUponOnce() {
        at10.hear(12);
        at10.answer(10, 11);
        at10.effects.taken();
        at10.answer(10, 11, 12, 13);

        at10.calledForNothing();
    }

    @Test
    void onChange_asManyHeldAsMay_forgetsNone() {
        at10.hear(12, 13, 14, 15);
        at10.effects.taken();
        at10.answer(10, 11);

        at10.calledFor("apply 0 11", "apply 0 12", "apply 0 13", "apply 0 14", "apply 0 15");
    }

    @Test
    void A10_moreHeldThanMay_forgetsTheOldestAndTakesThemFromTheLog() {
        at10.hear(12, 13, 14, 15, 16, 17, 18);
        at10.calledFor("replay 0 after 10");

        at10.answer(10, 11, 12);
        at10.calledFor("apply 0 11", "apply 0 12", "replay 0 after 12");
        at10.answer(12, 13, 14);
        at10.calledFor("apply 0 13", "apply 0 14", "apply 0 15", "apply 0 16", "apply 0 17", "apply 0 18");
    }

    @Test
    void onHeads_first_raisesFloorsAndNumbersFromThere() {
        FollowerFixture unknown = new FollowerFixture();
        unknown.look(5, true, 10, 20);

        unknown.calledFor("floor 0 10", "floor 1 20", "fresh 5");
        unknown.hear(11);
        unknown.calledFor("apply 0 11");
    }

    @Test
    void onChange_beforeTheFirstHeads_isHeld() {
        FollowerFixture unknown = new FollowerFixture();
        unknown.hear(9, 10, 11, 12);
        unknown.calledForNothing();

        unknown.look(5, true, 10, 20);
        unknown.calledFor("floor 0 10", "apply 0 11", "apply 0 12", "floor 1 20", "fresh 5");
    }

    @Test
    void onChange_beforeTheFirstHeadsWithOneMissing_theLogIsAskedOnceTheyAreKnown() {
        FollowerFixture unknown = new FollowerFixture();
        unknown.hear(12);
        unknown.look(5, true, 10, 20);

        unknown.calledFor("floor 0 10", "replay 0 after 10", "floor 1 20", "fresh 5");
    }

    @Test
    void onChange_beforeTheFirstHeadsWithSeveralMissing_oneAnswerOfTheLogSettlesThem() {
        FollowerFixture unknown = new FollowerFixture();
        unknown.hear(12, 15);
        unknown.look(5, true, 10, 20);
        unknown.effects.taken();
        unknown.follower.onReplayFailed(0, 10);

        unknown.calledFor("floor 0 15");
    }

    @Test
    void onChange_headZero_isAKnownHead() {
        FollowerFixture empty = new FollowerFixture().startedAt(0, 0);
        empty.hear(1);

        empty.calledFor("apply 0 1");
    }

    @Test
    void stats_afterSomeOfEverything_count() {
        at10.hear(11, 13, 13);
        follower.onStartedOver(0, 100);
        at10.hear(102);
        at10.answer(100, 101, 102);
        follower.onSubscribed();
        at10.look(7, false, 102, 20);

        assertThat(follower.stats()).isEqualTo(new FollowerStats(3, 1, 2, 2, 2, 4, 1, 2, 2));
    }
}
