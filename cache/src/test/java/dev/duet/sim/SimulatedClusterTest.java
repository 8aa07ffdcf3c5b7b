package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clusters of three to eight nodes that run the real protocol code in virtual time, over a hostile network and store, with
 * every promise checked at every read ({@link History}) and all levels looked through at the end. A seed is a schedule:
 *
 * <pre>
 * -Dduet.seeds=N   plays so many, 10,000 unless told otherwise
 * -Dduet.seed=S    plays that one alone, and prints what happens in it
 * </pre>
 *
 * <p>That it finds nothing counts only because it does find what is wrong with a naive cache, and with a store whose guards
 * are taken out one by one.
 *
 * <p>Three quarters of the schedules have refreshes, stale values, timeouts and reads of several keys or without a thread
 * that waits; in some of these no hint ever arrives. The others have a life and a loader, and nothing else.
 *
 * <p>Writes are announced one key or two at a time, and leave nothing; {@link AnnouncedWriteSimulationTest} has the other ways.
 *
 * <p>Not simulated: values that are absent, the bound of the near cache, several caches, and a store that is not there when a node starts. A change of all partitions takes effect in one step.
 */
class SimulatedClusterTest {

    private static final Logger LOG = LoggerFactory.getLogger("simulation");
    private static final int SEEDS = 10_000;
    private static final int ENOUGH = 3;

