package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Operation.Begin;
import dev.duet.store.Operation.Complete;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.CodecException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Caches that write to the system of record themselves, before a write returns. */
class WriteThroughTest {

    private static final long ID = 456;
    private static final long OTHER = 7;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final User V2 = new User(ID, "v2", 2);

    private final Cluster cluster = new Cluster();
    private final RecordingWriter writer = new RecordingWriter(cluster.database);
    private final Member n1 = through(settings -> settings);
    private final Member n2 = through(settings -> settings);

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
        cluster.commit(OTHER, "w1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private Member through(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return cluster.node(0, builder -> settings.apply(builder.writer(writer)));
    }

    private static <T> List<T> sent(Member node, Class<T> type) {
        return node.link.operations().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Test
    void put_isInTheDatabaseTheStoreAndNear_andLoadsNothing() {
        n2.email(ID);
        int loads = cluster.loads.get();

        n1.users.put(ID, V2);

        assertThat(cluster.database).containsEntry(ID, V2);
        assertThat(writer.calls).containsExactly("write 456 v2");
        assertThat(writer.threads).containsExactly(Thread.currentThread());
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.isNear(ID)).isFalse();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n2.isNear(ID)).isTrue();
        assertThat(cluster.loads).hasValue(loads);
        assertThat(n1.link.operations())
                .satisfiesExactly(
                        begin -> assertThat(begin).isInstanceOf(Begin.class),
                        complete -> assertThat(complete).isInstanceOf(Complete.class));
    }

    @Test
    void put_whileItIsWritten_othersReadTheOldValueAndKeepNothing() {
        n2.email(ID);
        writer.before(() -> {
            assertThat(n2.isNear(ID)).isFalse();
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(elsewhere(() -> n1.email(ID))).isEqualTo("v1");
            assertThat(n2.isNear(ID)).isFalse();
        });

        n1.users.put(ID, V2);

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void put_expires() {
        n1.users.put(ID, V2);
        cluster.commit(ID, "v3");
        cluster.advance(Cluster.TTL.minusMillis(1));
        assertThat(n1.email(ID)).isEqualTo("v2");

        cluster.advance(Duration.ofMillis(1));

        assertThat(n1.email(ID)).isEqualTo("v3");
    }

    @Test
    void put_copiesAreWanted_everyReaderGetsItsOwn() {
        Member n3 = through(CacheBuilder::copyNearValues);

        n3.users.put(ID, V2);

        assertThat(n3.isNear(ID)).isTrue();
        assertThat(n3.users.get(ID)).isEqualTo(V2).isNotSameAs(V2).isNotSameAs(n3.users.get(ID));
    }

    @Test
    void put_writerThrows_reachesTheCallerAsItselfAndTheOldValueIsLoadedAgain() {
        n1.email(ID);
        SQLException refused = new SQLException("refused");
        writer.before(() -> {
            throw refused;
        });

        assertThatThrownBy(() -> n1.users.put(ID, V2)).isSameAs(refused);

        assertThat(cluster.database.get(ID).email()).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n2.email(ID)).isEqualTo("v1");
    }

    @Test
    void A14_putWhoseCommitIsNotKnown_leavesNoValueAndIsSeen() {
        n1.email(ID);
        n2.email(ID);
        writer.after(() -> {
            throw new SQLException("connection reset");
        });

        assertThatThrownBy(() -> n1.users.put(ID, V2)).hasMessage("connection reset");

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(sent(n1, Complete.class)).extracting(Complete::content).containsOnlyNulls();
    }

    @Test
    void put_writerThrowsAnError_isCompletedAllTheSame() {
        writer.before(() -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(() -> n1.users.put(ID, V2)).isInstanceOf(StackOverflowError.class);

        n2.email(ID);
        assertThat(n2.isNear(ID)).isTrue();
    }

    @Test
    void putAll_announcesWritesAndCompletesAllTogether() {
        Map<Long, User> users = new LinkedHashMap<>();
        for (long id = 1; id <= 50; id++) {
            users.put(id, new User(id, "u" + id, 1));
        }

        n1.users.putAll(users);

        assertThat(n1.link.roundTrips()).hasSize(2).allMatch(together -> together.size() == 50);
        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).hasSize(1);
        assertThat(writer.batches.get(0)).extracting(CacheWrite::key).containsExactlyElementsOf(users.keySet());
        assertThat(writer.batches.get(0)).extracting(CacheWrite::value).containsExactlyElementsOf(users.values());
        assertThat(cluster.database).containsAllEntriesOf(users);
        assertThat(n2.users.getAll(users.keySet())).isEqualTo(users);
        assertThat(n1.isNear(50)).isTrue();
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void putAll_versionsGrowWithEachWriteOfAKey_onWhateverNode() {
        n1.users.putAll(Map.of(ID, V2));
        n2.users.putAll(Map.of(ID, V2));
        n1.users.invalidateAll(List.of(ID));

        List<Long> versions =
                writer.batches.stream().map(batch -> batch.get(0).version()).toList();
        assertThat(versions).hasSize(3).isSorted().doesNotHaveDuplicates().allMatch(version -> version > 0);
    }

    @Test
    void putAll_writerThrows_leavesNoneOfThem() {
        n1.users.getAll(List.of(ID, OTHER));
        writer.after(() -> {
            throw new SQLException("lost");
        });

        assertThatThrownBy(() -> n1.users.putAll(Map.of(ID, V2, OTHER, new User(OTHER, "w2", 2))))
                .isInstanceOf(SQLException.class);

        assertThat(List.of(n1.email(ID), n1.email(OTHER))).containsExactly("v2", "w2");
        assertThat(List.of(n2.email(ID), n2.email(OTHER))).containsExactly("v2", "w2");
    }

    @Test
    void invalidate_deletes_andAbsenceIsNotRememberedByDefault() {
        n1.email(ID);
        n2.email(ID);

        n1.users.invalidate(ID);

        assertThat(writer.calls).containsExactly("delete 456");
        assertThat(cluster.database).doesNotContainKey(ID);
        int loads = cluster.loads.get();
        assertThat(n1.email(ID)).isNull();
        assertThat(n2.email(ID)).isNull();
        assertThat(cluster.loads).hasValue(loads + 2);
    }

    @Test
    void invalidate_absenceIsCached_isRememberedInBothLevels() {
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.cacheAbsence(Duration.ofSeconds(5));
        Member n3 = through(settings);
        Member n4 = through(settings);
        n4.email(ID);
        int loads = cluster.loads.get();

        n3.users.invalidate(ID);

        assertThat(n3.users.getEntryIfPresent(ID).isAbsent()).isTrue();
        assertThat(n3.isNear(ID)).isTrue();
        assertThat(n4.users.getEntryIfPresent(ID).isAbsent()).isTrue();
        assertThat(n4.email(ID)).isNull();
        assertThat(cluster.loads).hasValue(loads);
        cluster.commit(ID, "inserted");
        cluster.advance(Duration.ofSeconds(5));
        assertThat(n3.email(ID)).isEqualTo("inserted");
    }

    @Test
    void invalidateAll_ofKeys_removesThemTogetherAndOnce() {
        n1.users.invalidateAll(List.of(ID, OTHER, ID));

        assertThat(writer.batches).hasSize(1);
        assertThat(writer.batches.get(0)).extracting(CacheWrite::key).containsExactly(ID, OTHER);
        assertThat(writer.batches.get(0)).allMatch(CacheWrite::isRemoval);
        assertThat(cluster.database).isEmpty();
        assertThat(n1.link.roundTrips()).hasSize(2).allMatch(together -> together.size() == 2);
    }

    @Test
    void invalidateAll_ofTheWholeCache_deletesNothing() {
        n1.email(ID);

        n1.users.invalidateAll();
        n1.users.async().invalidateAll().join();

        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void refresh_loadsAndNeverWrites() {
        n1.email(ID);
        cluster.commit(ID, "past the cache");

        assertThat(n1.users.refresh(ID).email()).isEqualTo("past the cache");

        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
    }

    @Test
    void updates_callNoWriter() {
        n1.users.update(ID, () -> cluster.commit(ID, "v2"));
        n1.users.updateAll(List.of(ID), () -> cluster.commit(ID, "v3"));
        n1.users.updateAndPut(ID, () -> cluster.database.get(ID));
        n1.users.beginWrite(ID).close();

        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
        assertThat(n1.email(ID)).isEqualTo("v3");
    }

    @Test
    void nothing_isWrittenNowhere() {
        n1.users.putAll(Map.of());
        n1.users.invalidateAll(List.of());
        n1.users.async().putAll(Map.of()).join();

        assertThat(writer.batches).isEmpty();
        assertThat(n1.link.operations()).isEmpty();
    }

    @Test
    void nulls_nameTheRemedyAndAreWrittenNowhere() {
        Map<Long, User> withNull = new LinkedHashMap<>(Map.of(OTHER, V2));
        withNull.put(ID, null);

        assertThatThrownBy(() -> n1.users.put(ID, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
        assertThatThrownBy(() -> n1.users.putAll(withNull))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
        assertThatThrownBy(() -> n1.users.async().put(ID, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
        assertThatThrownBy(() -> n1.users.async().putAll(withNull))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("invalidate(key)");
        assertThatThrownBy(() -> n1.users.invalidateAll(Arrays.asList(OTHER, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key is null");

        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
        assertThat(n1.link.operations()).isEmpty();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T nothing() {
        return null;
    }

    /** Has nothing that JSON could hold. */
    static final class Unserialisable {}

    @Test
    void put_valueThatCannotBeEncoded_isWrittenNowhere() {
        List<Long> written = new ArrayList<>();
        TwoLevelCache<Long, Unserialisable> odd = n1.duet
                .cache("odd", Long.class, Unserialisable.class)
                .writer(new CacheWriter<>() {
                    @Override
                    public void write(Long key, Unserialisable value) {
                        written.add(key);
                    }

                    @Override
                    public void delete(Long key) {
                        written.add(key);
                    }
                })
                .build();

        assertThatThrownBy(() -> odd.put(ID, new Unserialisable())).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> odd.putAll(Map.of(ID, new Unserialisable()))).isInstanceOf(CodecException.class);
        assertThat(odd.async().put(ID, new Unserialisable()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(CodecException.class);

        assertThat(written).isEmpty();
        assertThat(n1.link.operations()).isEmpty();
    }

    @Test
    void put_tooLarge_isWrittenAndNotCached() {
        Member n3 = through(builder -> builder.maximumValueSize(60));
        n3.email(ID);
        User large = new User(ID, "x".repeat(100), 2);

        n3.users.put(ID, large);

        assertThat(cluster.database).containsEntry(ID, large);
        assertThat(n3.users.stats().oversized()).isEqualTo(1);
        assertThat(n3.users.getIfPresent(ID)).isNull();
        assertThat(n3.users.get(ID)).isEqualTo(large);
    }

    @Test
    void put_lifeIsZero_isWrittenAndNotCached() {
        TwoLevelCache<Long, User> brief = n1.duet
                .cache("brief", Long.class, User.class)
                .expiry((key, user) -> user.version() > 1 ? Duration.ZERO : Cluster.TTL)
                .loader(cluster::select)
                .writer(writer)
                .build();
        brief.get(ID);

        brief.put(ID, V2);

        assertThat(cluster.database).containsEntry(ID, V2);
        assertThat(brief.getIfPresent(ID)).isNull();
        assertThat(brief.get(ID)).isEqualTo(V2);
    }

    @Test
    void put_policyThrows_isWrittenNowhere() {
        TwoLevelCache<Long, User> odd = n1.duet
                .cache("odd", Long.class, User.class)
                .expiry((key, user) -> {
                    throw new IllegalStateException("no idea");
                })
                .writer(writer)
                .build();

        assertThatThrownBy(() -> odd.put(ID, V2)).hasMessage("no idea");

        assertThat(writer.calls).isEmpty();
        assertThat(n1.link.operations()).isEmpty();
    }

    @Test
    void put_weigherThrows_isWrittenAndNotKeptNear() {
        TwoLevelCache<Long, User> heavy = n1.duet
                .cache("heavy", Long.class, User.class)
                .maximumWeight(100, (key, user) -> user.version() > 1 ? -1 : 1)
                .loader(cluster::select)
                .writer(writer)
                .build();
        heavy.get(ID);

        heavy.put(ID, V2);

        assertThat(cluster.database).containsEntry(ID, V2);
        long hits = heavy.stats().nearHits();
        assertThatThrownBy(() -> heavy.getIfPresent(ID)).isInstanceOf(IllegalArgumentException.class);
        assertThat(heavy.stats().nearHits()).isEqualTo(hits);
    }

    @Test
    void A38_twoWritersOfOneKey_leaveNothingAndTheDatabaseIsRight() {
        n1.email(ID);
        User v3 = new User(ID, "v3", 3);
        AtomicBoolean first = new AtomicBoolean(true);
        writer.after(() -> {
            if (first.getAndSet(false)) {
                n2.users.put(ID, v3); // after the first has written, and before it completes
            }
        });

        n1.users.put(ID, V2);

        assertThat(cluster.database).containsEntry(ID, v3);
        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n2.email(ID)).isEqualTo("v3");
    }

    @Test
    void A03_aLaterWriteOvertakesTheReply_theNearValueIsNotKept() {
        n1.link.afterNext(Complete.class, () -> n2.users.put(ID, new User(ID, "v3", 3)));

        n1.users.put(ID, V2);

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v3");
    }

    @Test
    void A06_wholeCacheIsInvalidatedMeanwhile_leavesNoValue() {
        writer.after(() -> {
            cluster.commit(ID, "past the cache");
            n2.users.invalidateAll();
        });

        n1.users.put(ID, V2);

        assertThat(n1.email(ID)).isEqualTo("past the cache");
        assertThat(n2.email(ID)).isEqualTo("past the cache");
    }

    @Test
    void A20_loadsOfTheWriter_areForNobodyElse() {
        writer.before(() -> {
            User dirty = n1.users.get(OTHER, key -> new User(OTHER, "never committed", 2));
            assertThat(dirty.email()).isEqualTo("never committed");
            throw new IllegalStateException("rolled back");
        });

        assertThatThrownBy(() -> n1.users.put(ID, V2)).hasMessage("rolled back");
        assertThat(n1.users.async().put(ID, V2)).isCompletedExceptionally();

        assertThat(n1.email(OTHER)).isEqualTo("w1");
        assertThat(n2.email(OTHER)).isEqualTo("w1");
    }

    @Test
    void A21_intentRanOutUnderTheWriter_leavesNoValue() {
        writer.before(() -> {
            cluster.advanceStore(BOUND);
            assertThat(n2.email(ID)).isEqualTo("v1");
            assertThat(n2.isNear(ID)).isTrue();
        });

        n1.users.put(ID, V2);

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A31_intentEvictedAndAnnouncedAgain_leavesNoValue() {
        writer.after(() -> {
            assertThat(cluster.store.evict("duet", new NamespaceConfig("duet", 1).recordKey("users", "456")))
                    .isTrue();
            cluster.commit(ID, "v3");
            n2.users.update(ID, () -> {}); // of which the intent, announced again, does not know
            cluster.advance(BOUND.dividedBy(2));
        });

        n1.users.put(ID, V2);

        assertThat(sent(n1, Begin.class)).extracting(Begin::again).containsExactly(false, true);
        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v3");
        assertThat(n2.email(ID)).isEqualTo("v3");
    }

    @Test
    void storeDown_proceeds_writesWithoutAVersionAndOwesAnInvalidation() {
        n1.email(ID);
        n2.email(ID);
        n1.link.down(true);

        n1.users.putAll(Map.of(ID, V2));

        assertThat(cluster.database).containsEntry(ID, V2);
        assertThat(writer.batches.get(0)).containsExactly(new CacheWrite<>(ID, V2, 0));
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        n1.link.down(false);
        cluster.advance(BOUND.dividedBy(4));
        assertThat(n1.duet.health().owedInvalidations()).isZero();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void storeDown_proceeds_deletesToo() {
        n1.email(ID);
        n1.link.down(true);

        n1.users.invalidate(ID);

        assertThat(cluster.database).doesNotContainKey(ID);
        assertThat(n1.email(ID)).isNull();
        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
    }

    @Test
    void replyOfTheAnnouncementIsLost_leavesNoValue_asItsWriterKnewNoVersion() {
        n1.link.loseReplies(true);
        writer.before(() -> n1.link.loseReplies(false));

        n1.users.putAll(Map.of(ID, V2)); // a system of record that compares versions refuses it

        assertThat(writer.batches.get(0).get(0).version()).isZero();
        assertThat(sent(n1, Complete.class)).extracting(Complete::content).containsOnlyNulls();
        assertThat(n1.isNear(ID)).isFalse();
    }

    private Member rejecting() {
        return cluster.node(0, node -> node.whenStoreIsDown(WhenStoreIsDown.REJECT), builder -> builder.writer(writer));
    }

    @Test
    void storeDown_rejects_beforeTheWriterIsCalled() {
        Member n3 = rejecting();
        n3.link.down(true);

        assertThatThrownBy(() -> n3.users.put(ID, V2)).isInstanceOfSatisfying(StoreUnavailableException.class, e -> {
            assertThat(e.cache()).isEqualTo("users");
            assertThat(e.key()).isEqualTo("456");
        });
        assertThatThrownBy(() -> n3.users.putAll(Map.of(ID, V2))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> n3.users.invalidate(ID)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> n3.users.invalidateAll(List.of(ID))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> n3.users.async().put(ID, V2).join())
                .hasCauseInstanceOf(StoreUnavailableException.class);

        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
        assertThat(n3.duet.health().owedInvalidations()).isZero();
    }

    @Test
    void storeDownForOneKey_rejects_takesBackTheOthers() {
        Member n3 = rejecting();
        AtomicInteger begun = new AtomicInteger();
        n3.link.failNext(operation -> operation instanceof Begin && begun.incrementAndGet() == 2);

        assertThatThrownBy(() -> n3.users.invalidateAll(List.of(ID, OTHER)))
                .isInstanceOf(StoreUnavailableException.class);

        assertThat(writer.batches).isEmpty();
        n2.email(ID);
        assertThat(n2.isNear(ID)).isTrue();
    }

    @Test
    void storeDownForOneKey_proceeds_keepsTheOthersAlone() {
        AtomicInteger begun = new AtomicInteger();
        n1.link.failNext(operation -> operation instanceof Begin && begun.incrementAndGet() == 2);
        Map<Long, User> users = new LinkedHashMap<>();
        users.put(ID, V2);
        users.put(OTHER, new User(OTHER, "w2", 2));

        n1.users.putAll(users);

        assertThat(writer.batches.get(0).get(0).version()).isPositive();
        assertThat(writer.batches.get(0).get(1).version()).isZero();
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.isNear(OTHER)).isFalse();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n2.email(OTHER)).isEqualTo("w2");
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void A15_storeDownAtCompletion_isOwedAndReadPastTheStore() {
        for (Member node : List.of(n1, rejecting())) {
            insert();
            node.email(ID);
            writer.after(() -> node.link.down(true));

            node.users.put(ID, V2);

            assertThat(cluster.database).containsEntry(ID, V2);
            assertThat(node.email(ID)).isEqualTo("v2");
            assertThat(node.duet.health().owedInvalidations()).isEqualTo(1);
            node.link.down(false);
            cluster.advance(BOUND.multipliedBy(2));
            assertThat(node.duet.health().owedInvalidations()).isZero();
            assertThat(n2.email(ID)).isEqualTo("v2");
        }
    }

    @Test
    void A15_replyOfTheCompletionIsLost_isOwedAndNotKeptNear() {
        writer.after(() -> n1.link.loseReplies(true));

        n1.users.put(ID, V2);

        n1.link.loseReplies(false);
        assertThat(n1.duet.health().owedInvalidations()).isEqualTo(1);
        assertThat(n1.email(ID)).isEqualTo("v2");
        cluster.advance(BOUND);
        assertThat(n1.duet.health().owedInvalidations()).isZero();
    }

    @Test
    void interruptedBeforeTheWrite_writesNothingAndTakesBack() throws Exception {
        boolean interrupted = elsewhere(() -> {
            n1.link.delay(Duration.ofMillis(100));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> n1.users.put(ID, V2))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("interrupted");
            return Thread.interrupted();
        });

        n1.link.delay(Duration.ZERO);
        assertThat(interrupted).isTrue();
        assertThat(writer.calls).isEmpty();
        assertThat(sent(n1, Complete.class)).hasSize(1);
        assertThat(n1.email(ID)).isEqualTo("v1");
    }

    @Test
    void interruptedInTheMiddle_isCompletedWithItsValue() throws Exception {
        writer.after(() -> {
            n1.link.delay(Duration.ofMillis(100));
            Thread.currentThread().interrupt();
        });

        boolean interrupted = elsewhere(() -> {
            n1.users.put(ID, V2);
            return Thread.interrupted();
        });

        n1.link.delay(Duration.ZERO);
        assertThat(interrupted).isTrue();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void writerIsInterrupted_reachesTheCallerAsItselfWithTheFlag() throws Exception {
        InterruptedException stop = new InterruptedException("stop");
        writer.before(() -> {
            throw stop;
        });

        boolean interrupted = elsewhere(() -> {
            assertThatThrownBy(() -> n1.users.put(ID, V2)).isSameAs(stop);
            return Thread.interrupted();
        });

        assertThat(interrupted).isTrue();
        assertThat(n2.email(ID)).isEqualTo("v1");
    }

    @Test
    void async_theWriterIsCalledInTheBackground() {
        n1.background.hold();
        int before = n1.link.operations().size();

        var put = n1.users.async().put(ID, V2);

        assertThat(writer.calls).isEmpty();
        assertThat(n1.link.operations()).hasSize(before + 1); // the announcement
        assertThat(put).isNotDone();
        n1.background.run();
        assertThat(put).isCompletedWithValue(null);
        assertThat(writer.calls).containsExactly("write 456 v2");
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n2.email(ID)).isEqualTo("v2");
    }

    @Test
    void async_everyShape() {
        AsyncTwoLevelCache<Long, User> users = n1.users.async();
        users.putAll(Map.of(ID, V2)).join();
        users.invalidate(ID).join();
        users.invalidateAll(List.of(OTHER)).join();

        assertThat(writer.calls).containsExactly("delete 456");
        assertThat(writer.batches).hasSize(2);
        assertThat(cluster.database).isEmpty();
        assertThat(n1.email(ID)).isNull();
    }

    @Test
    void async_writerThrows_failsWithThatAndLeavesNothing() {
        SQLException lost = new SQLException("lost");
        writer.after(() -> {
            throw lost;
        });

        assertThat(n1.users.async().put(ID, V2))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(lost);

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(sent(n1, Operation.Renew.class)).isEmpty();
    }
}
