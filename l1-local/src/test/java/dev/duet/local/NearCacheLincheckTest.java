package dev.duet.local;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Looks for an interleaving of {@link NearCacheOperations} in which a read returns what it should not. The near cache is not
 * linearizable and need not be: a fill may be refused for a change of another key, and while a change is being told one reader
 * may have the new value and the next the old one. So what is checked is not the values, but whether they are new enough.
 */
class NearCacheLincheckTest {

    private static final String CAFFEINE = "com.github.benmanes.caffeine.cache.";

    /**
     * One read beside one change, with the switch between them at every step, those inside Caffeine too but for the
     * bookkeeping of its policy: so within the map's {@code compute}, between the decision of a fill and its insertion.
     */
    @ParameterizedTest
    @ValueSource(strings = {"change", "update", "put", "giveUp"})
    void A03_readBesideAChange_whereverTheySwitch_nothingStaleIsLeft(String change) throws NoSuchMethodException {
        explore(List.of(), "read", change);
    }

    /** The same for one refresh of an entry that is there. */
    @ParameterizedTest
    @ValueSource(strings = {"change", "update"})
    void A03_refreshBesideAChange_whereverTheySwitch_nothingStaleIsLeft(String change) throws NoSuchMethodException {
        explore(List.of(actor("read")), "refresh", change);
    }

    /** The same for one load that fails, after the life of the entry that is there. */
    @ParameterizedTest
    @ValueSource(strings = {"change", "update"})
    void A03_failureBesideAChange_whereverTheySwitch_nothingStaleIsLeft(String change) throws NoSuchMethodException {
        explore(List.of(actor("read"), actor("pass")), "fail", change);
    }

    private static void explore(List<Actor> before, String read, String change) throws NoSuchMethodException {
        new ModelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(300)
                .minimizeFailedScenario(false)
                .logLevel(LoggingLevel.ERROR)
                .addCustomScenario(new ExecutionScenario(
                        before, List.of(List.of(actor(read)), List.of(actor(change))), List.of(actor("read")), null))
                .addGuarantee(forClasses(CAFFEINE + "BoundedLocalCache")
                        .methods("afterRead", "afterWrite")
                        .ignore())
                .sequentialSpecification(NearCacheOperations.Specification.class)
                .check(NearCacheOperations.class);
    }

    /** Random operations with many switches; each call of Caffeine is one step. */
    @Test
    void A03_manyOperations_manySwitches_nothingStaleIsRead() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .logLevel(LoggingLevel.ERROR)
                .addGuarantee(forClasses(NearCacheLincheckTest::isCaffeine)
                        .allMethods()
                        .treatAsAtomic())
                .sequentialSpecification(NearCacheOperations.Specification.class)
                .check(NearCacheOperations.class);
    }

    @Test
    void A03_threadsAtFullSpeed_nothingStaleIsRead() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .logLevel(LoggingLevel.ERROR)
                .sequentialSpecification(NearCacheOperations.Specification.class)
                .check(NearCacheOperations.WithClear.class);
    }

    private static Actor actor(String operation) throws NoSuchMethodException {
        return new Actor(NearCacheOperations.class.getMethod(operation), List.of());
    }

    private static boolean isCaffeine(String className) {
        return className.startsWith(CAFFEINE);
    }
}
