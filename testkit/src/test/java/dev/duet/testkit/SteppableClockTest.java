package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.testkit.internal.Commands;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteppableClockTest {

    @Test
    void library_forX86_needsNoCompiler(@TempDir Path directory) throws Exception {
        assertThat(SteppableClock.library(directory, "Linux", "amd64"))
                .binaryContent()
                .startsWith(0x7f, 'E', 'L', 'F');
    }

    @Test
    void library_forAnotherProcessor_isBuilt_orSaysWhatItNeeds(@TempDir Path directory) throws Exception {
        if (Commands.onPath("cc").isPresent()) {
            assertThat(SteppableClock.library(directory, "Linux", "aarch64"))
                    .binaryContent()
                    .startsWith(0x7f, 'E', 'L', 'F');
        } else {
            assertThatThrownBy(() -> SteppableClock.library(directory, "Linux", "aarch64"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("aarch64", "C compiler", "gcc");
        }
    }

    @Test
    void library_forAnotherSystem_saysThatItNeedsLinux(@TempDir Path directory) {
        assertThatThrownBy(() -> SteppableClock.library(directory, "Mac OS X", "aarch64"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Linux", "Mac OS X");
    }
}
