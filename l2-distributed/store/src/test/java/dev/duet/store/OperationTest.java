package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Value;
import org.junit.jupiter.api.Test;

/** Values after their life and the loaders at work on them, at exact moments. */
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

    @Test
    void tokenOfAPause_isRefused() {
        assertThatThrownBy(() -> new Operation.Lease("-", 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
