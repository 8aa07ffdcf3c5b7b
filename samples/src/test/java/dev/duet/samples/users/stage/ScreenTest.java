package dev.duet.samples.users.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.samples.users.stage.Screen.Column;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private static final List<Column> COLUMNS = List.of(Column.text(10), Column.number(6));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Screen plain = new Screen(new PrintStream(bytes, true, UTF_8), false);

    @Test
    void row_ofNumbers_isFlushRight() {
        plain.row(COLUMNS, List.of("one", "1"));
        plain.row(COLUMNS, List.of("hundred", "100"));

        assertThat(lines()).containsExactly("one              1", "hundred        100");
    }

    @Test
    void row_withTooLongACell_goesOnInTheNextLine() {
        plain.row(COLUMNS, List.of("one two three", "3"));

        assertThat(lines()).containsExactly("one two          3", "three");
    }

    @Test
    void wrap_ofALongWord_breaksIt() {
        assertThat(Screen.wrap("abcdefgh ij", 3)).containsExactly("abc", "def", "gh", "ij");
    }

    @Test
    void wrap_ofLineBreaks_takesThemForSpaces() {
        assertThat(Screen.wrap("a\n\n  b", 10)).containsExactly("a b");
    }

    @Test
    void verdict_withColour_isGreenOrRed() {
        Screen colourful = new Screen(new PrintStream(bytes, true, UTF_8), true);

        colourful.verdict("good", true);
        colourful.verdict("bad", false);

        assertThat(lines()).containsExactly("\u001b[32mgood\u001b[0m", "\u001b[31mbad\u001b[0m");
    }

    @Test
    void line_onceMuted_isNotPrinted() {
        plain.line("before");
        plain.mute();
        plain.line("after");

        assertThat(lines()).containsExactly("before");
    }

    private List<String> lines() {
        return bytes.toString(UTF_8).lines().toList();
    }
}
