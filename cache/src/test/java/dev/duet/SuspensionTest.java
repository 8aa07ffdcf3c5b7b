package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines that sleep while their monotonic clock stands still, and wall clocks that are set forward (anomaly A49). */
class SuspensionTest {

    private static final long ID = 456;
    private static final Duration SLEEP = Duration.ofSeconds(30);

    private final Cluster cluster = new Cluster();
    private final BatchRecorder writer = new BatchRecorder(cluster.database);

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void A49_get_machineWasSuspendedAndTheFeedIsCut_servesNothingOldAfterATick() {
        Member sleeper = cluster.node();
        Member other = cluster.node();
        sleeper.email(ID);
        sleeper.link.holdFeed();
        other.users.update(ID, () -> cluster.commit(ID, "v2"));
        assertThat(sleeper.email(ID)).isEqualTo("v1");

        sleeper.suspend(SLEEP);
        sleeper.clock.tick();

        assertThat(sleeper.email(ID)).isEqualTo("v2");
    }

    @Test
    void A49_get_machineWasSuspended_oneMissEndsWhatIsOldBeforeTheTick() {
        Member sleeper = cluster.node();
        Member other = cluster.node();
        sleeper.email(ID);
        sleeper.link.holdFeed();
        other.users.update(ID, () -> cluster.commit(ID, "v2"));
        sleeper.suspend(SLEEP);

        sleeper.email(1);

        assertThat(sleeper.email(ID)).isEqualTo("v2");
    }

    @Test
    void A49_get_suspendedBeyondTheLife_isAMiss() {
        Member sleeper = cluster.node();
        sleeper.email(ID);

        sleeper.suspend(Cluster.TTL);
        sleeper.clock.tick();
        sleeper.email(ID);

        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void A49_writeAll_machineIsSuspendedInTheMiddle_findsItselfLate() {
        Member sleeper = cluster.node(
                0,
                cache -> cache.writeBehind(WriteBehind.<Long, User>to(writer)
                        .flushEvery(Duration.ofMillis(100))
                        .leaseTerm(Duration.ofSeconds(2))));
        sleeper.advanceAlone(Duration.ZERO);
        sleeper.users.put(ID, new User(ID, "v2", 2));
        writer.before = () -> {
            writer.before = () -> {};
            sleeper.suspend(Duration.ofSeconds(3));
        };

        sleeper.advanceAlone(Duration.ofMillis(200));

        assertThat(sleeper.users.stats().writeBehind().late()).isEqualTo(1);
        assertThat(cluster.database.get(ID).email()).isEqualTo("v2");
    }

    @Test
    void get_anotherNodeLoadsAndTheWallClockIsSetForward_isWaitedForAsLongAsBefore() {
        Member loader = cluster.node();
        Member waiter = cluster.node();
        int[] pauses = new int[1];
        loader.loadNext(key -> {
            waiter.pause(nanos -> {
                if (++pauses[0] == 1) {
                    waiter.setForward(Duration.ofHours(1));
                } else {
                    waiter.pause(ignored -> {});
                    throw new Waited();
                }
            });
            try {
                waiter.email(ID);
            } catch (Waited e) {
                // it would have waited on
            }
            return cluster.select(key);
        });

        loader.email(ID);

        assertThat(pauses[0]).isEqualTo(2);
        assertThat(cluster.loads).hasValue(1);
    }

    /** Ends a wait that a test has seen enough of. */
    private static final class Waited extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
