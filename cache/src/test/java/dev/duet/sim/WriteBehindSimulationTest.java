package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clusters that write behind, to a database that refuses versions that are not above its own, or in which nothing fails but itself.
 */
class WriteBehindSimulationTest {

    private static final Logger LOG = LoggerFactory.getLogger("simulation");
    private static final Logger FLUSHER = LoggerFactory.getLogger("dev.duet.Flusher");
    private static final int SEEDS = 2_000;
    private static final int ENOUGH = 20;

    @BeforeAll
    static void beSilentAboutWhatIsParked() {
        ((ch.qos.logback.classic.Logger) FLUSHER).setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        ((ch.qos.logback.classic.Logger) FLUSHER).setLevel(null);
    }

    private static Campaign campaign(boolean calm, boolean fenced, Supplier<Guards> guards) {
        return new Campaign(
                (crew, seed, traced) -> BehindSimulation.play(crew, seed, calm, fenced, traced, guards.get()));
    }

    private static void play(Campaign campaign, String what, int seeds) {
        Long seed = Long.getLong("duet.seed");
        if (seed != null) {
            Simulation.Result result = campaign.replay(seed);
            result.trace().lines().forEach(LOG::info);
            assertThat(result.violation()).isNull();
            return;
        }
        Campaign.Outcome outcome = campaign.play(1, Long.getLong("duet.seeds", seeds), ENOUGH);
        LOG.info("{}: {}", what, outcome.tally().behind());
        outcome.violations().forEach((s, v) -> LOG.info("{}: {}", s, v));
        assertThat(outcome.violations()).isEmpty();
    }

    @Test
    void schedules_withTheFence_keepThePromises() {
        play(campaign(false, true, () -> Guards.ALL), "With the fence", SEEDS);
    }

    @Test
    void schedules_withoutFaultsButTheDatabases_areInOrder() {
        play(campaign(true, false, () -> Guards.ALL), "Without faults", SEEDS / 4);
    }
}
