package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
        assertThat(outcome.tally().kept).isPositive();
        assertThat(outcome.tally().notKept).isPositive();
        assertThat(outcome.tally().again).isPositive();
        assertThat(outcome.tally().forgotten).isPositive();
        assertThat(outcome.tally().rollbacks).isPositive();
    }

    @Test
    void schedules_withoutFaults_loadOnce() {
        Campaign.Outcome outcome = new Campaign(DuetUnderTest::new, () -> Guards.ALL, true, true).play(1, SEEDS / 4, 3);

        LOG.info("Announced writes, without faults: {}", outcome.tally().announcements());
        assertThat(outcome.violations()).isEmpty();
    }

    @Test
    void seed_playedTwice_playsTheSame() {
        Campaign campaign = campaign(DuetUnderTest::new, () -> Guards.ALL);

        for (long seed = 1; seed <= 20; seed++) {
            assertThat(campaign.replay(seed).trace().lines())
                    .isEqualTo(campaign.replay(seed).trace().lines());
        }
    }

    @Test
    void oneKeyOfSeveralAnnounced_isFoundOut() {
        assertFoundOut(AnnouncesOneKey::new);
    }

    @Test
    void A31_A40_completionOfAnIntentThatWasLostAndMadeAnew_isFoundOut() {
        assertFoundOut(CompletesWhateverIntent::new);
    }

    @Test
    void A38_valueOfTheLastOfSeveralWriters_isFoundOut() {
        assertFoundOut(() -> new StoresWhatIsRefused() {
            @Override
            boolean stores(Reading before, Reading after) {
                return before instanceof Reading.Writing && after instanceof Reading.Missing;
            }
        });
    }

    @Test
    void A21_valueOfAWriterWithoutIntent_isFoundOut() {
        assertFoundOut(() -> new StoresWhatIsRefused() {
            @Override
            boolean stores(Reading before, Reading after) {
                return !(before instanceof Reading.Writing);
            }
        });
    }

    @Test
    void storeBeforeDatabase_isFoundOut() {
        assertFoundOut(campaign(StoreFirst::new, () -> Guards.ALL));
    }

    @Test
    void A14_valueOfAWriterThatFailed_isFoundOut() {
        assertFoundOut(campaign(
                (node, server, plan, loader) -> new DuetUnderTest(node, server, plan, new Writer(loader) {
                    @Override
                    public void write(Map<Integer, @Nullable Long> values) {
                        writeInSilence(values);
                    }
                }),
                () -> Guards.ALL));
    }

    @Test
    void A14_failedWriterThatIsNotCompleted_isFoundOut() {
        assertFoundOut(() -> new Guards() {
            @Override
            @SuppressWarnings("unchecked") // the reply of that very operation
            <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
                return operation instanceof Operation.Complete complete && complete.content() == null
                        ? CompletableFuture.completedFuture((R) new WriteReply(1, false, 0))
                        : super.execute(namespace, record, operation);
            }
        });
    }

    /** Announces the first of several keys alone. */
    private static final class AnnouncesOneKey extends Guards {

        private final Map<String, RecordKey> first = new HashMap<>();

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            if (operation instanceof Operation.Begin begin
                    && !first.computeIfAbsent(begin.token(), token -> record).equals(record)) {
                return CompletableFuture.completedFuture((R) Long.valueOf(1));
            }
            if (operation instanceof Operation.Renew renew
                    && !first.getOrDefault(renew.token(), record).equals(record)) {
                return CompletableFuture.completedFuture((R) Boolean.TRUE);
            }
            return super.execute(namespace, record, operation);
        }
    }

    /** Takes an intent that was announced again for the one that was lost, by whatever request it was. */
    private static final class CompletesWhateverIntent extends Guards {

        private final Map<List<Object>, Long> versions = new HashMap<>();

        @Override
        @SuppressWarnings("unchecked") // of the same type
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            if (operation instanceof Operation.Begin begin) {
                Operation<Long> plain = new Operation.Begin(begin.token(), begin.term());
                CompletionStage<Long> reply = namespace.execute(record, plain);
                versions.put(
                        List.of(record, begin.token()),
                        reply.toCompletableFuture().join());
                return (CompletionStage<R>) reply;
            }
            if (operation instanceof Operation.Complete complete && complete.announced() > 0) {
                long version = versions.getOrDefault(List.of(record, complete.token()), complete.announced());
                Operation<?> anyhow = new Operation.Complete(complete.token(), version, complete.content());
                return namespace.execute(record, (Operation<R>) anyhow);
            }
            return super.execute(namespace, record, operation);
        }
    }

    /** Stores the value of a completion that was refused. */
    private abstract static class StoresWhatIsRefused extends Guards {

        /** Whether to do so, by what was there before and after. */
        abstract boolean stores(Reading before, Reading after);

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            if (!(operation instanceof Operation.Complete complete) || complete.content() == null) {
                return super.execute(namespace, record, operation);
            }
            Reading before = read(namespace, record);
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            boolean stored = ((WriteReply) reply.toCompletableFuture().join()).stored();
            Operation<?> put = new Operation.Put(complete.content());
            return !stored && stores(before, read(namespace, record))
                    ? namespace.execute(record, (Operation<R>) put)
                    : reply;
        }

        private static Reading read(Namespace namespace, RecordKey record) {
            return namespace
                    .execute(record, new Operation.Read())
                    .toCompletableFuture()
                    .join();
        }
    }

    /** Loads as {@code loader} does; what it writes is up to who extends this. */
    private abstract static class Writer implements CacheUnderTest.Loader {

        private final CacheUnderTest.Loader loader;

        Writer(CacheUnderTest.Loader loader) {
            this.loader = loader;
        }

        @Override
        public @Nullable Long load(int key) throws LoadOrWriteFailed {
            return loader.load(key);
        }

        @Override
        public Map<Integer, Long> loadAll(Set<? extends Integer> keys) throws LoadOrWriteFailed {
            return loader.loadAll(keys);
        }

        /** Writes, and tells nobody if that fails. */
        void writeInSilence(Map<Integer, @Nullable Long> values) {
            try {
                loader.write(values);
            } catch (LoadOrWriteFailed e) {
                // Nobody is told.
            }
        }
    }

    /** Puts into the caches first, and then writes to the database. */
    private static final class StoreFirst extends DuetUnderTest {

        private final boolean writesThrough;
        private final Later later;

        StoreFirst(SimulatedNode node, Server server, Plan plan, CacheUnderTest.Loader loader) {
            this(node, server, plan, new Later(loader));
        }

        private StoreFirst(SimulatedNode node, Server server, Plan plan, Later later) {
            super(node, server, plan, later);
            this.writesThrough = plan.writesThrough;
            this.later = later;
        }

        @Override
        public void put(int key, long version) {
            super.put(key, version);
            if (writesThrough) {
                later.writeInSilence(Map.of(key, version));
            }
        }

        private static final class Later extends Writer {
            Later(CacheUnderTest.Loader loader) {
                super(loader);
            }

            @Override
            public void write(Map<Integer, @Nullable Long> values) {
                if (values.size() > 1 || values.values().iterator().next() == null) {
                    writeInSilence(values);
                }
            }
        }
    }

    private static void assertFoundOut(Supplier<Guards> guards) {
        assertFoundOut(campaign(DuetUnderTest::new, guards));
    }

    private static void assertFoundOut(Campaign campaign) {
        Campaign.Outcome outcome = campaign.play(1, SEEDS, 1, "P");
        LOG.info("{} schedules until {}", outcome.tally().schedules, outcome.violations());
        assertThat(outcome.violations()).isNotEmpty();
    }
}
