package dev.duet.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The Java of the documentation is code that was compiled: each block is an example between {@code // example: name} and
 * {@code // end} in a test, and each example is in the document. White space does not count.
 */
class DocumentationTest {

    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern EXAMPLE = Pattern.compile("// example: (\\S+)\\R(.*?)// end\\R", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({"docs/reading.md, ReadingExamples", "docs/writing.md, WritingExamples WritingExamplesIT"})
    void javaOfDocument_isThatOfTheExamples(String document, String examples) throws IOException {
        List<String> blocks = BLOCK.matcher(read(document))
                .results()
                .map(block -> bare(block.group(1)))
                .toList();
        Map<String, String> byName = new LinkedHashMap<>();
        for (String test : examples.split(" ", -1)) {
            EXAMPLE.matcher(read("cache/src/test/java/dev/duet/docs/" + test + ".java"))
                    .results()
                    .forEach(example -> assertThat(byName.put(example.group(1), bare(example.group(2))))
                            .as("another example '%s' of %s", example.group(1), test)
                            .isNull());
        }

        assertThat(blocks).as("Java in %s", document).isNotEmpty();
        assertThat(byName.values())
                .as("the examples %s, against the blocks of %s", byName.keySet(), document)
                .containsExactlyInAnyOrderElementsOf(blocks);
    }

    /** Runs the examples, which are no tests by their name. */
    @Nested
    class Reading extends ReadingExamples {}

    /** Likewise; those that take a PostgreSQL are run as an integration test. */
    @Nested
    class Writing extends WritingExamples {}

    /** The text of a file of the project, whether the tests run in its root or in the folder of a module. */
    private static String read(String file) throws IOException {
        Path here = Path.of(file);
        return Files.readString(Files.exists(here) ? here : Path.of("..").resolve(file));
    }

    private static String bare(String code) {
        return code.replaceAll("\\s+", "");
    }
}
