package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.duet.hazelcast.HazelcastStore;
import dev.duet.hazelcast.Members;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members whose wall clocks differ and step, while a writer, a loader and a flusher are dead: their terms, and lives, are as long
 * as they are (anomaly A43). The members are real, and their clocks go on as the test says.
 */
class WallClockIT {

    private static final int PARTITIONS = 8;
    private static final Content CONTENT = new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0);
    private static final long TERM = 3_000_000;
    private static final Duration NEARLY = Duration.ofMillis(2_900);
    private static final Duration REST = Duration.ofMillis(200);

    private final NamespaceConfig config = new NamespaceConfig("clocks", PARTITIONS);
    private final Members members = new Members(0);
    private final List<SteppedClocks> clocks = new ArrayList<>();

    @AfterEach
    void end() {
        members.close();
    }

    private HazelcastInstance add(Duration ahead) {
        SteppedClocks ofMember = new SteppedClocks();
        ofMember.step(ahead);
        ofMember.hasRunFor(Duration.ofHours(clocks.size()));
        clocks.add(ofMember);
        HazelcastInstance member = members.add(Map.of(Clocks.IN_CONTEXT, ofMember.clocks()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> member.getPartitionService().isClusterSafe());
        return member;
    }

    private Namespace open(HazelcastInstance member) {
        return HazelcastStore.using(member).open(config, "n1");
    }

    private void pass(Duration time) {
        clocks.forEach(ofMember -> ofMember.pass(time));
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** A dead writer, a dead loader, a dead flusher, and a value, in each partition. */
    private static void leaveTerms(Namespace namespace) throws Exception {
        for (int p = 0; p < PARTITIONS; p++) {
            await(namespace.execute(key(p, "written"), new Operation.Begin("w1", TERM)));
            await(namespace.execute(key(p, "loaded"), new Operation.Lease("l1", TERM, 0)));
            await(namespace.execute(key(p, "value"), new Operation.Put(new Content(CONTENT.payload(), TERM, 0))));
            await(namespace.execute(key(p, "pending"), new PendingOperation.Enqueue(CONTENT, true)));
            assertThat(claim(namespace, p, "f1", TERM).granted()).isTrue();
        }
    }

    private static RecordKey key(int partition, String key) {
        return new RecordKey(partition, "users", key);
    }

    private static Claim claim(Namespace namespace, int partition, String flusher, long term) throws Exception {
        return await(
                namespace.claim("users", List.of(partition), flusher, term, 10).get(0));
    }

    private static void assertStanding(Namespace namespace) throws Exception {
        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(read(namespace, p, "written")).isInstanceOf(Reading.Writing.class);
            assertThat(read(namespace, p, "loaded")).isInstanceOf(Reading.Loading.class);
            assertThat(read(namespace, p, "value")).isInstanceOf(Reading.Hit.class);
            assertThat(claim(namespace, p, "f2", TERM).granted()).isFalse();
        }
    }

    private static void assertOver(Namespace namespace) throws Exception {
        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(read(namespace, p, "written")).isInstanceOf(Reading.Missing.class);
            assertThat(read(namespace, p, "value")).isInstanceOf(Reading.Missing.class);
            assertThat(await(namespace.execute(key(p, "loaded"), new Operation.Lease("l2", TERM, 0))))
                    .isInstanceOf(LeaseReply.Granted.class);
            String holding = claim(namespace, p, "f2", TERM).holder().holding();
            assertThat(await(namespace
                                    .claim("users", List.of(p), "f2", TERM, 10, Map.of(p, holding))
                                    .get(0))
                            .granted())
                    .isTrue();
        }
    }

    private static Reading read(Namespace namespace, int partition, String key) throws Exception {
        return await(namespace.execute(key(partition, key), new Operation.Read()));
    }

    private static long owned(HazelcastInstance by, HazelcastInstance asked) {
        Predicate<Integer> owned = p -> asked.getPartitionService()
                .getPartition(p)
                .getOwner()
                .getUuid()
                .equals(by.getCluster().getLocalMember().getUuid());
        return IntStream.range(0, PARTITIONS).filter(p -> owned.test(p)).count();
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, -30, -8, 8, 3_600})
    void A43_terms_whenWallClocksStep_endWithinTheirLength(long seconds) throws Exception {
        Namespace namespace = open(add(Duration.ZERO));
        add(Duration.ofMinutes(5));
        leaveTerms(namespace);

        clocks.get(0).step(Duration.ofSeconds(seconds));
        clocks.get(1).step(Duration.ofSeconds(-seconds));

        pass(NEARLY);
        assertStanding(namespace);
        pass(REST);
        assertOver(namespace);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, 3_600})
    void A43_terms_ofPartitionsThatMoveToAMemberWithAnotherWallClock_endWithinTheirLength(long seconds)
            throws Exception {
        HazelcastInstance first = add(Duration.ZERO);
        Namespace namespace = open(first);
        leaveTerms(namespace);
        pass(Duration.ofSeconds(1));

        HazelcastInstance second = add(Duration.ofSeconds(seconds));
        assertThat(owned(second, first)).isPositive();

        pass(NEARLY.minusSeconds(1));
        assertStanding(namespace);
        pass(REST);
        assertOver(namespace);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, 3_600})
    void A43_terms_ofABackupThatTookOver_endWithinTheirLength(long seconds) throws Exception {
        add(Duration.ZERO);
        HazelcastInstance second = add(Duration.ofSeconds(seconds));
        Namespace namespace = open(second);
        leaveTerms(namespace);
        pass(Duration.ofSeconds(1));
        long before = owned(second, second);

        members.get(0).getLifecycleService().terminate();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> second.getPartitionService().isClusterSafe() && owned(second, second) == PARTITIONS);

        assertThat(before).isLessThan(PARTITIONS);
        pass(NEARLY.minusSeconds(1));
        assertStanding(namespace);
        pass(REST);
        assertOver(namespace);
    }

    @Test
    void A43_partitionsThatAreLost_whenTheWallClockIsBack_startOverAboveWhatIsKnown() throws Exception {
        HazelcastInstance first = add(Duration.ofDays(-3));
        Namespace namespace = open(first);
        add(Duration.ofDays(-3));
        add(Duration.ofDays(-3));
        clocks.get(0).step(Duration.ofDays(-3)); // where they are made again
        for (int p = 0; p < PARTITIONS; p++) {
            await(namespace.execute(key(p, "value"), new Operation.Put(CONTENT)));
        }
        pass(Duration.ofSeconds(10));
        long[] before = await(namespace.heads());

        members.get(1).getLifecycleService().terminate();
        members.get(2).getLifecycleService().terminate();

        long[] after = await(namespace.heads());
        int lost = 0;
        for (int p = 0; p < PARTITIONS; p++) {
            if (read(namespace, p, "value") instanceof Reading.Missing) {
                lost++;
                assertThat(after[p]).isGreaterThan(before[p] + 1_000_000);
            }
        }
        assertThat(lost).as("partitions lost with two of three members at once").isPositive();
    }
}
