package dev.duet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.duet.benchmarks.scale.ScaleModel.Load;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ScaleModelTest {

    private static final Offset<Double> EXACT = within(1e-9);

    private final ScaleModel model =
            new ScaleModel(new ScaleInputs(12, 50, 40, 5, 30, 2, 0.1, 0.5, 0.02, 5, 100_000, 100, 4_000));
    private final Load load = new Load(100, 1_000, 0, Duration.ofSeconds(2));

    @Test
    void audits_fourPerBoundAndNode() {
        assertThat(model.audits(load)).isCloseTo(200, EXACT);
    }

    @Test
    void messages_ofEachWriteToEachNode() {
        assertThat(model.messages(load)).isCloseTo(100_000, EXACT);
    }

    @Test
    void redis_writesMessagesAuditsAndPings() {
        assertThat(model.redis(load)).isCloseTo(1_000 * (40 + 100 * 5) / 1e6 + 100 * (0.05 + 0.02) / 100, EXACT);
    }

    @Test
    void redis_rereads_addAReadForThatShareOfNodes() {
        Load again = new Load(100, 1_000, 0.1, Duration.ofSeconds(2));

        assertThat(model.redis(again) - model.redis(load)).isCloseTo(1_000 * 100 * 0.1 * 30 / 1e6, EXACT);
    }

    @Test
    void mostWrites_leaveRedisAsBusyAsItMayBe() {
        Load most = new Load(100, model.mostWrites(load), 0, Duration.ofSeconds(2));

        assertThat(model.redis(most)).isCloseTo(ScaleModel.BUSY, EXACT);
    }

    @Test
    void mostWrites_redisBusyAtRest_none() {
        assertThat(model.mostWrites(new Load(1_000, 0, 0, Duration.ofMillis(100))))
                .isZero();
    }

    @Test
    void node_doesNotDependOnTheNumberOfNodes() {
        Load more = new Load(1_000, 1_000, 0, Duration.ofSeconds(2));

        assertThat(model.node(load))
                .isCloseTo(1_000 * 50 / 1e6 + 0.01 + 0.005, EXACT)
                .isEqualTo(model.node(more));
    }

    @Test
    void network_messagesAndAudits() {
        assertThat(model.network(load)).isCloseTo(8 * (100_000 * 100 + 200 * 4_000.0), EXACT);
    }

    @Test
    void connectionsAndMemory_perNode() {
        assertThat(model.connections(load)).isEqualTo(500);
        assertThat(model.memory(load)).isEqualTo(10_000_000);
    }
}
