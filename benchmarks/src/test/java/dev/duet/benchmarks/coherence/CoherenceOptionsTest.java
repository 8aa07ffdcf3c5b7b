package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.duet.benchmarks.systems.CacheSystem;
import org.junit.jupiter.api.Test;

class CoherenceOptionsTest {

    @Test
    void parse_full_isAllSystemsInAllSchedules() {
        CoherenceOptions options = CoherenceOptions.parse("--full", "--systems=default", "--schedules=default");

        assertThat(options.quick()).isFalse();
        assertThat(options.pace()).isEqualTo(Pace.FULL);
        assertThat(options.schedules()).containsExactly(Schedule.values());
        assertThat(options.contestants()).hasSize(CacheSystem.values().length + 1);
    }

    @Test
    void parse_quick_hasDuetAndNaive() {
        CoherenceOptions options = CoherenceOptions.parse("--quick");

        assertThat(options.isSmokeTest()).isTrue();
        assertThat(CoherenceOptions.parse("--quick", "--schedules=calm").isSmokeTest())
                .isFalse();
        assertThat(options.pace()).isEqualTo(Pace.QUICK);
        assertThat(options.contestants()).extracting(Contestant::id).contains("DUET_ON_REDIS", "NAIVE");
        assertThat(options.schedules()).contains(Schedule.CALM, Schedule.WRITER_KILLED);
    }

    @Test
    void parse_lists_areInTheirOrder() {
        CoherenceOptions options =
                CoherenceOptions.parse("--full", "--systems=NAIVE,DUET_ON_REDIS", "--schedules=writer-killed,calm");

        assertThat(options.contestants()).extracting(Contestant::id).containsExactly("NAIVE", "DUET_ON_REDIS");
        assertThat(options.schedules()).containsExactly(Schedule.WRITER_KILLED, Schedule.CALM);
    }

    @Test
    void parse_unknownNames_listsTheValidOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CoherenceOptions.parse("--full", "--systems=NAIVE,NOBODY"))
                .withMessageContainingAll("'NOBODY'", "DUET_ON_REDIS,", "BARE_PUB_SUB");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CoherenceOptions.parse("--schedules=storm"))
                .withMessageContainingAll("'storm'", "calm,", "writer-killed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CoherenceOptions.parse("--fast"))
                .withMessageContainingAll("--fast", "--quick", "--systems");
    }

    @Test
    void everySchedule_fitsEveryCache_andTheYardstickFitsOne() {
        for (Contestant contestant : Contestant.all()) {
            for (Schedule schedule : Schedule.values()) {
                assertThat(schedule.unfit(contestant) == null)
                        .as("%s, %s", schedule, contestant)
                        .isEqualTo(contestant.isCache() || schedule == Schedule.CALM);
            }
        }
    }
}
