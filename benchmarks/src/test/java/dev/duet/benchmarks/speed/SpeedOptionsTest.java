package dev.duet.benchmarks.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpeedOptionsTest {

    private static final List<String> KNOWN = List.of("near hit", "store hit", "write");

    private static SpeedOptions parse(String... arguments) {
        return SpeedOptions.parse(List.of(arguments), KNOWN);
    }

    @Test
    void parse_noArguments_isAllOfThemInFull() {
        assertThat(parse()).isEqualTo(new SpeedOptions(false, KNOWN, true));
        assertThat(parse("--full", "all")).isEqualTo(new SpeedOptions(false, KNOWN, true));
    }

    @Test
    void parse_namesOfSuites_areThoseInTheOrderInWhichTheyRun() {
        assertThat(parse("--quick", "write, near hit"))
                .isEqualTo(new SpeedOptions(true, List.of("near hit", "write"), false));
        assertThat(parse("store hit", "write").suites()).containsExactly("store hit", "write");
    }

    @Test
    void parse_unknownOption_saysWhichThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--fast"))
                .withMessage("unknown option '--fast'; there are --quick and --full");
    }

    @Test
    void parse_unknownSuite_saysWhichThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("write,near"))
                .withMessage("unknown suite 'near'; there are all, near hit, store hit, write");
    }

    @Test
    void command_repeatsTheArguments() {
        assertThat(parse().command()).endsWith(" exec:exec@speed");
        assertThat(parse("--quick", "near hit,write").command())
                .endsWith(" exec:exec@speed -Dbenchmark.mode=quick \"-Dbenchmark.suites=near hit,write\"");
    }
}
