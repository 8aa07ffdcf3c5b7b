package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Namespace.Durability;
import dev.duet.store.PendingOperation;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.ValueCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is acknowledged, who reads it, who writes it to the database and when. */
class WriteBehindTest {

    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration TERM = Duration.ofSeconds(2);

    private final Cluster cluster = new Cluster();
    private final BatchRecorder writer = new BatchRecorder(cluster.database);
    private final List<CacheEvent> events = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        writer.failure = null;
        writer.before = () -> {};
        cluster.close();
        writer.check();
    }

    private Member node(UnaryOperator<WriteBehind<Long, User>> settings) {
        Member node = cluster.node(
                0,
                cache -> cache.onEvent(events::add)
                        .writeBehind(settings.apply(WriteBehind.<Long, User>to(writer)
                                .flushEvery(PERIOD)
                                .batchSize(10)
                                .leaseTerm(TERM)
                                .maximumWait(Duration.ofMillis(500))
                                .closeTimeout(Duration.ofMillis(300))
                                .retry(WriteRetry.exponential(Duration.ofMillis(100), Duration.ofSeconds(2))
                                        .withMaximumAttempts(3)))));
        node.advanceAlone(Duration.ZERO); // the first look, at once
        return node;
    }

    private Member node() {
        return node(settings -> settings);
    }

    private static User user(long id, String email) {
        return new User(id, email, 0);
    }

    private String email(long id) {
        User row = cluster.database.get(id);
        return row == null ? "none" : row.email();
    }

    @Test
    void put_isAcknowledged_andInTheDatabaseAfterARound() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        assertThat(email(1)).isEqualTo("none");
        assertThat(node.users.pendingWrites().size()).isEqualTo(1);
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("a");
        assertThat(node.users.pendingWrites().size()).isZero();
        CacheStats.WriteBehindStats stats = node.users.stats().writeBehind();
        assertThat(stats).isEqualTo(new CacheStats.WriteBehindStats(1, 0, 1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void get_whilePending_findsTheValueOnEveryNode_andLoadsNothing() {
        Member one = node();
        Member two = node();
        cluster.commit(1, "old");
        assertThat(two.email(1)).isEqualTo("old");
        one.users.put(1L, user(1, "new"));
        assertThat(one.email(1)).isEqualTo("new");
        assertThat(two.email(1)).isEqualTo("new");
        one.users.invalidateAll();
        assertThat(two.email(1)).isEqualTo("new");
        assertThat(cluster.loads).hasValue(1);
        cluster.advance(PERIOD);
        assertThat(two.email(1)).isEqualTo("new");
    }

    @Test
    void get_afterTheFlush_findsTheValueInTheStore() {
        Member one = node();
        one.users.put(1L, user(1, "a"));
        cluster.advance(PERIOD);
        assertThat(node().email(1)).isEqualTo("a");
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void puts_ofOneKey_coalesce_andTheLastIsWritten() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        two.users.put(1L, user(1, "b"));
        one.users.put(1L, user(1, "c"));
        cluster.advance(PERIOD);
        assertThat(writer.writes()).extracting(CacheWrite::value).containsExactly(user(1, "c"));
        assertThat(one.users.stats().writeBehind().coalesced()
                        + two.users.stats().writeBehind().coalesced())
                .isEqualTo(2);
    }

    @Test
    void put_whileTheKeyIsFlushed_staysPending() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            node.users.put(1L, user(1, "b"));
        };
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("a");
        assertThat(node.users.pendingWrites().size()).isEqualTo(1);
        assertThat(node().email(1)).isEqualTo("b");
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("b");
        assertThat(writer.writes()).extracting(CacheWrite::version).isSorted();
    }

    @Test
    void invalidate_removes_andReadersFindNothingMeanwhile() {
        Member one = node();
        Member two = node();
        cluster.commit(1, "old");
        assertThat(two.email(1)).isEqualTo("old");
        one.users.invalidate(1L);
        assertThat(email(1)).isEqualTo("old");
        assertThat(one.email(1)).isNull();
        assertThat(two.email(1)).isNull();
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("none");
        assertThat(writer.writes()).singleElement().matches(CacheWrite::isRemoval);
        cluster.commit(1, "past the cache");
        assertThat(one.email(1)).as("absence is not remembered").isEqualTo("past the cache");
    }

    @Test
    void put_afterInvalidate_isWritten() {
        Member node = node();
        node.users.invalidate(1L);
        node.users.put(1L, user(1, "a"));
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("a");
    }

    @Test
    void refresh_findsThePendingValue_andDeletesNothing() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        assertThat(node.users.refresh(1L)).isEqualTo(user(1, "a"));
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("a");
    }

    @Test
    void manyWrites_areMadeInBatches() {
        Member node = node();
        for (long id = 0; id < 95; id++) {
            node.users.put(id, user(id, "a"));
        }
        cluster.advance(PERIOD);
        assertThat(cluster.database).hasSize(95);
        assertThat(writer.batches).hasSize(10).allMatch(batch -> batch.size() <= 10);
    }

    @Test
    void oneNodeAlone_flushes_andAnotherTakesOverWithinTheTerm() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            one.link.down(true); // it dies between the database and the store
        };
        one.advanceAlone(PERIOD);
        assertThat(writer.writes()).hasSize(1);
        two.advanceAlone(PERIOD); // from now on it knows the lease
        two.advanceAlone(TERM.minus(PERIOD));
        assertThat(writer.writes()).as("the lease of the first still stands").hasSize(1);
        two.advanceAlone(PERIOD.multipliedBy(2));
        assertThat(writer.writes()).as("at least once").hasSize(2);
        assertThat(writer.writes().get(0)).isEqualTo(writer.writes().get(1));
        assertThat(two.users.pendingWrites().size()).isZero();
    }

    @Test
    void databaseDown_isTriedAgainAfterPausesThatDouble_andNothingIsLost() {
        Member node = node();
        node.random = 1;
        List<Long> attempts = new CopyOnWriteArrayList<>();
        writer.failure = new IOException("connection refused");
        writer.before = () -> attempts.add(node.nanos.get() / 1_000_000);
        node.users.put(1L, user(1, "a"));
        node.users.put(2L, user(2, "b"));
        cluster.advanceSlowly(Duration.ofSeconds(10));
        assertThat(attempts).startsWith(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_200L);
        assertThat(node.users.stats().writeBehind().parked()).isZero();
        writer.failure = null;
        cluster.advanceSlowly(Duration.ofSeconds(2));
        assertThat(cluster.database).hasSize(2);
    }

    @Test
    void databaseDown_byAnyException_parksNothing() {
        Member node = node();
        writer.failure = new IllegalStateException("no idea");
        for (long id = 0; id < 20; id++) {
            node.users.put(id, user(id, "a"));
        }
        cluster.advanceSlowly(Duration.ofMinutes(2));
        assertThat(node.users.stats().writeBehind().parked()).isZero();
        writer.failure = null;
        cluster.advanceSlowly(Duration.ofSeconds(5));
        assertThat(cluster.database).hasSize(20);
    }

    @Test
    void writerOfOneNodeCut_anotherNodeWrites() {
        BatchRecorder other = new BatchRecorder(cluster.database);
        Member one = node();
        Member two = cluster.node(
                0,
                cache -> cache.writeBehind(
                        WriteBehind.<Long, User>to(other).flushEvery(PERIOD).leaseTerm(Duration.ofDays(1))));
        writer.failure = new IOException("cut");
        one.users.put(1L, user(1, "a"));
        one.advanceAlone(PERIOD);
        two.advanceAlone(PERIOD);
        assertThat(other.writes()).hasSize(1);
    }

    @Test
    void poisonedWrites_doNotHoldUpOthers_andAreParkedAndRetried() {
        Member node = node();
        writer.poisoned.add(3L);
        for (long id = 0; id < 6; id++) {
            node.users.put(id, user(id, "a"));
        }
        cluster.advance(PERIOD);
        assertThat(cluster.database).hasSize(5);
        cluster.advanceSlowly(Duration.ofSeconds(5));
        assertThat(node.users.pendingWrites().size()).isZero();
        assertThat(node.users.stats().writeBehind().parked()).isEqualTo(1);
        assertThat(node.users.pendingWrites().failed()).singleElement().satisfies(failed -> {
            assertThat(failed.key()).isEqualTo(3L);
            assertThat(failed.value()).isEqualTo(user(3, "a"));
            assertThat(failed.attempts()).isEqualTo(3);
            assertThat(failed.failure()).contains("breaks a constraint");
        });
        assertThat(events)
                .filteredOn(CacheEvent.WriteFailed.class::isInstance)
                .extracting(event -> ((CacheEvent.WriteFailed) event).parked())
                .containsExactly(false, false, true);
        assertThat(node().email(3)).as("readers get what was acknowledged").isEqualTo("a");
        writer.poisoned.clear();
        assertThat(node.users.pendingWrites().retryFailed()).isEqualTo(1);
        cluster.advance(PERIOD);
        assertThat(email(3)).isEqualTo("a");
        assertThat(node.users.pendingWrites().failed()).isEmpty();
    }

    @Test
    void onePoisonedWriteAlone_isParked() {
        Member node = node();
        writer.poisoned.add(1L);
        node.users.put(1L, user(1, "a"));
        cluster.advanceSlowly(Duration.ofSeconds(5));
        assertThat(node.users.pendingWrites().failed()).hasSize(1);
        writer.poisoned.clear();
        node.users.put(1L, user(1, "b"));
        assertThat(node.users.pendingWrites().failed()).as("superseded").isEmpty();
        cluster.advance(PERIOD);
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void severalPoisonedWrites_firstInLine_doNotHoldUpOthers() {
        Member node = node();
        for (long id = 0; id < 5; id++) {
            writer.poisoned.add(id);
        }
        for (long id = 0; id < 30; id++) {
            node.users.put(id, user(id, "a"));
        }
        cluster.advanceSlowly(Duration.ofSeconds(10));
        assertThat(cluster.database).hasSize(25);
        assertThat(node.users.pendingWrites().failed()).hasSize(5);
    }

    @Test
    void full_putWaitsAndThenFails_andNothingIsLost() {
        Member node = node(settings -> settings.maximumPending(3));
        writer.failure = new IOException("down");
        for (long id = 0; id < 3; id++) {
            node.users.put(id, user(id, "a"));
        }
        node.users.put(2L, user(2, "b")); // one more of a key is no more
        long before = node.nanos.get();
        assertThatThrownBy(() -> node.users.put(7L, user(7, "a")))
                .isInstanceOf(WriteBehindFullException.class)
                .hasMessageContaining("maximumPending")
                .hasMessageContaining("'7'");
        assertThat(Duration.ofNanos(node.nanos.get() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(node.users.stats().writeBehind().rejected()).isEqualTo(1);
        writer.failure = null;
        cluster.advanceSlowly(Duration.ofSeconds(5));
        assertThat(cluster.database).hasSize(3);
        node.users.put(7L, user(7, "a"));
    }

    @Test
    void full_putGoesOnAsSoonAsThereIsRoom() {
        Member node = node(settings -> settings.maximumPending(2));
        node.users.putAll(Map.of(1L, user(1, "a"), 2L, user(2, "a"), 3L, user(3, "a"), 4L, user(4, "a")));
        cluster.advance(PERIOD);
        assertThat(cluster.database).hasSize(4);
    }

    @Test
    void close_writesWhatIsPending() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        node.duet.close();
        assertThat(email(1)).isEqualTo("a");
    }

    @Test
    void close_whileTheDatabaseIsDown_leavesItToOthers() {
        Member one = node(settings -> settings.leaseTerm(Duration.ofDays(1)));
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.failure = new IOException("down");
        one.duet.close();
        assertThat(email(1)).isEqualTo("none");
        writer.failure = null;
        two.advanceAlone(Duration.ofSeconds(2));
        assertThat(email(1)).as("the leases were given back").isEqualTo("a");
    }

    @Test
    void storeDown_putFails_andReadsDoNotGoPastIt() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        cluster.advance(Duration.ofSeconds(2));
        writer.failure = new IOException("down");
        node.users.put(1L, user(1, "b"));
        node.link.down(true);
        assertThatThrownBy(() -> node.users.put(2L, user(2, "a"))).isInstanceOf(StoreUnavailableException.class);
        cluster.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> node.users.get(1L)).isInstanceOf(StoreUnavailableException.class);
        node.link.down(false);
        writer.failure = null;
        cluster.advanceSlowly(Duration.ofSeconds(5));
        assertThat(node.email(1)).isEqualTo("b");
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void storeStartedOver_keepsWhatIsPending() {
        Member one = node();
        one.users.put(1L, user(1, "a"));
        cluster.store.restart("duet", cluster.store.snapshot("duet"), true);
        writer.failure = new IOException("down");
        assertThat(node().email(1)).isEqualTo("a");
        assertThat(cluster.loads).hasValue(0);
        one.users.put(1L, user(1, "b"));
        writer.failure = null;
        cluster.advanceSlowly(Duration.ofSeconds(2));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void writtenTooLate_theNewestIsWrittenOnceMore() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            one.stop(TERM.plusSeconds(1)); // this node stands still, and the others go on
            two.users.put(1L, user(1, "b"));
            two.advanceAlone(TERM.plusSeconds(1));
            assertThat(email(1)).isEqualTo("b");
        };
        one.advanceAlone(PERIOD);
        assertThat(email(1)).as("the late write came last").isEqualTo("a");
        assertThat(one.users.stats().writeBehind().late()).isEqualTo(1);
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void flush_writesAtOnce() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        assertThat(two.users.pendingWrites().flush(Duration.ofSeconds(1))).isTrue();
        assertThat(email(1)).isEqualTo("a");
        writer.failure = new IOException("down");
        one.users.put(1L, user(1, "b"));
        assertThat(two.users.pendingWrites().flush(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void put_null_failsWithARemedy() {
        assertThatThrownBy(() -> node().users.put(1L, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
    }

    @Test
    void removedMeanwhile_writtenTooLate_isRemovedOnceMore() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            one.stop(TERM.plusSeconds(1));
            cluster.advanceStore(TERM.plusSeconds(1));
            two.users.invalidate(1L);
            two.advanceAlone(PERIOD);
            assertThat(email(1)).isEqualTo("none");
            cluster.advanceStore(PERIOD);
        };
        one.advanceAlone(PERIOD);
        assertThat(email(1)).as("the late write came last").isEqualTo("a");
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("none");
        assertThat(two.email(1)).isNull();
    }

    @Test
    void poisonedKey_writtenAgainAndAgain_spoilsNoBatchOfOthers() {
        Member node = node();
        writer.poisoned.add(1L);
        for (int round = 0; round < 10; round++) {
            node.users.put(1L, user(1, "v" + round));
            for (long id = 2; id < 10; id++) {
                node.users.put(id, user(id, "v" + round));
            }
            cluster.advance(PERIOD);
        }
        assertThat(writer.batches.subList(8, writer.batches.size()))
                .as("after the first time, when the others were written one by one")
                .hasSize(9)
                .allMatch(batch -> batch.size() == 8);
    }

    @Test
    void writerThatHangs_keepsNobodyFromWritingForEver() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            two.advanceAlone(PERIOD);
            assertThat(writer.writes()).isEmpty();
            for (int terms = 0; terms < 5; terms++) {
                cluster.advanceSlowly(TERM);
                assertThat(writer.writes()).as("renewed").isEmpty();
            }
            cluster.advanceSlowly(TERM.multipliedBy(3));
            assertThat(writer.writes()).as("given up").hasSize(1);
        };
        one.advanceAlone(PERIOD);
        assertThat(one.users.stats().writeBehind().late()).isEqualTo(1);
    }

    @Test
    void writerSlowerThanTheTerm_isTheOnlyOne() {
        Member one = node();
        node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            cluster.advanceSlowly(TERM.multipliedBy(3));
        };
        one.advanceAlone(PERIOD);
        assertThat(writer.writes()).hasSize(1);
        assertThat(one.users.stats().writeBehind().late()).isZero();
    }

    @Test
    void pendingWrite_thatCannotBeRead_isParked_andReadersGoPastIt() {
        Member other = cluster.node(
                0,
                cache -> cache.codec(new OtherFormat())
                        .writeBehind(WriteBehind.<Long, User>to(writer).flushEvery(Duration.ofDays(1))));
        other.users.put(1L, user(1, "a"));
        Member node = node();
        cluster.commit(1, "in the database");
        assertThat(node.email(1)).isEqualTo("in the database");
        assertThat(node.users.pendingWrites().failed()).singleElement().satisfies(failed -> {
            assertThat(failed.value()).isNull();
            assertThat(failed.failure()).contains("cannot be read");
        });
    }

    @Test
    void zeroLife_isWritten_andServedOnlyWhilePending() {
        Member node = cluster.node();
        TwoLevelCache<Long, User> orders = node.duet
                .cache("orders", Long.class, User.class)
                .expiry((id, user) -> Duration.ZERO)
                .loader(cluster::select)
                .writeBehind(WriteBehind.<Long, User>to(writer).flushEvery(PERIOD))
                .build();
        cluster.advance(Duration.ZERO);
        orders.put(1L, user(1, "a"));
        assertThat(orders.get(1L)).isEqualTo(user(1, "a"));
        assertThat(cluster.loads).hasValue(0);
        cluster.advance(PERIOD);
        cluster.commit(1, "past the cache");
        assertThat(orders.get(1L)).extracting(User::email).isEqualTo("past the cache");
    }

    @Test
    void absence_isRemembered_ifThatIsWanted() {
        Member node = cluster.node(
                0,
                cache -> cache.cacheAbsence(Duration.ofMinutes(1))
                        .writeBehind(WriteBehind.<Long, User>to(writer).flushEvery(PERIOD)));
        node.users.invalidate(1L);
        cluster.advance(PERIOD);
        assertThat(node.email(1)).isNull();
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void storeAnswersNot_whenAWriteIsSettled_itIsMadeOnceMore() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        node.link.failNext(operation -> operation instanceof PendingOperation.Flushed);
        cluster.advance(PERIOD);
        cluster.advance(PERIOD);
        assertThat(writer.writes()).hasSize(2);
        assertThat(writer.writes().get(0)).isEqualTo(writer.writes().get(1));
        assertThat(node.users.pendingWrites().size()).isZero();
    }

    @Test
    void storeThatDropsWhatItAcknowledged_isRefused() {
        Member node = cluster.node();
        node.link.durability(new Durability("it evicts; have it not", null));
        assertThatThrownBy(() -> node.duet
                        .cache("orders", Long.class, User.class)
                        .writeBehind(WriteBehind.to(writer))
                        .build())
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("cache 'orders' cannot write behind: it evicts; have it not");
    }

    @Test
    void storeDownAtTheStart_isCheckedByTheFirstWrite() {
        Member node = cluster.node();
        node.link.durability(new Durability("it evicts", null));
        node.link.down(true);
        TwoLevelCache<Long, User> orders = node.duet
                .cache("orders", Long.class, User.class)
                .writeBehind(WriteBehind.to(writer))
                .build();
        node.link.down(false);
        cluster.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> orders.put(1L, user(1, "a"))).isInstanceOf(StoreConfigurationException.class);
    }

    @Test
    void leaseEnded_beforeABatch_leavesItToOthers() {
        Member node = node(settings -> settings.batchSize(1));
        node.users.put(1L, user(1, "a"));
        node.users.put(2L, user(2, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            node.stop(TERM.plusSeconds(1));
        };
        node.advanceAlone(PERIOD);
        assertThat(writer.writes()).hasSize(1);
    }

    @Test
    void leaseEnded_andTakenAgainMeanwhile_isLateAllTheSame() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            one.stop(TERM.plusSeconds(1));
            cluster.advanceStore(TERM.plusSeconds(1));
            two.users.put(1L, user(1, "b"));
            two.advanceAlone(PERIOD);
            two.advanceAlone(PERIOD); // finds nothing more, and gives the lease back
            two.users.put(2L, user(2, "a")); // so that there is something to claim
            one.advanceAlone(Duration.ZERO);
        };
        one.advanceAlone(PERIOD);
        assertThat(one.users.stats().writeBehind().late()).isEqualTo(1);
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void A43_storeClockThatIsSetForward_endsNoLease() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            cluster.advanceStore(Duration.ofHours(1));
            two.users.put(1L, user(1, "b"));
            two.advanceAlone(TERM.minus(PERIOD));
            assertThat(writer.writes()).as("the first is in time").isEmpty();
        };
        one.advanceAlone(PERIOD);
        assertThat(one.users.stats().writeBehind().late()).isZero();
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void replyToAClaimThatComesAfterTheTerm_isNoLease() {
        Member one = node();
        one.users.put(1L, user(1, "a"));
        one.link.afterNextClaim(() -> one.stop(TERM));

        one.advanceAlone(PERIOD);
        assertThat(writer.writes()).as("the term counts from the sending").isEmpty();

        one.advanceAlone(TERM.plus(PERIOD.multipliedBy(2)));
        assertThat(email(1)).isEqualTo("a");
    }

    @Test
    void renewalRefused_isBelieved() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            two.users.put(1L, user(1, "b"));
            two.advanceAlone(TERM.plusSeconds(1)); // by its clock the lease has ended, by the other's it has not
            one.advanceAlone(TERM.dividedBy(2));
        };
        one.advanceAlone(PERIOD);
        assertThat(one.users.stats().writeBehind().late()).isEqualTo(1);
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void callThatThrowsAfterItsLease_mayHaveWritten_soTheNewestIsWrittenOnceMore() {
        Member one = node();
        Member two = node();
        one.users.put(1L, user(1, "a"));
        AtomicBoolean thrown = new AtomicBoolean();
        writer.before = () -> {
            if (!thrown.getAndSet(true)) {
                one.stop(TERM.plusSeconds(1));
                two.users.put(1L, user(1, "b"));
                two.advanceAlone(TERM.plusSeconds(1));
                cluster.database.put(1L, user(1, "a")); // late, and its answer is lost
                throw new IllegalStateException("no answer");
            }
        };
        one.advanceAlone(PERIOD);
        assertThat(email(1)).isEqualTo("a");
        cluster.advanceSlowly(Duration.ofSeconds(3));
        assertThat(email(1)).isEqualTo("b");
    }

    @Test
    void close_givesTheLeasesBack_alsoOfWhatIsToBeTriedLater() {
        Member one = node(settings -> settings.leaseTerm(Duration.ofDays(1)));
        Member two = node();
        writer.poisoned.add(1L);
        one.users.put(1L, user(1, "a"));
        one.advanceAlone(PERIOD);
        one.duet.close();
        writer.poisoned.clear();
        cluster.advanceStore(Duration.ofSeconds(2));
        two.advanceAlone(PERIOD);
        assertThat(email(1)).isEqualTo("a");
    }

    @Test
    void poisonedWrites_areNoReasonToWait() {
        Member node =
                node(settings -> settings.retry(WriteRetry.exponential(Duration.ofSeconds(2), Duration.ofSeconds(2))));
        writer.poisoned.add(1L);
        writer.poisoned.add(2L);
        for (long id = 1; id < 5; id++) {
            node.users.put(id, user(id, "a"));
        }
        cluster.advance(PERIOD);
        cluster.advanceSlowly(Duration.ofMillis(1_600)); // both are tried again
        assertThat(node.users.stats().writeBehind().failures()).isEqualTo(4);
        node.users.put(9L, user(9, "a"));
        cluster.advance(PERIOD);
        assertThat(email(9)).isEqualTo("a");
    }

    @Test
    void full_whileTheDatabaseIsDown_doesNotHurryIt() {
        Member node = node(settings -> settings.maximumPending(1));
        AtomicInteger attempts = new AtomicInteger();
        writer.failure = new IOException("down");
        writer.before = attempts::incrementAndGet;
        node.users.put(1L, user(1, "a"));
        cluster.advance(PERIOD);
        assertThatThrownBy(() -> node.users.put(2L, user(2, "a"))).isInstanceOf(WriteBehindFullException.class);
        assertThat(attempts).hasValueLessThanOrEqualTo(5);
    }

    @Test
    void flush_withoutTheStore_fails() {
        Member node = node();
        node.link.down(true);
        assertThatThrownBy(() -> node.users.pendingWrites().flush(Duration.ofMillis(100)))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void rounds_areMadeOneAtATime() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        writer.before = () -> {
            writer.before = () -> {};
            try {
                assertThat(Cluster.<Boolean>elsewhere(
                                () -> node.users.pendingWrites().flush(Duration.ofMillis(100))))
                        .isFalse();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        cluster.advance(PERIOD);
        assertThat(writer.writes()).hasSize(1);
    }

    @Test
    void put_whoseAnswerIsLost_dropsTheOwnCopy() {
        Member node = node();
        node.users.put(1L, user(1, "a"));
        cluster.advance(PERIOD);
        node.link.holdFeed();
        node.link.loseReplies(true);
        assertThatThrownBy(() -> node.users.put(1L, user(1, "b"))).isInstanceOf(StoreUnavailableException.class);
        node.link.loseReplies(false);
        assertThat(node.email(1)).isEqualTo("b");
    }

    @Test
    void zeroLife_takesThePlaceOfWhatWasNear() {
        Member node = cluster.node();
        TwoLevelCache<Long, User> orders = node.duet
                .cache("orders", Long.class, User.class)
                .expiry((id, user) -> user.email().equals("brief") ? Duration.ZERO : Duration.ofMinutes(1))
                .loader(cluster::select)
                .writeBehind(WriteBehind.<Long, User>to(writer).flushEvery(PERIOD))
                .build();
        orders.put(1L, user(1, "a"));
        orders.put(1L, user(1, "brief"));
        assertThat(orders.get(1L)).isEqualTo(user(1, "brief"));
    }

    @Test
    void invalidationOwed_readsWaitForIt_andDoNotGoPastTheStore() {
        Member node = node();
        writer.failure = new IOException("down");
        node.users.put(1L, user(1, "a"));
        node.link.down(true);
        node.users.invalidateAll();
        node.link.down(false);
        assertThatThrownBy(() -> node.users.get(1L))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("still to be told of an invalidation");
        cluster.advanceSlowly(Duration.ofSeconds(2));
        assertThat(node.email(1)).isEqualTo("a");
    }

    @Test
    void readWithinAWriteOfAnotherCache_doesNotGoPastTheStoreEither() {
        Member node = node();
        TwoLevelCache<Long, User> others =
                node.duet.cache("others", Long.class, User.class).build();
        node.link.down(true);
        assertThatThrownBy(() -> others.update(7L, () -> node.users.get(1L)))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(cluster.loads).hasValue(0);
    }

    /** Reads and writes what no other codec does. */
    private static final class OtherFormat implements ValueCodec<User> {
        @Override
        public byte[] encode(User user) {
            return user.email().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public User decode(byte[] bytes) {
            return user(1, new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public String format() {
            return "other";
        }
    }

    @Test
    void errorInARound_endsTheRenewalOfItsLeases() {
        Member node =
                node(settings -> settings.retry(WriteRetry.exponential(Duration.ofMillis(100), Duration.ofSeconds(2))
                        .withUnavailable(failure -> {
                            throw new StackOverflowError();
                        })));
        cluster.advance(PERIOD);
        int tasks = node.scheduler.size();
        writer.failure = new IOException("down");
        node.users.put(1L, user(1, "a"));

        cluster.advance(PERIOD);

        assertThat(node.users.stats().writeBehind().batches()).isEqualTo(1);
        assertThat(node.scheduler.size()).isEqualTo(tasks);
    }
}