    @Test
    void schedules_ofRealNodes_keepThePromises() {
        Campaign campaign = new Campaign(DuetUnderTest::new, () -> Guards.ALL, false);
        Long seed = Long.getLong("duet.seed");
        if (seed != null) {
            Simulation.Result result = campaign.replay(seed);
            result.trace().lines().forEach(LOG::info);
            assertThat(result.violation()).isNull();
            return;
        }

        Campaign.Outcome outcome = campaign.play(1, Long.getLong("duet.seeds", SEEDS), 20);

        LOG.info("{}", outcome.tally());
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.tally().refreshes).isPositive();
        assertThat(outcome.tally().stale).isPositive();
        assertThat(outcome.tally().leaseWaits).isPositive();
        assertThat(outcome.tally().hints).isPositive();
        assertThat(outcome.tally().hintsLost).isPositive();
        assertThat(outcome.tally().clockSteps).isPositive();
    }

    @Test
    void schedules_withoutHints_keepThePromises() {
        Guards guards = new Guards() {
            @Override
            boolean losesHints() {
                return true;
            }
        };

        Campaign.Outcome outcome = new Campaign(DuetUnderTest::new, () -> guards, false).play(1, SEEDS / 20, ENOUGH);

        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.tally().hints).isZero();
        assertThat(outcome.tally().leaseWaits).isPositive();
    }

    @Test
    void schedules_withoutFaults_loadOnce() {
        Campaign.Outcome outcome = new Campaign(DuetUnderTest::new, () -> Guards.ALL, true).play(1, SEEDS / 10, ENOUGH);

        LOG.info("Without faults: {}", outcome.tally());
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.tally().faults).isZero();
        assertThat(outcome.tally().loads).isPositive();
    }

    @Test
    void seed_playedTwice_playsTheSame() {
        Campaign campaign = new Campaign(DuetUnderTest::new, () -> Guards.ALL, false);

        for (long seed = 1; seed <= 20; seed++) {
            assertThat(campaign.replay(seed).trace().lines())
                    .isEqualTo(campaign.replay(seed).trace().lines());
        }
    }

    @Test
    void naiveCache_isFoundOut() {
        Campaign.Outcome outcome =
                new Campaign(NaiveCache::new, () -> Guards.ALL, false).play(1, 500, Integer.MAX_VALUE);

        LOG.info("The naive cache: {}", outcome.tally());
        assertThat(outcome.violations().values())
                .anyMatch(violation -> violation.startsWith("P1"))
                .anyMatch(violation -> violation.startsWith("P2"));
        assertThat(outcome.tally().violations).isGreaterThan(100);
    }

    @Test
    void naiveCache_withoutFaults_isFoundOutTooByItsRaces() {
        assertFoundOut(new Campaign(NaiveCache::new, () -> Guards.ALL, true), "P1");
    }

    @Test
    void A01_fillWithoutLease_isFoundOut() {
        assertFoundOut(new Careless() {
            @Override
            boolean fillsAnyhow(Namespace namespace, RecordKey record) {
                return true;
            }
        });
    }

    @Test
    void A12_intentThatIsNotKept_isFoundOut() {
        assertFoundOut(new Guards() {
            @Override
            @SuppressWarnings("unchecked") // the reply of that very operation
            <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
                if (operation instanceof Operation.Begin) {
                    return CompletableFuture.completedFuture((R) Long.valueOf(1));
                }
                return operation instanceof Operation.Renew
                        ? CompletableFuture.completedFuture((R) Boolean.TRUE)
                        : super.execute(namespace, record, operation);
            }
        });
    }

    @Test
    void A08_auditThatSeesNoMoreThanTheFeed_isFoundOut() {
        Guards guards = new Guards() {
            @Override
            CompletionStage<long[]> heads(Namespace namespace, Link link) {
                return link.feeds().stream()
                        .filter(feed -> feed.heard().length > 0)
                        .findFirst()
                        .<CompletionStage<long[]>>map(feed -> CompletableFuture.completedFuture(feed.heard()))
                        .orElseGet(namespace::heads);
            }
        };

        assertFoundOut(() -> guards, "P1");
    }

    @Test
    void A40_fillUnderALeaseThatWasGrantedLater_isFoundOut() {
        assertFoundOut(new Careless() {
            @Override
            boolean fillsAnyhow(Namespace namespace, RecordKey record) {
                return now(namespace.execute(record, new Operation.Read())) instanceof Reading.Loading;
            }

            @Override
            boolean repeatsOften() {
                return true;
            }
        });
    }

    @Test
    void refreshOfAValueThatWasReplaced_isFoundOut() {
        assertFoundOut(RefreshFillsAnyhow::new, "P");
    }

    @Test
    void refreshThatIsGrantedToAll_isFoundOut() {
        assertFoundOut(new Campaign(DuetUnderTest::new, GrantsRefreshToAll::new, true), "P4");
    }

    @Test
    void staleValueThatIsRetainedThroughChanges_isFoundOut() {
        assertFoundOut(RetainsThroughChanges::new, "P1");
    }

    @Test
    void staleValueThatIsRetainedThroughChanges_isFoundOutByItsOwnWriterToo() {
        assertFoundOut(RetainsThroughChanges::new, "P2");
    }

    @Test
    void staleValueAsTheOldOneOfAnIntent_isFoundOut() {
        assertFoundOut(StaleInIntents::new, "Life");
    }

    @Test
    void A17_restartThatNobodyNotices_isFoundOut() {
        assertFoundOut(new Guards() {
            @Override
            boolean restartsAreNoticed() {
                return false;
            }
        });
    }

    @Test
    void A43_clockThatNobodyWatches_isFoundOut() {
        Guards guards = new Guards() {
            @Override
            boolean clockIsWatched() {
                return false;
            }
        };

        assertFoundOut(() -> guards, "Life");
    }

    @Test
    void A43_intentThatOutlastsItsTerm_isFoundOut() {
        assertFoundOut(OutlastingIntents::new, "P");
    }

    @Test
    void A28_clockThatStandsStill_isFoundOut() {
        assertFoundOut(new Guards() {
            @Override
            boolean clocksTick() {
                return false;
            }
        });
    }

    /** Takes the loader's lease anew for a fill that was refused, if nobody else is at work. */
    private abstract static class Careless extends Guards {

        /** Whether to do so, by what is there. */
        abstract boolean fillsAnyhow(Namespace namespace, RecordKey record);

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            if (operation instanceof Operation.Fill fill
                    && !((WriteReply) now(reply)).stored()
                    && fillsAnyhow(namespace, record)
                    && now(namespace.execute(record, new Operation.Lease(fill.token(), 1_000, 0)))
                            instanceof LeaseReply.Granted granted) {
                Operation<?> again = new Operation.Fill(fill.token(), granted.head(), fill.content());
                return namespace.execute(record, (Operation<R>) again);
            }
            return reply;
        }
    }

    /** Lets a refresh fill though the value was replaced since, by whatever. */
    private static final class RefreshFillsAnyhow extends Guards {

        private final Set<String> refreshers = new HashSet<>();

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            if (operation instanceof Operation.Refresh refresh && now(reply) instanceof LeaseReply.Granted) {
                refreshers.add(refresh.token());
            }
            if (operation instanceof Operation.Fill fill
                    && refreshers.contains(fill.token())
                    && !((WriteReply) now(reply)).stored()
                    && lease(namespace, record, fill.token()) instanceof LeaseReply.Granted granted) {
                Operation<?> again = new Operation.Fill(fill.token(), granted.head(), fill.content());
                return namespace.execute(record, (Operation<R>) again);
            }
            return reply;
        }

        private static LeaseReply lease(Namespace namespace, RecordKey record, String token) {
            return now(namespace.execute(record, new Operation.Read())) instanceof Reading.Hit there
                    ? now(namespace.execute(record, new Operation.Refresh(token, 1_000, there.writtenAt())))
                    : now(namespace.execute(record, new Operation.Lease(token, 1_000, 0)));
        }
    }

    /** Lets every node refresh that wants to. */
    private static final class GrantsRefreshToAll extends Guards {
        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            if (operation instanceof Operation.Refresh refresh
                    && now(reply) instanceof LeaseReply.Refused refused
                    && refused.reading() instanceof Reading.Hit hit
                    && hit.writtenAt() == refresh.writtenAt()) {
                return CompletableFuture.completedFuture((R) new LeaseReply.Granted(hit.head(), false, hit));
            }
            return reply;
        }
    }

    /** Retains what was stored last for as long as it likes, whatever became of it. */
    private static final class RetainsThroughChanges extends Guards {

        private final Map<RecordKey, Content> last = new HashMap<>();

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            if (operation instanceof Operation.Fill fill && ((WriteReply) now(reply)).stored()) {
                last.put(record, fill.content());
            } else if (operation instanceof Operation.Lease
                    && now(reply) instanceof LeaseReply.Granted granted
                    && granted.previous() == null
                    && last.containsKey(record)
                    && last.get(record).retention() > 0) {
                Reading.Hit retained = retained(granted.head(), last.get(record));
                return CompletableFuture.completedFuture(
                        (R) new LeaseReply.Granted(granted.head(), granted.foreign(), retained));
            }
            return reply;
        }

        private static Reading.Hit retained(long head, Content content) {
            return new Reading.Hit(
                    head, head, 1, content.life(), content.retention(), content.cost(), true, content.payload());
        }
    }

    /** Has an intent stand for as long as the clock says, however long that is. */
    private static final class OutlastingIntents extends Guards {

        private final Map<RecordKey, Long> ends = new HashMap<>();
        private final Map<RecordKey, Reading.Hit> old = new HashMap<>();

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            if (operation instanceof Operation.Begin || operation instanceof Operation.Renew) {
                Reading before = now(namespace.execute(record, new Operation.Read()));
                if (operation instanceof Operation.Begin begin && before instanceof Reading.Hit hit) {
                    old.put(record, hit);
                    ends.put(record, clock(namespace) + begin.term());
                } else if (operation instanceof Operation.Renew renew && ends.containsKey(record)) {
                    ends.put(record, clock(namespace) + renew.term());
                }
            } else if (operation instanceof Operation.Complete
                    || operation instanceof Operation.Invalidate
                    || operation instanceof Operation.Put) {
                ends.remove(record);
            } else if (clock(namespace) < ends.getOrDefault(record, 0L)) {
                Reading.Writing writing =
                        new Reading.Writing(now(namespace.heads())[record.partition()], old.get(record));
                if (operation instanceof Operation.Read) {
                    return CompletableFuture.completedFuture((R) writing);
                } else if (operation instanceof Operation.Lease) {
                    return CompletableFuture.completedFuture((R) new LeaseReply.Refused(writing));
                }
            }
            return super.execute(namespace, record, operation);
        }

        private static long clock(Namespace namespace) {
            return namespace.window(0, 0).until();
        }
    }

    /** Keeps a value whose life is over for the readers of an intent. */
    private static final class StaleInIntents extends Guards {

        private final Map<RecordKey, Reading.Hit> old = new HashMap<>();

        @Override
        @SuppressWarnings("unchecked") // the reply of that very operation
        <R> CompletionStage<R> execute(Namespace namespace, RecordKey record, Operation<R> operation) {
            if (operation instanceof Operation.Begin
                    && now(namespace.execute(record, new Operation.Read())) instanceof Reading.Missing missing) {
                old.put(record, missing.retained());
            }
            CompletionStage<R> reply = super.execute(namespace, record, operation);
            if (operation instanceof Operation.Complete) {
                old.remove(record);
            } else if (now(reply) instanceof Reading.Writing writing && writing.old() == null) {
                return CompletableFuture.completedFuture((R) kept(record, writing));
            } else if (now(reply) instanceof LeaseReply.Refused refused
                    && refused.reading() instanceof Reading.Writing writing
                    && writing.old() == null) {
                return CompletableFuture.completedFuture((R) new LeaseReply.Refused(kept(record, writing)));
            }
            return reply;
        }

        private Reading kept(RecordKey record, Reading.Writing writing) {
            return new Reading.Writing(writing.head(), old.get(record));
        }
    }

    private static <T> T now(CompletionStage<T> reply) {
        return reply.toCompletableFuture().join();
    }

    private static void assertFoundOut(Guards guards) {
        assertFoundOut(() -> guards, "P");
    }

    /** A violation of that promise must come up. */
    private static void assertFoundOut(Supplier<Guards> guards, String promise) {
        assertFoundOut(new Campaign(DuetUnderTest::new, guards, false), promise);
    }

    private static void assertFoundOut(Campaign campaign, String promise) {
        Campaign.Outcome outcome = campaign.play(1, SEEDS, 1, promise);
        LOG.info("{} schedules until {}", outcome.tally().schedules, outcome.violations());
        assertThat(outcome.violations()).isNotEmpty();
    }
}
