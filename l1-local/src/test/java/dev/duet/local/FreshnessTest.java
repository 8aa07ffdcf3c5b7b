package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private final Freshness freshness = new Freshness();

    @Test
    void until_nothingProven_isTheBeginningOfTime() {
        assertThat(freshness.until()).isZero();
    }

    @Test
    void extend_later_extends() {
        freshness.extend(10);
        freshness.extend(20);

        assertThat(freshness.until()).isEqualTo(20);
    }

    @Test
    void extend_earlier_changesNothing() {
        freshness.extend(20);
        freshness.extend(10);
        freshness.extend(-1);

        assertThat(freshness.until()).isEqualTo(20);
    }

    @Test
    void extend_everyInterleaving_isAMaximum() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(200)
                .sequentialSpecification(Maximum.class)
                .check(Extensions.class);
    }

    @Test
    void endless_hasNoEnd() {
        assertThat(Freshness.endless().until()).isEqualTo(Long.MAX_VALUE);
    }

    /** The operations for Lincheck to interleave. */
    @Param(name = "time", gen = LongGen.class, conf = "0:9")
    public static class Extensions {
        private final Freshness freshness = new Freshness();

        @Operation
        public void extend(@Param(name = "time") long time) {
            freshness.extend(time);
        }

        @Operation
        public long until() {
            return freshness.until();
        }
    }

    /** What they do one after the other. */
    public static class Maximum {
        private long maximum;

        public void extend(long time) {
            maximum = Math.max(maximum, time);
        }

        public long until() {
            return maximum;
        }
    }
}
