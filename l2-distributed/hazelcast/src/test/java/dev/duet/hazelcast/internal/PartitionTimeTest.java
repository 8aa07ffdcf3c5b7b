package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionTimeTest {

    private static final long SECOND = 1_000_000;

    private final SteppedClocks here = new SteppedClocks();
    private final SteppedClocks there = new SteppedClocks();

    private static PartitionTime moved(PartitionTime time, Clocks to) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        time.write(new DataOutputStream(bytes));
        PartitionTime moved = PartitionTime.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        moved.goOn(to);
        return moved;
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, -30, -8, 8, 30, 3_600})
    void A43_time_whenTheWallClockSteps_goesOnAsBefore(long seconds) {
        PartitionTime time = new PartitionTime(here.clocks(), 1_000 * SECOND);

        here.step(Duration.ofSeconds(seconds));
        here.pass(Duration.ofSeconds(3));

        assertThat(time.next()).isEqualTo(1_003 * SECOND);
    }

    @Test
    void time_ofStepsInOneMicrosecond_isAnotherForEach() {
        PartitionTime time = new PartitionTime(here.clocks(), 1_000);

        time.taken(time.next());

        assertThat(time.next()).isEqualTo(1_001);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, 3_600})
    void A43_time_thatComesToAMemberWithAnotherWallClock_goesOn(long seconds) throws Exception {
        PartitionTime time = new PartitionTime(here.clocks(), 1_000 * SECOND);
        here.pass(Duration.ofSeconds(5));
        there.step(Duration.ofSeconds(seconds));
        there.pass(Duration.ofDays(7)); // it has run for longer

        PartitionTime moved = moved(time, there.clocks());
        there.pass(Duration.ofSeconds(2));

        assertThat(moved.next()).isEqualTo(1_007 * SECOND);
    }

    @Test
    void time_thatIsReadBackOnTheMemberThatWroteIt_knowsHowLongThatTook() throws Exception {
        PartitionTime time = new PartitionTime(here.clocks(), 1_000 * SECOND);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        time.write(new DataOutputStream(bytes));
        here.pass(Duration.ofSeconds(9));

        PartitionTime read = PartitionTime.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        read.goOn(here.clocks());

        assertThat(read.next()).as("as of maps that are kept as bytes").isEqualTo(1_009 * SECOND);
    }

    @Test
    void time_ofABackupThatIsBehind_isThatOfTheStep_andOfOneThatIsAhead_itsOwn() {
        PartitionTime behind = new PartitionTime(there.clocks(), 500 * SECOND);
        PartitionTime ahead = new PartitionTime(there.clocks(), 2_000 * SECOND);

        behind.taken(1_000 * SECOND);
        ahead.taken(1_000 * SECOND);
        there.pass(Duration.ofSeconds(1));

        assertThat(behind.next()).isEqualTo(1_001 * SECOND);
        assertThat(ahead.next()).isEqualTo(2_001 * SECOND);
    }
}
