package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.Window;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

    @Test
    void flushedWhateverTheVersion_isFoundOut() {
        assertFoundOut(false, true, "A", new Guards() {
            @Override
            <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
                return operation instanceof PendingOperation.Flushed
                        ? settled(namespace, record, operation)
                        : super.execute(namespace, record, operation);
            }
        });
    }

    @Test
    void pendingWritesEvicted_isFoundOut() {
        assertFoundOut(false, true, "A", new Guards() {
            @Override
            void evicts(Namespace namespace, RecordKey record) {
                CompletionStage<Boolean> unused =
                        settled(namespace, record, new PendingOperation.Flushed(Long.MAX_VALUE, false));
            }
        });
    }

    @Test
    void acknowledgedThoughTheStoreDoesNotAnswer_isFoundOut() {
        assertFoundOut(false, true, "A", new Guards() {
            @Override
            @SuppressWarnings("unchecked") // an enqueue has this reply
            <R> CompletableFuture<R> answer(RecordKey record, Operation<R> operation, CompletableFuture<R> reply) {
                return operation instanceof PendingOperation.Enqueue
                        ? reply.exceptionally(
                                failure -> (R) new PendingOperation.PendingReply(Long.MAX_VALUE >> 12, true, false, 1))
                        : reply;
            }
        });
    }

    @Test
    void twoFlushersAtOnce_isFoundOut() {
        assertFoundOut(true, false, "E", new Guards() {
            @Override
            CompletionStage<Claim> claim(
                    Namespace namespace,
                    String cache,
                    int partition,
                    String flusher,
                    long term,
                    int most,
                    @Nullable String over) {
                return super.claim(namespace, cache, partition, "all", term, most, over);
            }
        });
    }

    @Test
    void A44_writeThatIsTakenHoweverLate_isFoundOut() {
        assertFoundOut(false, true, "A", new Guards() {
            @Override
            Window window(Window window) {
                return Window.ALWAYS;
            }
        });
    }

    @Test
    void lateWritesNotReported_isFoundOut() {
        assertFoundOut(false, false, "A", new Guards() {
            @Override
            @SuppressWarnings("unchecked") // of the same type
            <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
                return super.execute(
                        namespace,
                        record,
                        operation instanceof PendingOperation.Flushed flushed
                                ? (Operation<R>) new PendingOperation.Flushed(flushed.version(), false)
                                : operation);
            }
        });
    }

    /** Settles what is pending of a record, whichever version that has. */
    private static <R> CompletionStage<R> settled(Namespace namespace, RecordKey record, Operation<R> flushed) {
        Reading there = namespace
                .execute(record, new Operation.Read())
                .toCompletableFuture()
                .join();
        @SuppressWarnings("unchecked") // of the same type
        Operation<R> whatever = there instanceof Reading.Hit hit
                ? (Operation<R>) new PendingOperation.Flushed(hit.version(), false)
                : flushed;
        return namespace.execute(record, whatever);
    }

    private static void assertFoundOut(boolean calm, boolean fenced, String promise, Guards guards) {
        Campaign.Outcome outcome = campaign(calm, fenced, () -> guards).play(1, 600, 1, promise);
        LOG.info("{} schedules until {}", outcome.tally().schedules, outcome.violations());
        assertThat(outcome.violations()).isNotEmpty();
    }
}
