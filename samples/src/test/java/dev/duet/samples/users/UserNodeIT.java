package dev.duet.samples.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNodeIT {

    @Test
    void node_withoutItsEnvironment_saysWhatIsMissing(@TempDir Path directory) throws Exception {
        try (StoryProcess node = StoryProcess.start(List.of(), UserNode.class, directory)) {
            assertThat(node.process().waitFor(30, TimeUnit.SECONDS)).isTrue();

            assertThat(node.process().exitValue()).isEqualTo(2);
            assertThat(node.output())
                    .isEqualToIgnoringNewLines("The node cannot start: the environment lacks USERS_NODE, USERS_STORE,"
                            + " USERS_DATABASE");
        }
    }
}
