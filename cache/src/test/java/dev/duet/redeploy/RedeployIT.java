package dev.duet.redeploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.testkit.JvmProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that is redeployed leaves nothing behind: once it has closed its {@code Duet}, its class loader can go. */
class RedeployIT {

    @ParameterizedTest
    @ValueSource(strings = {"classes", "whole"})
    void close_andDrop_letsTheClassLoaderGo(String brings) {
        // Soft references are a cache's business, and go when memory is short.
        List<String> options = List.of("-Xmx256m", "-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1");
        try (JvmProcess server = JvmProcess.start("server", Server.class, options, List.of(brings))) {
            assertThat(server.awaitExit(Duration.ofMinutes(1)))
                    .as(() -> server.output())
                    .isTrue();
            assertThat(server.output()).contains("collected");
        }
    }
}
