package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.Namespace.Request;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reads of many partitions, which are asked together and answered each for itself. */
class BulkReadIT {

    private static final Content CONTENT = new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0);

    @RegisterExtension
    static final Members members = new Members(1);

    private static HazelcastInstance client;

    @BeforeAll
    static void connect() {
        client = members.client();
    }

    @AfterAll
    static void disconnect() {
        client.shutdown();
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static List<RecordKey> keys(NamespaceConfig config, int many) {
        List<RecordKey> keys = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            keys.add(config.recordKey("users", "k" + i));
        }
        return keys;
    }

    @Test
    void leases_areRefusedWhereThereIsAValue_andGrantedToOneElsewhere() throws Exception {
        NamespaceConfig config = new NamespaceConfig("leases", 64);
        Namespace namespace = HazelcastStore.using(client).open(config, "n1");
        List<RecordKey> keys = keys(config, 300);
        List<Request<LeaseReply>> first = new ArrayList<>();
        List<Request<LeaseReply>> second = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (i % 3 == 0) {
                await(namespace.execute(keys.get(i), new Operation.Put(CONTENT)));
            }
            first.add(new Request<>(keys.get(i), new Operation.Lease("a" + i, 60_000_000, 0)));
            second.add(new Request<>(keys.get(i), new Operation.Lease("b" + i, 60_000_000, 0)));
        }

        List<CompletionStage<LeaseReply>> toFirst = namespace.executeAll(first);
        for (int i = 0; i < keys.size(); i++) {
            LeaseReply reply = await(toFirst.get(i));
            if (i % 3 == 0) {
                assertThat(reply)
                        .isInstanceOfSatisfying(
                                LeaseReply.Refused.class,
                                refused -> assertThat(refused.reading()).isInstanceOf(Reading.Hit.class));
            } else {
                assertThat(reply).isInstanceOf(LeaseReply.Granted.class);
            }
        }
        List<CompletionStage<LeaseReply>> toSecond = namespace.executeAll(second);
        for (int i = 0; i < keys.size(); i++) {
            Class<?> there = i % 3 == 0 ? Reading.Hit.class : Reading.Loading.class;
            assertThat(await(toSecond.get(i)))
                    .isInstanceOfSatisfying(
                            LeaseReply.Refused.class,
                            refused -> assertThat(refused.reading()).isInstanceOf(there));
        }
    }

    @Test
    void partition_thatDoesNotAnswer_doesNotKeepTheOthersFromIt() throws Exception {
        NamespaceConfig config = new NamespaceConfig("stuck", 64);
        Namespace namespace = HazelcastStore.using(client).open(config, "n1");
        List<Request<Reading>> reads = new ArrayList<>();
        for (RecordKey key : keys(config, 300)) {
            reads.add(new Request<>(key, new Operation.Read()));
        }
        CountDownLatch over = new CountDownLatch(1);
        CompletionStage<Object> stuck = members.get(0).getMap("duet.stuck").submitToKey(0, stuckUntil(over));

        List<CompletionStage<Reading>> replies = namespace.executeAll(reads);

        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> replies.stream()
                            .anyMatch(reply -> reply.toCompletableFuture().isDone()
                                    && !reply.toCompletableFuture().isCompletedExceptionally()));
            assertThat(replies).anyMatch(reply -> !reply.toCompletableFuture().isDone());
        } finally {
            over.countDown();
        }
        await(stuck);
        for (CompletionStage<Reading> reply : replies) {
            assertThat(await(reply)).isInstanceOf(Reading.Missing.class);
        }
    }

    private static EntryProcessor<Object, Object, Object> stuckUntil(CountDownLatch over) {
        return entry -> {
            try {
                over.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        };
    }
}
