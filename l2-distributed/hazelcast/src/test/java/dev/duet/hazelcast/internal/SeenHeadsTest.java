package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeenHeadsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final SeenHeads seen = new SeenHeads(2, nanos::get);

    @Test
    void partition_thatWasNeverAsked_isNotKnown() {
        assertThat(seen.of(1)).isEqualTo(SeenHeads.NOTHING);
    }

    @Test
    void partition_isKnownByItsHighestHead_andItsTimeGoesOn() {
        seen.saw(List.of(new HeadReply(100, 1_000), new HeadReply(7, 70)));
        nanos.addAndGet(50_000);

        assertThat(seen.of(0)).isEqualTo(new HeadReply(100, 1_050));

        seen.saw(List.of(new HeadReply(90, 900), new HeadReply(8, 2_000)));

        assertThat(seen.of(0)).isEqualTo(new HeadReply(100, 1_050));
        assertThat(seen.of(1)).isEqualTo(new HeadReply(8, 2_000));
    }
}
