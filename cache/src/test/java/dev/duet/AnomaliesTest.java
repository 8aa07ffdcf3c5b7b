package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import dev.duet.store.codec.RecordHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The schedules of the anomalies, by their numbers, each played to the letter: a write is put into the middle of a load or
 * of a round trip by running it there. Each fails when its guard is taken out.
 */
class AnomaliesTest {

    private static final long ID = 456;
    private static final NamespaceConfig NAMESPACE = new NamespaceConfig("duet", 1);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void A01_writeDuringLoad_leavesNoOldValue() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidate(key);
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n2.users.getIfPresent(ID)).isNull();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.users.stats().storeFillsRefused()).isEqualTo(1);
    }

    @Test
    void A02_newValueCameAndWentDuringLoad_leavesNoOldValue() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidate(key);
            assertThat(n2.email(key)).isEqualTo("v2");
            assertThat(cluster.store.evict("duet", record())).isTrue();
            return v1;
        });

        n1.email(ID);

        assertThat(cluster.node().users.getIfPresent(ID)).isNull();
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A03_invalidationBetweenStoreReadAndNearFill_keepsNothingNear() {
        n2.email(ID);
        n1.link.afterNext(Operation.Lease.class, () -> {
            cluster.commit(ID, "v2");
            n2.users.invalidate(ID);
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.users.stats().nearFillsRefused().total()).isEqualTo(1);
    }

    @Test
    void A03_invalidationBetweenFillAndNearFill_keepsNothingNear() {
        n1.link.afterNext(Operation.Fill.class, () -> {
            cluster.commit(ID, "v2");
            n2.users.invalidate(ID);
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A03_invalidationBetweenReadAndNearFill_keepsNothingNear() {
        n2.email(ID);
        n1.link.afterNext(Operation.Read.class, () -> {
            cluster.commit(ID, "v2");
            n2.users.invalidate(ID);
        });

        n1.users.getIfPresent(ID);

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A04_readerAfterInvalidation_doesNotJoinOlderFlight() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidate(key);
            assertThat(elsewhere(() -> n1.email(key))).isEqualTo("v2");
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(n1.users.stats().joined()).isZero();
    }

    @Test
    void A04_readerAfterWholeCacheWasInvalidated_doesNotJoinOlderFlight() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidateAll();
            assertThat(elsewhere(() -> n1.email(key))).isEqualTo("v2");
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A04_readerAfterTheBound_doesNotJoinOlderFlight() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.advance(Duration.ofSeconds(1));
            cluster.commit(key, "v2");
            n1.link.afterNext(Operation.Lease.class, () -> n2.users.invalidate(key));
            assertThat(elsewhere(() -> n1.email(key))).isEqualTo("v2");
            return v1;
        });
        n1.link.holdFeed();

        n1.email(ID);
    }

    @Test
    void A05_writeDuringReloadOfExpiredValue_leavesNoOldValue() {
        n1.email(ID);
        n2.email(ID);
        cluster.advance(Cluster.TTL);
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidate(key);
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A06_wholeCacheInvalidatedDuringLoad_leavesNoOldValue() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n2.users.invalidateAll();
            return v1;
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n2.users.getIfPresent(ID)).isNull();
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A06_wholeCacheInvalidatedBetweenStoreReadAndNearFill_keepsNothingNear() {
        n2.email(ID);
        n1.link.afterNext(Operation.Lease.class, () -> {
            cluster.commit(ID, "v2");
            n2.users.invalidateAll();
        });

        assertThat(n1.email(ID)).isEqualTo("v1");

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A06_wholeCacheInvalidated_dropsEveryLevelEverywhere() {
        n1.email(ID);
        n2.email(ID);
        cluster.commit(ID, "v2");

        n1.users.invalidateAll();

        assertThat(n1.isNear(ID)).isFalse();
        assertThat(n2.isNear(ID)).isFalse();
        assertThat(n2.email(ID)).isEqualTo("v2");
        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void A22_insertDuringLoadOfAbsence_isSeen() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Cluster.TTL));
        n3.loadNext(key -> {
            User absent = cluster.select(key);
            cluster.commit(key, "inserted");
            n2.users.invalidate(key);
            return absent;
        });

        assertThat(n3.email(7)).isNull();

        assertThat(n3.email(7)).isEqualTo("inserted");
    }

    @Test
    void A22_insertAfterAbsenceWasCached_isSeen() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Cluster.TTL));
        assertThat(n3.email(7)).isNull();
        assertThat(n3.email(7)).isNull();
        assertThat(cluster.loads).hasValue(1);

        n2.users.update(7L, () -> cluster.commit(7, "inserted"));

        assertThat(n3.email(7)).isEqualTo("inserted");
    }

    @Test
    void A23_deleteDuringLoad_isNotUndone() {
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            n2.users.update(key, () -> cluster.database.remove(key));
            return v1;
        });

        n1.email(ID);

        assertThat(n1.email(ID)).isNull();
        assertThat(n2.email(ID)).isNull();
    }

    @Test
    void A24_rowVersionStartsOver_newRowIsServed() {
        cluster.commit(ID, "v2");
        cluster.commit(ID, "v3");
        assertThat(n1.users.get(ID)).isEqualTo(new User(ID, "v3", 3));
        assertThat(n2.users.get(ID)).isEqualTo(new User(ID, "v3", 3));

        n2.users.update(ID, () -> cluster.database.remove(ID));
        n2.users.update(ID, () -> cluster.commit(ID, "again"));

        assertThat(n1.users.get(ID)).isEqualTo(new User(ID, "again", 1));
        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n2.users.get(ID)).isEqualTo(new User(ID, "again", 1));
    }

    @Test
    void A25_ownUpdate_isSeenWithoutTheFeed() {
        n1.email(ID);
        n1.link.holdFeed();

        n1.users.update(ID, () -> cluster.commit(ID, "v2"));

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownInvalidation_isSeenWithoutTheFeed() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");

        n1.users.invalidate(ID);

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownInvalidationOfSeveral_isSeenWithoutTheFeed() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");

        n1.users.invalidateAll(List.of(7L, ID));

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownInvalidationOfWholeCache_isSeenWithoutTheFeed() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");

        n1.users.invalidateAll();

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownPut_isSeenWithoutTheFeed() {
        n1.email(ID);
        n1.link.holdFeed();

        n1.users.put(ID, new User(ID, "v2", 2));

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownUpdate_isNotUndoneByOlderFlight() {
        n1.link.holdFeed();
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            elsewhere(() -> {
                n1.users.update(key, () -> cluster.commit(key, "v2"));
                return null;
            });
            assertThat(elsewhere(() -> n1.email(key))).isEqualTo("v2");
            return v1;
        });

        n1.email(ID);

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_ownPut_isNotUndoneByOlderStoreRead() {
        n2.email(ID);
        n1.link.holdFeed();
        n1.link.afterNext(Operation.Read.class, () -> n1.users.put(ID, new User(ID, "v2", 2)));

        n1.users.getIfPresent(ID);

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_flightBegunDuringOwnUpdate_isNotJoinedAfterIt() throws Exception {
        n1.link.holdFeed();
        CompletableFuture<Void> loading = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        n1.loadNext(key -> {
            User v1 = cluster.select(key);
            loading.complete(null);
            go.get(10, TimeUnit.SECONDS);
            return v1;
        });
        List<CompletableFuture<String>> early = new ArrayList<>();

        n1.users.update(ID, () -> {
            early.add(CompletableFuture.supplyAsync(() -> n1.email(ID)));
            loading.get(10, TimeUnit.SECONDS);
            cluster.commit(ID, "v2");
        });

        assertThat(elsewhere(() -> n1.email(ID))).isEqualTo("v2");
        go.complete(null);
        assertThat(early.get(0)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("v1");
        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_nearFillAfterOwnIntentRanOut_isDroppedAtCompletion() throws Exception {
        n1.link.holdFeed();

        n1.users.update(ID, () -> {
            cluster.advanceStore(Duration.ofSeconds(1));
            assertThat(elsewhere(() -> n1.email(ID))).isEqualTo("v1");
            assertThat(n1.isNear(ID)).isTrue();
            cluster.commit(ID, "v2");
        });

        assertThat(n1.email(ID)).isEqualTo("v2");
    }

    @Test
    void A25_flightBegunBeforeOwnPut_isNotJoinedAfterItThoughNothingIsNear() {
        Member n3 = cluster.node(0, settings -> settings.expireAfterWrite(Duration.ofMillis(500)));
        n3.link.holdFeed();
        n3.loadNext(key -> {
            User v1 = cluster.select(key);
            cluster.commit(key, "v2");
            n3.link.afterNext(Operation.Put.class, () -> cluster.advance(Duration.ofMillis(500)));
            elsewhere(() -> {
                n3.users.put(key, new User(key, "v2", 2));
                return null;
            });
            assertThat(n3.isNear(key)).isFalse();
            assertThat(elsewhere(() -> n3.email(key))).isEqualTo("v2");
            return v1;
        });

        assertThat(n3.email(ID)).isEqualTo("v1");
    }

    @Test
    void A25_ownWrite_isSeenByReadersDuringTheWrite() throws Exception {
        n1.email(ID);
        n1.link.holdFeed();

        n1.users.update(ID, () -> {
            assertThat(n1.isNear(ID)).isFalse();
            assertThat(elsewhere(() -> n1.email(ID))).isEqualTo("v1");
            cluster.commit(ID, "v2");
        });

        assertThat(n1.email(ID)).isEqualTo("v2");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void A29_clocksAreHoursApart_lifeOfValuesIsTheSame() {
        Member ahead = cluster.node(Duration.ofHours(1).toNanos(), settings -> settings);
        Member behind = cluster.node(-Duration.ofHours(1).toNanos(), settings -> settings);

        assertThat(ahead.email(ID)).isEqualTo("v1");
        cluster.advance(Cluster.TTL.dividedBy(2));
        assertThat(behind.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);
        assertThat(ahead.isNear(ID)).isTrue();
        assertThat(behind.isNear(ID)).isTrue();

        cluster.advance(Cluster.TTL.dividedBy(2).minusMillis(1));
        assertThat(ahead.isNear(ID)).isTrue();
        assertThat(behind.isNear(ID)).isTrue();

        cluster.commit(ID, "v2");
        cluster.advance(Duration.ofMillis(1));
        assertThat(behind.isNear(ID)).isFalse();
        assertThat(ahead.isNear(ID)).isFalse();
        assertThat(ahead.email(ID)).isEqualTo("v2");
    }

    @Test
    void A29_storeClockJumps_nearLifeIsADuration() {
        n1.email(ID);
        cluster.storeMicros.addAndGet(Duration.ofHours(1).toNanos() / 1_000);

        assertThat(n1.isNear(ID)).isTrue();
        n1.advanceAlone(Cluster.TTL);
        assertThat(n1.isNear(ID)).isFalse();
    }

    @Test
    void A30_loaderDies_anotherTakesOverAtTheEndOfItsLease() {
        n1.loadNext(key -> {
            n1.die();
            long before = cluster.storeMicros.get();
            assertThat(elsewhere(() -> n2.email(key))).isEqualTo("v1");
            Duration waited = Duration.ofNanos((cluster.storeMicros.get() - before) * 1_000);
            assertThat(waited).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_250));
            return new User(key, "from the dead", 0);
        });

        n1.email(ID);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(cluster.node().email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);
    }

    @Test
    void A32_hotKeyExpiresOnSeveralNodes_isLoadedOnce() throws Exception {
        Member n3 = cluster.node();
        List<Member> nodes = List.of(n1, n2, n3);
        nodes.forEach(node -> node.email(ID));
        cluster.advance(Cluster.TTL);
        List<CompletableFuture<String>> readers = new ArrayList<>();
        CountDownLatch waiting = new CountDownLatch(2);
        nodes.forEach(node -> node.pause(nanos -> waiting.countDown()));
        n1.loadNext(key -> {
            for (Member node : nodes) {
                for (int i = 0; i < 5; i++) {
                    readers.add(inBackground(() -> node.email(key)));
                }
            }
            assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
            return cluster.select(key);
        });

        n1.email(ID);

        for (CompletableFuture<String> reader : readers) {
            assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
        }
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void A33_loadsAndFills_publishNothing() {
        Member n3 = cluster.node();
        for (Member node : List.of(n1, n2, n3)) {
            node.email(ID);
            cluster.commit(7, "seven");
            node.email(7);
            node.email(8);
        }

        for (Member node : List.of(n1, n2, n3)) {
            assertThat(node.duet.stats().feed().applied()).isZero();
            assertThat(node.users.stats().invalidationsApplied()).isZero();
        }
    }

    @Test
    void A35_writePastTheCache_isSeenAfterAnInvalidation() {
        n1.email(ID);
        n2.email(ID);
        cluster.commit(ID, "from a console");

        n1.users.invalidate(ID);

        assertThat(n1.email(ID)).isEqualTo("from a console");
        assertThat(n2.email(ID)).isEqualTo("from a console");
    }

    @Test
    void A35_writePastTheCache_isSeenAtTheEndOfTheLife() {
        n1.email(ID);
        n2.email(ID);
        cluster.commit(ID, "from a console");

        cluster.advance(Cluster.TTL);

        assertThat(n1.email(ID)).isEqualTo("from a console");
        assertThat(n2.email(ID)).isEqualTo("from a console");
    }

    @Test
    void A36_payloadDamaged_isCountedMiss() {
        Payload good = RecordHeader.wrap(record(), "json", "{\"id\":456}".getBytes(StandardCharsets.UTF_8));
        byte[] bytes = good.bytes().clone();
        bytes[bytes.length - 2] ^= 1;

        assertCountedMiss(Payload.of(bytes));
    }

    @Test
    void A36_payloadForeign_isCountedMiss() {
        assertCountedMiss(Payload.of("{\"id\":456,\"email\":\"foreign\"}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void A36_payloadOfOtherSchema_isCountedMiss() {
        assertCountedMiss(RecordHeader.wrap(record(), "json", "[1,2]".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void A36_payloadOfOtherFormat_isCountedMiss() {
        assertCountedMiss(RecordHeader.wrap(
                record(), "cbor", "{\"id\":456,\"email\":\"other\"}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void A36_payloadOfOtherKey_isCountedMiss() {
        assertCountedMiss(RecordHeader.wrap(
                NAMESPACE.recordKey("users", "7"),
                "json",
                "{\"id\":7,\"email\":\"other\"}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void A37_loaderFails_isNotRememberedAndReachesTheCallerAsItself() {
        Member n3 = cluster.node(0, settings -> settings.cacheAbsence(Cluster.TTL));
        IOException timeout = new IOException("timed out");
        n3.loadNext(key -> {
            throw timeout;
        });

        assertThatThrownBy(() -> n3.email(ID)).isSameAs(timeout);

        assertThat(n3.email(ID)).isEqualTo("v1");
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(n3.users.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void A37_loaderFails_othersNeedNotWaitForItsLease() {
        n1.loadNext(key -> {
            throw new IOException("timed out");
        });
        long before = cluster.storeMicros.get();

        assertThatThrownBy(() -> n1.email(ID)).isInstanceOf(IOException.class);

        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(cluster.storeMicros).hasValue(before);
    }

    @Test
    void A39_ownMessageAfterOwnFill_evictsNothing() {
        n1.email(ID);
        n1.link.holdFeed();
        cluster.commit(ID, "v2");
        n1.users.invalidate(ID);
        assertThat(n1.email(ID)).isEqualTo("v2");

        n1.link.held().forEach(n1.link::deliver);

        assertThat(n1.isNear(ID)).isTrue();
        assertThat(n1.duet.stats().feed().applied()).isEqualTo(1);
    }

    @Test
    void A39_ownMessageAfterOwnPut_evictsNothing() {
        n1.link.holdFeed();
        n1.users.put(ID, new User(ID, "v2", 2));

        n1.link.held().forEach(n1.link::deliver);

        assertThat(n1.isNear(ID)).isTrue();
    }

    private static CompletableFuture<String> inBackground(Callable<String> read) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(read.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private void assertCountedMiss(Payload payload) {
        try (Namespace namespace = cluster.store.open(NAMESPACE, "foreign")) {
            namespace.execute(record(), new Operation.Put(new Content(payload, Content.FOREVER, 0)));
        }

        assertThat(n1.users.getIfPresent(ID)).isNull();
        assertThat(n1.users.stats().unreadable()).isEqualTo(1);
        assertThat(n1.email(ID)).isEqualTo("v1");
        assertThat(n1.users.stats().unreadable()).isEqualTo(2);
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(cluster.loads).hasValue(1);
    }

    private static RecordKey record() {
        return NAMESPACE.recordKey("users", "456");
    }
}
