package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.testkit.JvmProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A member that is stopped for longer than the others wait for it, with writes pending that they make, and with writes on their
 * way to it that they take from their callers again. Here they wait for half as long as by default.
 */
class ZombieIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("zombie", 16);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SILENCE = Long.getLong("duet.silence", 5).toString();
    private static final int KEYS = 64;

    private final Members members = new Members(0);
    private final List<HazelcastInstance> all = new ArrayList<>();

    @AfterEach
    void end() {
        all.forEach(member -> member.getLifecycleService().terminate());
        members.close();
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static RecordKey key(int i) {
        return CONFIG.recordKey("users", "k" + i);
    }

    private static CompletionStage<PendingOperation.PendingReply> write(Namespace namespace, int key, String value) {
        Content content = new Content(Payload.of(value.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
        return namespace.execute(key(key), new PendingOperation.Enqueue(content, true));
    }

    private static Map<RecordKey, PendingWrite> pending(Namespace namespace) throws Exception {
        Map<RecordKey, PendingWrite> pending = new TreeMap<>((a, b) -> a.key().compareTo(b.key()));
        for (CompletionStage<PendingOperation.Claim> claim : namespace.claim(
                "users", IntStream.range(0, CONFIG.partitions()).boxed().toList(), "f", 1_000_000, 1_000)) {
            await(claim).due().forEach(write -> pending.put(write.key(), write));
        }
        return pending;
    }

    /** Makes all that is pending, as a flusher does. */
    private static int makeAll(Namespace namespace) throws Exception {
        Map<RecordKey, PendingWrite> pending = pending(namespace);
        for (PendingWrite write : pending.values()) {
            assertThat(await(namespace.execute(write.key(), new PendingOperation.Flushed(write.version(), false))))
                    .isTrue();
        }
        return pending.size();
    }

    @Test
    void A50_memberThatWasStopped_bringsNothingBackThatWasMadeWithoutIt() throws Exception {
        Config config = members.config().setProperty("hazelcast.max.no.heartbeat.seconds", SILENCE);
        HazelcastInstance one = Hazelcast.newHazelcastInstance(config);
        all.add(one);
        String address =
                "127.0.0.1:" + one.getCluster().getLocalMember().getAddress().getPort();
        Config second = members.config().setProperty("hazelcast.max.no.heartbeat.seconds", SILENCE);
        second.getNetworkConfig().getJoin().getTcpIpConfig().addMember(address);
        all.add(Hazelcast.newHazelcastInstance(second));
        Namespace here = HazelcastStore.using(one).open(CONFIG, "n1");
        try (JvmProcess stopped = JvmProcess.start(
                "zombie",
                StoppedMember.class,
                List.of("-Xmx128m"),
                List.of(members.cluster(), CONFIG.name(), Integer.toString(CONFIG.partitions()), SILENCE, address))) {
            Awaitility.await().atMost(PATIENCE).until(() -> stopped.output().contains("joined"));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> one.getPartitionService().isClusterSafe());
            for (int i = 0; i < KEYS; i++) {
                assertThat(await(write(here, i, "before")).accepted()).isTrue();
            }
            UUID itself = one.getCluster().getLocalMember().getUuid();
            assertThat(IntStream.range(0, CONFIG.partitions())
                            .mapToObj(p ->
                                    one.getPartitionService().getPartition(p).getOwner())
                            .filter(owner -> !owner.getUuid().equals(itself)))
                    .isNotEmpty();

            stopped.pause();
            List<CompletionStage<PendingOperation.PendingReply>> onTheirWay = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                onTheirWay.add(write(here, i, "on its way"));
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> one.getCluster().getMembers().size() == 2);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> onTheirWay.stream()
                            .allMatch(stage -> stage.toCompletableFuture().isDone()));
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> makeAll(here) >= 0);
            for (int i = 0; i < KEYS; i++) {
                assertThat(await(write(here, i, "after")).accepted()).isTrue();
            }
            assertThat(makeAll(here)).isEqualTo(KEYS);

            stopped.resume();

            Awaitility.await().atMost(PATIENCE).until(() -> stopped.output().contains("joined again"));
            assertThat(stopped.output()).contains("awake: true, made: 0");
            assertThat(pending(here)).isEmpty();
            for (int i = 0; i < KEYS; i++) {
                if (await(here.execute(key(i), new Operation.Read())) instanceof Reading.Hit hit) {
                    assertThat(hit.payload().bytes()).isEqualTo("after".getBytes(StandardCharsets.UTF_8));
                }
            }
            for (int i = 0; i < KEYS; i++) {
                assertThat(await(write(here, i, "later")).accepted()).isTrue();
            }
        }
    }
}
