package dev.duet.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.duet.testkit.history.HistoryEvent.Effect;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {

    private final Story story = new Story();

    @Test
    void check_nothing_findsNothing() {
        Verdict verdict = story.verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.staleness().max()).isZero();
    }

    @Test
    void check_readsOfTheNewest_areNotStale() {
        story.write("n1", 2, 100).read("n2", 2, 5_000).write("n2", 3, 6_000).read("n1", 3, 6_001);

        Verdict verdict = story.verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.staleness().max()).isZero();
        assertThat(verdict.reads()).isEqualTo(2);
        assertThat(verdict.writes()).isEqualTo(2);
    }

    @Test
    void check_readThatNobodyEverWrote_isRight() {
        assertThat(story.read("n1", 1, 10).verdict().violations()).isEmpty();
    }

    // P1

    @Test
    void P1_staleReadWithinBoundAndSlack_isMeasuredAndRight() {
        Verdict verdict = story.write("n1", 2, 1_000).read("n2", 1, 2_100).verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.staleness().max()).isEqualTo(1_100_000_000L);
    }

    @Test
    void P1_staleReadPastBoundAndSlack_isFound() {
        Verdict verdict = story.read("n2", 1, 0)
                .write("n1", 2, 1_000)
                .read("n2", 1, 2_101)
                .verdict();

        assertThat(verdict.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.promise()).isEqualTo(Promise.P1);
            assertThat(violation.staleness()).isEqualTo(1_101_000_000L);
            assertThat(violation.evidence())
                    .isEqualTo("n2 read version 1 of key 7 from 2101.000 to 2102.000, 1101.000 ms too late to miss"
                            + " version 2, of which n1's update 1 began at 980.000, committed by 990.000, returned at"
                            + " 1000.000 and took effect at 1000.000");
        });
    }

    @Test
    void P1_staleness_countsFromTheFirstWriteMissed() {
        story.write("n1", 2, 1_000).write("n1", 3, 2_000).write("n1", 4, 3_000);

        assertThat(story.read("n2", 1, 3_100).verdict().violationsOf(Promise.P1))
                .isOne();
        assertThat(story.read("n2", 2, 3_101).verdict().violationsOf(Promise.P1))
                .isEqualTo(2);
        assertThat(story.read("n2", 3, 3_102).verdict().violationsOf(Promise.P1))
                .isEqualTo(2);
    }

    @Test
    void P1_laterVersionThatTookEffectEarlier_counts() {
        story.write("n1", 2, 9_000).write("n3", 3, 1_000);

        assertThat(story.read("n2", 1, 2_500).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_readWhileTheWriteIsUnderWay_isRight() {
        assertThat(story.unfinishedWrite("n1", 2, 0)
                        .read("n2", 1, 60_000)
                        .verdict()
                        .violations())
                .isEmpty();
    }

    @Test
    void P1_readOfWhatWasNotCached_isRight() {
        assertThat(story.write("n1", 2, 0)
                        .read("n2", HistoryEvent.NOT_CACHED, 9_000)
                        .verdict()
                        .violations())
                .isEmpty();
    }

    @Test
    void P1_missingValue_isOlderThanAny() {
        assertThat(story.write("n1", 2, 0).read("n2", 0, 9_000).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_writerKilled_countsFromTheEndOfItsIntent() {
        story.fault("kill", "n1", Effect.KILLED, 1_000, 1_050).unfinishedWrite("n1", 2, 900);

        assertThat(story.read("n2", 1, 3_150).verdict().violations()).isEmpty();
        assertThat(story.read("n2", 1, 3_151).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_writerKilledBeforeItKnewOfACommit_promisesNothing() {
        story.fault("kill", "n1", Effect.KILLED, 1_000, 1_050);
        story.unknownWrite("n1", 900);

        assertThat(story.read("n2", 1, 9_000).verdict().violations()).isEmpty();
        assertThat(story.read("n2", 2, 9_001).verdict().violations()).isEmpty();
    }

    @Test
    void P1_writerCutOff_countsFromItsRecovery() {
        story.fault("half-open", "n1", Effect.CUT_OFF, 900, 5_000).write("n1", 2, 1_000);

        assertThat(story.read("n2", 1, 9_100).verdict().violations()).isEmpty();
        assertThat(story.read("n2", 1, 9_101).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_writerCutOffAgainBeforeItRecovered_countsFromTheLastRecovery() {
        story.fault("cut", "n1", Effect.CUT_OFF, 900, 5_000)
                .fault("cut", "n1", Effect.CUT_OFF, 7_000, 9_000)
                .write("n1", 2, 1_000);

        assertThat(story.read("n2", 1, 13_100).verdict().violations()).isEmpty();
        assertThat(story.read("n2", 1, 13_101).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_writeBeforeTheCutOff_countsAtOnce() {
        story.write("n1", 2, 1_000).fault("redis-killed", HistoryEvent.EVERY_NODE, Effect.CUT_OFF, 1_500, 9_000);

        assertThat(story.read("n2", 1, 2_200).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_readerCutOff_isHeldToTheBound() {
        story.fault("half-open", "n2", Effect.CUT_OFF, 900, 5_000).write("n1", 2, 1_000);

        assertThat(story.read("n2", 1, 2_200).verdict().violations())
                .extracting(Violation::fault)
                .containsExactly("half-open");
    }

    @Test
    void P1_writeThatThrew_countsAfterTheRecoveryTime() {
        story.failedWrite("n1", 2, 1_000);

        assertThat(story.read("n2", 1, 5_100).verdict().violations()).isEmpty();
        assertThat(story.read("n2", 1, 5_101).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_storeWentBack_isExcusedUntilNodesMustHaveNoticed() {
        story.write("n1", 2, 1_000).fault("old-snapshot", HistoryEvent.EVERY_NODE, Effect.WENT_BACK, 20_000, 21_000);

        Verdict excused = story.read("n2", 1, 24_000).verdict();
        assertThat(excused.violations()).isEmpty();
        assertThat(excused.excused()).isOne();
        assertThat(excused.staleness().max()).isZero();
        assertThat(story.read("n2", 1, 24_001).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_nodeWasStopped_isExcusedUntilItsClockMustHaveTicked() {
        story.write("n1", 2, 1_000).fault("node-stopped", "n2", Effect.STOPPED, 900, 4_000);

        Verdict excused = story.read("n2", 1, 4_010).verdict();
        assertThat(excused.violations()).isEmpty();
        assertThat(excused.excused()).isOne();
        assertThat(story.read("n2", 1, 4_011).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    @Test
    void P1_anotherNodeWasStopped_isFound() {
        story.write("n1", 2, 1_000).fault("node-stopped", "n2", Effect.STOPPED, 900, 4_000);

        assertThat(story.read("n3", 1, 4_005).verdict().violationsOf(Promise.P1))
                .isOne();
    }

    // P2

    @Test
    void P2_ownWriteMissed_isFoundHoweverSoon() {
        Verdict verdict = story.write("n1", 2, 1_000).read("n1", 1, 1_001).verdict();

        assertThat(verdict.violations()).extracting(Violation::promise).containsExactly(Promise.P2);
    }

    @Test
    void P2_writeOfAnotherNode_isNoMatter() {
        assertThat(story.write("n1", 2, 1_000).read("n2", 1, 1_001).verdict().violations())
                .isEmpty();
    }

    @Test
    void P2_readThatBeganBeforeTheWriteReturned_isRight() {
        assertThat(story.write("n1", 2, 1_000).read("n1", 1, 1_000).verdict().violations())
                .isEmpty();
    }

    @Test
    void P2_newestOwnWriteCounts_inWhateverOrderTheyReturned() {
        story.write("n1", 3, 1_000).write("n1", 2, 1_100);

        assertThat(story.read("n1", 2, 1_200).verdict().violationsOf(Promise.P2))
                .isOne();
        assertThat(story.read("n1", 3, 1_200).verdict().violationsOf(Promise.P2))
                .isOne();
    }

    @Test
    void P2_inAnOutage_isFound() {
        story.fault("redis-killed", HistoryEvent.EVERY_NODE, Effect.CUT_OFF, 900, 5_000)
                .write("n1", 2, 1_000);

        assertThat(story.read("n1", 1, 1_001).verdict().violationsOf(Promise.P2))
                .isOne();
    }

    @Test
    void P2_whenTheStoreWentBack_isFound() {
        story.write("n1", 2, 1_000).fault("old-snapshot", HistoryEvent.EVERY_NODE, Effect.WENT_BACK, 20_000, 21_000);

        assertThat(story.read("n1", 1, 21_001).verdict().violations())
                .extracting(Violation::promise)
                .containsExactly(Promise.P2);
    }

    @Test
    void P2_writeThatThrew_promisesNothing() {
        assertThat(story.failedWrite("n1", 2, 1_000)
                        .read("n1", 1, 1_001)
                        .verdict()
                        .violations())
                .isEmpty();
    }

    // P3

    @Test
    void P3_readAfterTheEndThatDiffers_isFound() {
        Verdict verdict = story.truth(5, 1_000).read("n1", 4, 1_001).verdict();

        assertThat(verdict.violations()).extracting(Violation::promise).containsExactly(Promise.P3);
        assertThat(verdict.violations().get(0).evidence())
                .endsWith("although from -1.000 on the database held version 5");
    }

    @Test
    void P3_versionThatTheDatabaseNeverHad_isFound() {
        assertThat(story.truth(5, 1_000).read("n1", 6, 1_001).verdict().violationsOf(Promise.P3))
                .isOne();
    }

    @Test
    void P3_equalOrNotCached_isRight() {
        assertThat(story.truth(5, 1_000)
                        .read("n1", 5, 1_001)
                        .read("n1", HistoryEvent.NOT_CACHED, 1_002)
                        .verdict()
                        .violations())
                .isEmpty();
    }

    @Test
    void P3_readBeforeTheEnd_isNoMatter() {
        assertThat(story.read("n1", 4, 999).truth(5, 1_000).verdict().violations())
                .isEmpty();
    }

    // P5

    @Test
    void P5_failedRead_isFound() {
        Verdict verdict = story.fault("redis-paused", HistoryEvent.EVERY_NODE, Effect.CUT_OFF, 10, 20)
                .failedRead("n1", 15)
                .verdict();

        assertThat(verdict.failedReads()).isOne();
        assertThat(verdict.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.promise()).isEqualTo(Promise.P5);
            assertThat(violation.fault()).isEqualTo("redis-paused");
            assertThat(violation.evidence())
                    .isEqualTo(
                            "n1 could not read key 7 from 15.000 to 16.000: no way; redis-paused hit * from 10.000 to"
                                    + " 20.000");
        });
    }

    // What is said of violations.

    @Test
    void violations_areCounted_byPromiseAndFault() {
        Verdict verdict = story.write("n1", 2, 0)
                .read("n1", 1, 100)
                .fault("blip", "n1", Effect.DISTURBED, 200, 300)
                .read("n1", 1, 400)
                .read("n2", 1, 2_000)
                .verdict();

        assertThat(verdict.violationsByFault())
                .containsOnly(entry("P1 after blip", 1L), entry("P2 after blip", 1L), entry("P2 after none", 1L));
        assertThat(verdict.firstOfEachKind()).hasSize(3);
    }

    @Test
    void worstStaleness_isKnown_byFault() {
        Verdict verdict = story.write("n1", 2, 100)
                .read("n2", 1, 200)
                .fault("blip", "n1", Effect.DISTURBED, 300, 310)
                .read("n2", 1, 350)
                .read("n2", 2, 400)
                .verdict();

        assertThat(verdict.worstAfter()).containsOnly(entry("none", 100_000_000L), entry("blip", 250_000_000L));
    }
}
