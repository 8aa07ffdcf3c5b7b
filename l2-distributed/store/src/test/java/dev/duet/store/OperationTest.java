package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Pending;
import dev.duet.store.StoredRecord.Value;
import org.junit.jupiter.api.Test;

/** Values after their life, the loaders at work on them, intents and pending writes, at exact moments. */
class OperationTest {

    private static final Content CONTENT = new Content(Payload.of(new byte[] {1}), 10, 20, 0);

    /** Written at 100, fresh until 110, retained until 130. */
    private static final Value VALUE = Value.of(CONTENT, 5, at(100));

    private static Moment at(long now) {
        return new Moment(now, 5, 0);
    }

    private static StoredRecord refreshed() {
        return new Operation.Refresh("mine", 50, 100).apply(VALUE, at(105)).record();
    }

    private static StoredRecord leased() {
        return new Operation.Lease("mine", 50, 0).apply(VALUE, at(112)).record();
    }

    @Test
    void refresh_ofAValueOverItsLife_isRefused() {
        assertThat(new Operation.Refresh("mine", 50, 100).apply(VALUE, at(109)).reply())
                .isInstanceOf(LeaseReply.Granted.class);
        assertThat(new Operation.Refresh("mine", 50, 100).apply(VALUE, at(110)).reply())
                .isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void refresh_whoseValueEndsItsLife_isALease() {
        StoredRecord record = refreshed();

        assertThat(new Operation.Lease("other", 50, 0).apply(record, at(115)).reply())
                .isInstanceOf(LeaseReply.Refused.class);
        assertThat(record.at(at(115)))
                .isInstanceOfSatisfying(
                        Leased.class, lease -> assertThat(lease.retained()).isEqualTo(VALUE));
        assertThat(new Operation.Fill("mine", 5, CONTENT)
                        .apply(record, at(140))
                        .reply()
                        .stored())
                .isTrue();
        assertThat(new Operation.Fill("mine", 5, CONTENT)
                        .apply(record, at(155))
                        .reply()
                        .stored())
                .isFalse();
    }

    @Test
    void release_withAPause_servesUntilThenAndNotBeyondTheRetention() {
        StoredRecord brief =
                new Operation.Release("mine", 5).apply(leased(), at(113)).record();
        assertThat(Reading.of(brief, at(117))).isInstanceOf(Reading.Hit.class);
        assertThat(Reading.of(brief, at(118))).isInstanceOf(Reading.Missing.class);

        StoredRecord lasting =
                new Operation.Release("mine", 500).apply(leased(), at(113)).record();
        assertThat(Reading.of(lasting, at(129))).isInstanceOf(Reading.Hit.class);
        assertThat(lasting.at(at(130))).isEqualTo(StoredRecord.ABSENT);
    }

    @Test
    void release_ofARefreshWithAPause_keepsOthersFromIt_untilThen() {
        StoredRecord record =
                new Operation.Release("mine", 2).apply(refreshed(), at(106)).record();

        assertThat(new Operation.Refresh("next", 50, 100).apply(record, at(107)).reply())
                .isInstanceOf(LeaseReply.Refused.class);
        assertThat(new Operation.Refresh("next", 50, 100).apply(record, at(108)).reply())
                .isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void begin_keepsAFreshValueOnly() {
        assertThat(((Intent) new Operation.Begin("w", 50).apply(VALUE, at(109)).record()).old())
                .isEqualTo(VALUE);
        assertThat(((Intent) new Operation.Begin("w", 50).apply(VALUE, at(110)).record()).old())
                .isNull();
    }

    @Test
    void hint_isGivenOnlyIfAReaderWaits() {
        StoredRecord alone = leased();
        StoredRecord awaited =
                new Operation.Lease("other", 50, 0).apply(alone, at(113)).record();

        assertThat(new Operation.Fill("mine", 5, CONTENT).apply(alone, at(114)).hint())
                .isFalse();
        assertThat(new Operation.Fill("mine", 5, CONTENT)
                        .apply(awaited, at(114))
                        .hint())
                .isTrue();
        assertThat(new Operation.Release("mine").apply(alone, at(114)).hint()).isFalse();
        assertThat(new Operation.Release("mine").apply(awaited, at(114)).hint()).isTrue();
    }

    @Test
    void retainedValue_belowTheFloor_isGone() {
        assertThat(leased().at(new Moment(115, 6, 6))).isEqualTo(StoredRecord.ABSENT);
        assertThat(refreshed().at(new Moment(115, 6, 6))).isEqualTo(StoredRecord.ABSENT);
    }

    private static StoredRecord begun(boolean again) {
        return new Operation.Begin("w", 50, again)
                .apply(StoredRecord.ABSENT, at(100))
                .record();
    }

    @Test
    void intent_remembersTheVersionAtWhichItsFirstWriterBegan() {
        StoredRecord two = new Operation.Begin("x", 50)
                .apply(begun(false), new Moment(101, 8, 0))
                .record();

        assertThat(((Intent) two).head()).isEqualTo(6);
        assertThat(((Intent) new Operation.Renew("w", 50).apply(two, at(102)).record()).head())
                .isEqualTo(6);
    }

    @Test
    void complete_afterInvalidateAll_storesNothing() {
        Operation.Complete complete = new Operation.Complete("w", 6, CONTENT);

        assertThat(complete.apply(begun(false), new Moment(101, 7, 6)).reply().stored())
                .isTrue();
        Outcome<WriteReply> outcome = complete.apply(begun(false), new Moment(101, 7, 7));
        assertThat(outcome.reply().stored()).isFalse();
        assertThat(outcome.record()).isEqualTo(StoredRecord.ABSENT);
        assertThat(outcome.change()).isFalse();
    }

    @Test
    void A40_complete_ofAnIntentFromAnotherVersion_storesNothing() {
        Outcome<WriteReply> outcome = new Operation.Complete("w", 5, CONTENT).apply(begun(false), at(101));

        assertThat(outcome.reply().stored()).isFalse();
        assertThat(outcome.record()).isEqualTo(StoredRecord.ABSENT);
        assertThat(outcome.change()).isFalse();
    }

    @Test
    void complete_ofAnIntentThatWasAnnouncedAgain_storesNothing() {
        Outcome<WriteReply> outcome = new Operation.Complete("w", 6, CONTENT).apply(begun(true), at(101));

        assertThat(outcome.reply().stored()).isFalse();
        assertThat(outcome.record()).isEqualTo(StoredRecord.ABSENT);
    }

    private static Pending pending(StoredRecord before, long now) {
        return (Pending) new PendingOperation.Enqueue(CONTENT, true)
                .apply(before, at(now))
                .record();
    }

    private static StoredRecord failed(int attempts, long pause) {
        return new PendingOperation.Failed(6, attempts, pause, "down")
                .apply(pending(StoredRecord.ABSENT, 100), at(101))
                .record();
    }

    @Test
    void enqueue_overAPendingWrite_keepsWhenItIsDue_unlessThatFailedOrIsParked() {
        assertThat(pending(StoredRecord.ABSENT, 100).dueAt()).isEqualTo(100);
        assertThat(pending(pending(StoredRecord.ABSENT, 100), 105).dueAt()).isEqualTo(100);
        assertThat(pending(failed(0, 20), 105).dueAt()).isEqualTo(121);
        assertThat(pending(failed(1, 20), 105)).isEqualTo(pending(StoredRecord.ABSENT, 105));
        assertThat(pending(failed(0, Content.FOREVER), 105)).isEqualTo(pending(StoredRecord.ABSENT, 105));
    }

    @Test
    void pendingWrite_isHiddenByNothing_andHasNoEnd() {
        Pending pending = pending(VALUE, 100);
        Moment later = new Moment(5_000, 50, 50);

        assertThat(pending.at(later)).isEqualTo(pending);
        assertThat(Reading.of(pending, later)).isInstanceOfSatisfying(Reading.Hit.class, hit -> {
            assertThat(hit.remaining()).isZero();
            assertThat(hit.stale()).isFalse();
            assertThat(hit.age()).isEqualTo(4_900);
        });
    }

    @Test
    void flushed_leavesWhatIsStillToBeHad() {
        PendingOperation.Flushed flushed = new PendingOperation.Flushed(6, false);
        Pending pending = pending(VALUE, 100);

        assertThat(flushed.apply(pending, at(129)).record()).isEqualTo(pending.value());
        assertThat(flushed.apply(pending, at(130)).record()).isEqualTo(StoredRecord.ABSENT);
        assertThat(flushed.apply(pending, new Moment(105, 7, 7)).record()).isEqualTo(StoredRecord.ABSENT);
        assertThat(flushed.apply(pending, at(105)).change()).isFalse();
    }

    @Test
    void flushedLate_writesWhatIsNewestOnceMore_ifItCounts() {
        PendingOperation.Flushed late = new PendingOperation.Flushed(4, true);

        assertThat(late.apply(VALUE, at(105)).record()).isEqualTo(new Pending(VALUE, 105, 0, 0, null));
        assertThat(late.apply(refreshed(), at(107)).record())
                .as("nobody loads what the late write may have left")
                .isEqualTo(new Pending(VALUE, 107, 0, 0, null));
        assertThat(late.apply(VALUE, at(105)).reply()).isFalse();
        assertThat(late.apply(VALUE, new Moment(105, 6, 6)).record()).isEqualTo(VALUE);
        assertThat(late.apply(VALUE, at(130)).record()).isEqualTo(VALUE);
        assertThat(new PendingOperation.Flushed(5, true).apply(VALUE, at(105)).record())
                .isEqualTo(VALUE);
        assertThat(new PendingOperation.Flushed(4, false).apply(VALUE, at(105)).record())
                .isEqualTo(VALUE);
        Value loaded = Value.of(new Content(CONTENT.payload(), 10, 7), 5, at(100));
        assertThat(late.apply(loaded, at(105)).record()).isEqualTo(loaded);
    }

    @Test
    void failed_waitsForThePause_orIsParked() {
        assertThat(((Pending) failed(2, 20)).dueAt()).isEqualTo(121);
        assertThat(((Pending) failed(2, 20)).isParked()).isFalse();
        assertThat(((Pending) failed(2, Content.FOREVER)).isParked()).isTrue();
        assertThat(new PendingOperation.Requeue().apply(failed(2, 20), at(110)).reply())
                .isFalse();
        assertThat(new PendingOperation.Requeue()
                        .apply(failed(2, Content.FOREVER), at(110))
                        .record())
                .isEqualTo(new Pending(pending(StoredRecord.ABSENT, 100).value(), 110, 0, 0, "down"));
    }

    @Test
    void descriptionOfAFailure_isCut() {
        assertThat(new PendingOperation.Failed(1, 1, 1, "x".repeat(2_000)).failure())
                .hasSize(PendingOperation.Failed.LONGEST_FAILURE);
    }

    @Test
    void tokenOfAPause_isRefused() {
        assertThatThrownBy(() -> new Operation.Lease("-", 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
