package dev.duet.local;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Looks for an interleaving of {@link NearCacheOperations} in which a read returns what it should not. The near cache is not
 * linearizable and need not be: a fill may be refused for a change of another key, and while a change is being told one reader
 * may have the new value and the next the old one. So what is checked is not the values, but whether they are new enough.
 */
class NearCacheLincheckTest {

    /** Each switch between threads is chosen, within Caffeine too, but for the bookkeeping of its policy. */
    @Test
    void A03_chosenInterleavings_nothingOlderThanTheLastInvalidationIsRead() {
        new ModelCheckingOptions()
                .iterations(12)
                .invocationsPerIteration(150)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .addGuarantee(forClasses("com.github.benmanes.caffeine.cache.BoundedLocalCache")
                        .methods("afterRead", "afterWrite")
                        .ignore())
                .sequentialSpecification(NearCacheOperations.Specification.class)
                .check(NearCacheOperations.class);
    }

    @Test
    void A03_threadsAtFullSpeed_nothingOlderThanTheLastInvalidationIsRead() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                .sequentialSpecification(NearCacheOperations.Specification.class)
                .check(NearCacheOperations.WithClear.class);
    }
}
