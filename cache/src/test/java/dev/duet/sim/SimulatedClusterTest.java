package dev.duet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
 * <p>Not simulated: values that are absent, early refresh, the bound of the near cache, several caches, and a store that
 * is not there when a node starts. A change of all partitions takes effect in one step.
 */
class SimulatedClusterTest {

    private static final Logger LOG = LoggerFactory.getLogger("simulation");
    private static final int SEEDS = 10_000;
    private static final int ENOUGH = 3;

    @Test
    void schedules_ofRealNodes_keepThePromises() {
        Campaign campaign = new Campaign(DuetUnderTest::new, Guards.ALL, false);
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
    }

    @Test
    void schedules_withoutFaults_loadOnce() {
        Campaign.Outcome outcome = new Campaign(DuetUnderTest::new, Guards.ALL, true).play(1, SEEDS / 10, ENOUGH);

        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.tally().faults).isZero();
        assertThat(outcome.tally().loads).isPositive();
    }

    @Test
    void seed_playedTwice_playsTheSame() {
        Campaign campaign = new Campaign(DuetUnderTest::new, Guards.ALL, false);

        for (long seed = 1; seed <= 20; seed++) {
            assertThat(campaign.replay(seed).trace().lines())
                    .isEqualTo(campaign.replay(seed).trace().lines());
        }
    }

    @Test
    void naiveCache_isFoundOut() {
        Campaign.Outcome outcome = new Campaign(NaiveCache::new, Guards.ALL, false).play(1, 500, Integer.MAX_VALUE);

        LOG.info("The naive cache: {}", outcome.tally());
        assertThat(outcome.violations().values())
                .anyMatch(violation -> violation.startsWith("P1"))
                .anyMatch(violation -> violation.startsWith("P2"));
        assertThat(outcome.tally().violations).isGreaterThan(100);
    }

    @Test
    void naiveCache_withoutFaults_isFoundOutTooByItsRaces() {
        assertFoundOut(new Campaign(NaiveCache::new, Guards.ALL, true));
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

        Campaign.Outcome outcome =
                new Campaign(DuetUnderTest::new, guards, false).play(1, SEEDS / 50, Integer.MAX_VALUE);

        assertThat(outcome.violations().values()).anyMatch(violation -> violation.startsWith("P1"));
    }

    @Test
    void A40_fillUnderALeaseThatWasGrantedLater_isFoundOut() {
        assertFoundOut(new Careless() {
            @Override
            boolean fillsAnyhow(Namespace namespace, RecordKey record) {
                return await(namespace.execute(record, new Operation.Read())) instanceof Reading.Loading;
            }
        });
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
                    && !((WriteReply) await(reply)).stored()
                    && fillsAnyhow(namespace, record)
                    && await(namespace.execute(record, new Operation.Lease(fill.token(), 1_000, 0)))
                            instanceof LeaseReply.Granted granted) {
                Operation<?> again = new Operation.Fill(fill.token(), granted.head(), fill.content());
                return namespace.execute(record, (Operation<R>) again);
            }
            return reply;
        }

        static <T> T await(CompletionStage<T> reply) {
            return reply.toCompletableFuture().join();
        }
    }

    private static void assertFoundOut(Guards guards) {
        assertFoundOut(new Campaign(DuetUnderTest::new, guards, false));
    }

    private static void assertFoundOut(Campaign campaign) {
        assertThat(campaign.play(1, SEEDS, 1).violations()).isNotEmpty();
    }
}
