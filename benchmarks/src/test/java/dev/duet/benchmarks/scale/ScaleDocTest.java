package dev.duet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleDocTest {

    /** If not, run {@link ScaleDoc} in the directory {@code benchmarks}. */
    @Test
    void updated_committedDoc_holdsWhatTheModelMakesOfTheCommittedResults() throws IOException {
        String doc = Files.readString(Scale.DOC);

        assertThat(doc).isEqualTo(ScaleDoc.updated(doc, new ResultsFile(Scale.RESULTS).read()));
    }

    @Test
    void updated_textAroundTables_stays() {
        String text = """
                before
                <!-- begin origin -->
                <!-- end origin -->
                <!-- begin inputs -->
                old
                <!-- end inputs -->
                between
                <!-- begin standing -->
                <!-- end standing -->
                <!-- begin writing -->
                <!-- end writing -->
                after
                """;

        assertThat(ScaleDoc.updated(text, ScaleInputsTest.rows()))
                .startsWith("before\n<!-- begin origin -->\n`run`")
                .contains("<!-- end inputs -->\nbetween\n", "| 1,000 |")
                .endsWith("|\n<!-- end writing -->\nafter\n")
                .doesNotContain("old");
    }

    @Test
    void updated_noPlaceForATable_isNamed() {
        assertThatThrownBy(() -> ScaleDoc.updated("", ScaleInputsTest.rows())).hasMessageContaining("origin");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1234.5|2|1,200", "0.01234|2|0.012", "999.9|2|1,000", "5|3|5", "0|2|0", "-1.26|2|-1.3"})
    void rounded_toSignificantDigits(double number, int digits, String expected) {
        assertThat(ScaleDoc.rounded(number, digits)).isEqualTo(expected);
    }
}
