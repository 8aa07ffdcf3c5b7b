package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code duet-bom} brings besides Duet, for applications whose parent manages older versions. */
class BomTest {

    private static final Pattern JACKSON = Pattern.compile(
            "<artifactId>(jackson-[a-z-]+)</artifactId>\\s*<version>([^<]+)</version>", Pattern.MULTILINE);

    @Test
    void bom_versionsOfJackson_areThoseThatDuetIsBuiltWith() throws IOException {
        String classPath = System.getProperty("java.class.path");
        List<String> managed = JACKSON.matcher(Files.readString(Path.of("..", "bom", "pom.xml")))
                .results()
                .map(found -> found.group(1) + '-' + found.group(2) + ".jar")
                .toList();

        assertThat(managed).hasSize(4);
        assertThat(managed).allSatisfy(jar -> assertThat(classPath).contains(File.separator + jar));
    }
}
