package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.StoreFullException;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A store that answers, and refuses: since it is full (anomaly A47), or whatever changes it. */
class RefusalTest {

    private static final long ID = 456;
    private static final Duration AUDIT = Duration.ofMillis(250);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(StoreRoom.class);

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        logged.start();
        logger.addAppender(logged);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void close() {
        logger.detachAppender(logged);
        logger.setLevel(null);
        logger.setAdditive(true);
        cluster.close();
    }

    /** The ways of a write that is announced or told of at once, blocking and not. */
    enum Way {
        UPDATE {
            @Override
            void write(Member node, Runnable commit) {
                node.users.update(ID, () -> commit.run());
            }
        },
        UPDATE_OF_SEVERAL {
            @Override
            void write(Member node, Runnable commit) {
                node.users.updateAll(List.of(ID, 7L), () -> commit.run());
            }
        },
        UPDATE_AND_PUT {
            @Override
            void write(Member node, Runnable commit) {
                node.users.updateAndPut(ID, () -> {
                    commit.run();
                    return new User(ID, "v2", 2);
                });
            }
        },
        BEGIN_WRITE {
            @Override
            void write(Member node, Runnable commit) {
                WriteIntent intent = node.users.beginWrite(ID);
                commit.run();
                intent.close();
            }
        },
        INVALIDATE {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.invalidate(ID);
            }
        },
        INVALIDATE_SEVERAL {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.invalidateAll(List.of(ID, 7L));
            }
        },
        INVALIDATE_ALL {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.invalidateAll();
            }
        },
        PUT {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.put(ID, new User(ID, "v2", 2));
            }
        },
        PUT_SEVERAL {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.putAll(Map.of(ID, new User(ID, "v2", 2), 7L, new User(7, "seven", 1)));
            }
        },
        ASYNC_UPDATE {
            @Override
            void write(Member node, Runnable commit) {
                node.users
                        .async()
                        .update(ID, () -> CompletableFuture.runAsync(commit, Runnable::run))
                        .join();
            }
        },
        ASYNC_INVALIDATE {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.async().invalidate(ID).join();
            }
        },
        ASYNC_INVALIDATE_ALL {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.async().invalidateAll().join();
            }
        },
        ASYNC_PUT {
            @Override
            void write(Member node, Runnable commit) {
                commit.run();
                node.users.async().put(ID, new User(ID, "v2", 2)).join();
            }
        };

        abstract void write(Member node, Runnable commit);
    }

    @ParameterizedTest
    @EnumSource
    void A47_writeThatIsRefused_isOwed_andHealthSaysSoUntilItIsPaid(Way way) {
        n1.email(ID);
        n2.email(ID);
        n1.link.refuse(
                operation -> !(operation instanceof Operation.Read || operation instanceof Operation.Lease),
                new StoreUnavailableException("MISCONF", null));

        way.write(n1, () -> cluster.commit(ID, "v2"));

        for (int i = 0; i < 20; i++) {
            Health health = n1.duet.health();
            assertThat(health.status()).isNotEqualTo(Health.Status.UP);
            assertThat(health.reason()).contains("MISCONF");
            assertThat(health.owedInvalidations()).isPositive();
            assertThat(n1.email(ID)).isEqualTo("v2");
            cluster.advance(AUDIT);
        }

        n1.link.accept();
        cluster.advance(Duration.ofSeconds(6));
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.UP);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A47_singleRefusedWrite_isSeenInHealth() {
        n2.email(ID);
        n1.link.failNext(Operation.Invalidate.class::isInstance);
        cluster.commit(ID, "v2");
        n1.users.invalidate(ID);

        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.STALE);
        assertThat(n1.duet.health().reason()).contains("other nodes may read old values", "the store is down");

        cluster.advance(AUDIT);
        assertThat(n1.duet.health()).extracting(Health::status, Health::reason).containsExactly(Health.Status.UP, null);
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A47_putToAFullStore_isPaidByAnInvalidation() {
        n1.email(ID);
        n2.email(ID);
        n1.link.full();
        cluster.commit(ID, "v2");
        n1.users.put(ID, new User(ID, "v2", 2));
        assertThat(n1.duet.health().status()).isEqualTo(Health.Status.STALE);
        assertThat(n1.duet.health().reason()).contains("no room");

        cluster.advance(AUDIT);

        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void A47_putToAFullStore_isRejectedIfThatIsWanted_andOwed() {
        Member n3 = cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), cache -> cache);
        n3.link.full();
        assertThatThrownBy(() -> n3.users.put(ID, new User(ID, "v2", 2)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no room");
        assertThat(n3.duet.health().status()).isEqualTo(Health.Status.STALE);
    }

    @Test
    void A47_readsOfAFullStore_succeed_andAreNoOutage() {
        n2.email(ID);
        n1.link.full();
        for (long id = 1_000; id < 1_050; id++) {
            cluster.commit(id, "new");
            assertThat(n1.email(id)).isEqualTo("new");
            assertThat(n1.isNear(id)).isTrue();
        }

        assertThat(n1.email(ID)).as("is in the store").isEqualTo("v1");
        assertThat(n1.users.stats().storeHits()).isEqualTo(1);
        assertThat(n1.duet.stats().outages()).isZero();
        assertThat(n1.users.stats().storeFailures()).isEqualTo(50);
        assertThat(n1.duet.health())
                .extracting(Health::status, Health::reason)
                .containsExactly(Health.Status.UP, "no room");
        assertThat(logged.list).hasSize(1);
        assertThat(logged.list.get(0).getFormattedMessage()).contains("is full", "no room");

        n1.link.accept();
        cluster.commit(7, "seven");
        assertThat(n1.email(7)).isEqualTo("seven");
        assertThat(n1.duet.health().reason()).isNull();
        assertThat(logged.list).hasSize(2);
    }

    @Test
    void A47_fillThatIsRefused_isNear_andKeepsNobodyWaiting() {
        n1.link.refuse(Operation.Fill.class::isInstance, new StoreFullException("no room", null, null, null));
        List<Long> pauses = new ArrayList<>();
        n2.pause(time -> {
            pauses.add(time);
            cluster.advance(Duration.ofNanos(time));
        });

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.users.stats().storeFailures()).isEqualTo(1);
        assertThat(logged.list).hasSize(1);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(pauses).isEmpty();
    }

    @Test
    void A47_whatWasLoadedIntoAFullStore_isDroppedByAMessage() {
        n1.link.full();
        n1.email(ID);
        n2.users.update(ID, () -> cluster.commit(ID, "v2"));
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A47_writeBehind_fullStore_readsSucceed_andWritesAreRejected() {
        Member n3 = cluster.node(0, cache -> cache.writeBehind(WriteBehind.to(new BatchRecorder(cluster.database))));
        n3.link.full();
        assertThat(n3.email(ID)).isEqualTo("v1");
        assertThat(n3.isNear(ID)).as("what is pending by now could not be told").isFalse();
        assertThatThrownBy(() -> n3.users.put(ID, new User(ID, "v2", 2)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no room");
        assertThat(n3.link.operations()).noneMatch(PendingOperation.Flushed.class::isInstance);
    }

    @Test
    void loadedAndNotToBeKept_invalidationFails_isOwed() {
        AtomicInteger loads = new AtomicInteger();
        TwoLevelCache<Long, User> users = n1.duet
                .cache("fleeting", Long.class, User.class)
                .ttlJitter(0)
                .refreshBeta(0)
                .expireAfterWrite(Duration.ofSeconds(10))
                .staleIfError(Duration.ofMinutes(1))
                .conditionalLoader((key, previous) -> {
                    LoadResult<User> result = LoadResult.of(new User(key, "a", 1));
                    return loads.incrementAndGet() == 1 ? result : result.uncached();
                })
                .build();
        users.get(ID);
        cluster.advance(Duration.ofSeconds(10));
        n1.link.failNext(Operation.Invalidate.class::isInstance);
        users.get(ID);

        assertThat(loads).hasValue(2);
        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        cluster.advance(AUDIT);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
    }
}
