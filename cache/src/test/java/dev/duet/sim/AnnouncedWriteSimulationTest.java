package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clusters whose application announces its writes in all the ways there are: {@code beginWrite} of keys in several partitions,
 * {@code update}, {@code updateAll} and {@code updateAndPut}, blocking and not, and in half of the schedules a writer that the
 * cache writes through to, key by key or in one transaction. Writers overlap, throw before and after they commit, roll back,
 * die at any step, and forget to close; some read within their transaction. Otherwise as {@link SimulatedClusterTest}, which
 * also says how to play a seed.
 */
class AnnouncedWriteSimulationTest {

    private static final Logger LOG = LoggerFactory.getLogger("simulation");
    private static final int SEEDS = 2_000;
    private static final int ENOUGH = 20;

    private static Campaign campaign(Simulation.Maker maker, Supplier<Guards> guards) {
        return new Campaign(maker, guards, false, true);
    }

    @Test
    void schedules_keepThePromises() {
        Campaign campaign = campaign(DuetUnderTest::new, () -> Guards.ALL);
        Long seed = Long.getLong("duet.seed");
        if (seed != null) {
            Simulation.Result result = campaign.replay(seed);
            result.trace().lines().forEach(LOG::info);
            assertThat(result.violation()).isNull();
            return;
        }

        Campaign.Outcome outcome = campaign.play(1, Long.getLong("duet.seeds", SEEDS), ENOUGH);

        LOG.info("Announced writes: {}", outcome.tally().announcements());
        outcome.violations().forEach((s, violation) -> LOG.info("{}: {}", s, violation));
        assertThat(outcome.violations()).isEmpty();
    }
}
