package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.PendingOperation.Claim;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingCountsTest {

    private final PendingCounts counts = new PendingCounts(2, 10);

    private static Claim claim(long pending, long parked) {
        return new Claim(true, pending, parked, 0, List.of());
    }

    @Test
    void reserve_givesTheRoomThereIs() {
        assertThat(counts.reserve(7)).isEqualTo(7);
        assertThat(counts.reserve(7)).isEqualTo(3);
        assertThat(counts.reserve(1)).isZero();
        counts.release(3);
        assertThat(counts.reserve(1)).isEqualTo(1);
    }

    @Test
    void reserve_countsWhatIsParked() {
        counts.looked(0, claim(4, 5), counts.mark());
        assertThat(counts.reserve(10)).isEqualTo(1);
    }

    @Test
    void looked_addsWhatWasPutSinceItWasSent() {
        long[] mark = counts.mark();
        counts.grown(0);
        counts.looked(0, claim(3, 0), mark);
        assertThat(counts.pending()).isEqualTo(4);
        counts.looked(0, claim(3, 0), counts.mark());
        assertThat(counts.pending()).isEqualTo(3);
    }

    @Test
    void looked_takesThePlaceOfWhatWasKnown() {
        counts.looked(0, claim(3, 1), counts.mark());
        counts.looked(1, claim(2, 0), counts.mark());
        counts.looked(0, claim(1, 0), counts.mark());
        assertThat(counts.pending()).isEqualTo(3);
        assertThat(counts.parked()).isZero();
        assertThat(counts.busy()).isEqualTo(2);
    }

    @Test
    void flushed_isNeverBelowNothing() {
        counts.grown(0);
        counts.flushed(1);
        counts.flushed(0);
        counts.flushed(0);
        assertThat(counts.pending()).isZero();
    }
}
