package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is lost with members, and what is not. Members here have one backup, as by default. */
class MemberLossIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("loss", 16);

    private final Members members = new Members(0);

    @AfterEach
    void end() {
        members.close();
    }

    private Namespace join(HazelcastInstance instance, String node) {
        return HazelcastStore.using(instance).open(CONFIG, node);
    }

    private static Content content(String text) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void settle() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> members.get(0).getPartitionService().isClusterSafe());
    }

    @Test
    void member_thatDiesUnderWriters_takesNothingAcknowledgedAlong() throws Exception {
        members.add();
        Namespace one = join(members.get(0), "n1");
        HazelcastInstance second = members.add();
        members.add();
        settle();
        Namespace three = join(members.get(2), "n3");
        Map<RecordKey, Long> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (Namespace namespace : List.of(one, three)) {
            Thread writer = new Thread(() -> {
                for (int i = 0; !over.get(); i++) {
                    RecordKey key = CONFIG.recordKey("users", namespace.hashCode() + "-" + i);
                    try {
                        PendingOperation.PendingReply reply = await(
                                namespace.execute(key, new PendingOperation.Enqueue(content("value " + i), true)));
                        acknowledged.put(key, reply.version());
                    } catch (Exception e) {
                        // Not acknowledged: it may be there or not.
                    }
                }
            });
            writer.start();
            writers.add(writer);
        }
        Awaitility.await().until(() -> acknowledged.size() > 200);

        second.getLifecycleService().terminate();

        int before = acknowledged.size();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() > before + 200);
        over.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        Map<RecordKey, Long> pending = new ConcurrentHashMap<>();
        for (CompletionStage<Claim> claim : one.claim(
                "users",
                IntStream.range(0, CONFIG.partitions()).boxed().toList(),
                "f1",
                1_000_000,
                Integer.MAX_VALUE)) {
            await(claim).due().forEach(write -> pending.put(write.key(), write.version()));
        }
        assertThat(pending).containsAllEntriesOf(acknowledged);
    }

    @Test
    void partition_whoseOwnerDied_keepsItsValues_andLeavesAGapToWhatWasHeardOfBefore() throws Exception {
        members.add();
        Namespace one = join(members.get(0), "n1");
        HazelcastInstance second = members.add();
        settle();
        for (int i = 0; i < 100; i++) {
            await(one.execute(CONFIG.recordKey("users", "k" + i), new Operation.Put(content("v" + i))));
        }
        long[] before = await(one.heads());
        int owned = IntStream.range(0, CONFIG.partitions())
                .filter(p -> members.get(0)
                        .getPartitionService()
                        .getPartition(p)
                        .getOwner()
                        .getUuid()
                        .equals(second.getCluster().getLocalMember().getUuid()))
                .findFirst()
                .orElseThrow();

        second.getLifecycleService().terminate();

        long[] after = await(one.heads());
        assertThat(after[owned]).isGreaterThan(before[owned] + 1_000);
        List<Change> log = await(one.changesAfter(owned, before[owned]));
        assertThat(log).as("no change that could be taken for the next one").isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThat(await(one.execute(CONFIG.recordKey("users", "k" + i), new Operation.Read())))
                    .isInstanceOf(Reading.Hit.class);
        }
    }

    @Test
    void partitions_lostWithAllTheirMembers_startOverAboveWhatWasHeardOf() throws Exception {
        members.add();
        Namespace one = join(members.get(0), "n1");
        members.add();
        members.add();
        settle();
        for (int i = 0; i < 200; i++) {
            await(one.execute(CONFIG.recordKey("users", "k" + i), new Operation.Put(content("v" + i))));
        }
        long[] before = await(one.heads());

        members.get(1).getLifecycleService().terminate();
        members.get(2).getLifecycleService().terminate();

        long[] after = await(one.heads());
        int lost = 0;
        for (int i = 0; i < 200; i++) {
            RecordKey key = CONFIG.recordKey("users", "k" + i);
            if (await(one.execute(key, new Operation.Read())) instanceof Reading.Missing) {
                lost++;
                assertThat(after[key.partition()]).isGreaterThan(before[key.partition()] + 1_000);
            }
        }
        assertThat(lost).as("values lost with two of three members at once").isPositive();
    }

    @Test
    void namespaces_areKnown_forAsLongAsOneMemberLives() throws Exception {
        members.add();
        members.add();
        members.add();
        settle();
        for (int i = 0; i < 30; i++) {
            HazelcastStore.using(members.get(0)).open(new NamespaceConfig("n" + i, 1), "n1");
        }

        members.get(1).getLifecycleService().terminate();
        members.get(2).getLifecycleService().terminate();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(members.get(0).getMap("duet").keySet())
                        .as("or what is lost with the others would look as if it had never been there")
                        .hasSize(30));
    }

    @Test
    void members_thatAreReplacedOneAfterTheOther_keepEverything() throws Exception {
        members.add();
        Namespace first = join(members.get(0), "n1");
        for (int i = 0; i < 100; i++) {
            await(first.execute(
                    CONFIG.recordKey("users", "k" + i), new PendingOperation.Enqueue(content("v" + i), true)));
        }
        for (int i = 1; i < 3; i++) {
            HazelcastInstance next = members.add();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> next.getPartitionService().isClusterSafe());
            members.get(i - 1).shutdown();
        }

        Namespace last = join(members.get(2), "n3");
        for (int i = 0; i < 100; i++) {
            assertThat(await(last.execute(CONFIG.recordKey("users", "k" + i), new Operation.Read())))
                    .isInstanceOf(Reading.Hit.class);
        }
    }
}
