package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.benchmarks.systems.Servers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {

    @Test
    void parse_arguments_givesBackAllOfThem() {
        NodeSettings settings = new NodeSettings(
                "n1",
                "NAIVE",
                new Servers("redis://127.0.0.1:1", "127.0.0.1:2", "cluster", "127.0.0.1:3"),
                4,
                5,
                Path.of("n1.history"),
                6);

        assertThat(NodeSettings.parse(settings.arguments().toArray(String[]::new)))
                .isEqualTo(settings);
    }
}
