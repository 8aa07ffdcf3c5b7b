package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulatedClusterTest {

    @Test
    void anySeed_ofTheRealCache_keepsThePromises() {
        long from = Long.getLong("duet.seed", 1);
        int seeds = Long.getLong("duet.seed") == null ? Integer.getInteger("duet.seeds", 1000) : 1;
        Tally tally = new Tally();
        try (Crew crew = new Crew()) {
            int shown = 0;
            for (long seed = from; seed < from + seeds; seed++) {
                Simulation.Result result = Simulation.play(
                        crew, seed, false, seeds == 1, DuetUnderTest::new, Guards.ALL);
                tally.add(result.tally());
                if (seeds == 1) {
                    result.trace().lines().forEach(System.out::println);
                }
                if (result.violation() != null && shown++ < 20) {
                    System.out.println("seed " + seed + ": " + result.violation());
                }
            }
        }
        System.out.println(tally);
        assertThat(tally.violations).isZero();
    }
}
