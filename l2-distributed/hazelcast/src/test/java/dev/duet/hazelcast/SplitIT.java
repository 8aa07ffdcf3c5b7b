package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A cluster that is split, and one again. The members take each other for dead, as they would if the network between them were
 * cut, and look for each other again at once.
 */
class SplitIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("split", 32);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Members members = new Members(0);
    private final List<HazelcastInstance> all = new ArrayList<>();
    private final int first = 20_000 + 4 * ThreadLocalRandom.current().nextInt(2_000);

    @AfterEach
    void end() {
        all.forEach(member -> member.getLifecycleService().terminate());
    }

    private HazelcastInstance add(String mergeAfterSeconds) {
        Config config = members.config();
        config.setProperty("hazelcast.merge.first.run.delay.seconds", mergeAfterSeconds);
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
        return start(config);
    }

    private HazelcastInstance start(Config config) {
        // Any member finds any other, and not only those that came before it.
        config.getNetworkConfig().setPort(first).setPortCount(4);
        config.getNetworkConfig().getJoin().getTcpIpConfig().clear();
        for (int port = first; port < first + 4; port++) {
            config.getNetworkConfig().getJoin().getTcpIpConfig().addMember("127.0.0.1:" + port);
        }
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        all.add(member);
        return member;
    }

    private static void suspect(HazelcastInstance here, UUID other) {
        HazelcastInstanceImpl member = ((HazelcastInstanceProxy) here).getOriginal();
        here.getCluster().getMembers().stream()
                .filter(candidate -> candidate.getUuid().equals(other)) // unless another member was faster
                .forEach(candidate ->
                        member.node.getClusterService().suspectMember(candidate, "a test cuts it off", true));
    }

    private static int size(HazelcastInstance member) {
        return member.getCluster().getMembers().size();
    }

    private static RecordKey key(String key) {
        return CONFIG.recordKey("users", key);
    }

    private static Content content(String text) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), Content.FOREVER, 0);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void enqueue(Namespace namespace, String key, String value) throws Exception {
        await(namespace.execute(key(key), new PendingOperation.Enqueue(content(value), true)));
    }

    private static Map<String, String> pending(Namespace namespace) throws Exception {
        Map<String, String> pending = new HashMap<>();
        for (CompletionStage<PendingOperation.Claim> claim : namespace.claim(
                "users", IntStream.range(0, CONFIG.partitions()).boxed().toList(), "f", 1_000, 1_000)) {
            for (PendingWrite write : await(claim).due()) {
                pending.put(write.key().key(), new String(write.payload().bytes(), StandardCharsets.UTF_8));
            }
        }
        return pending;
    }

    @Test
    void sides_thatAreOneAgain_keepWhatIsPendingOnBoth_andNothingThatWasCached() throws Exception {
        HazelcastInstance one = add("4");
        HazelcastInstance two = add("4");
        Awaitility.await().atMost(PATIENCE).until(() -> size(one) == 2 && size(two) == 2);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> one.getPartitionService().isClusterSafe());
        Namespace here = HazelcastStore.using(one).open(CONFIG, "n1");
        Namespace there = HazelcastStore.using(two).open(CONFIG, "n2");
        Counting heard = new Counting();
        await(there.subscribe(heard));
        await(here.execute(key("cached"), new Operation.Put(content("before the split"))));
        enqueue(here, "before", "b");
        UUID firstMember = one.getCluster().getLocalMember().getUuid();
        UUID secondMember = two.getCluster().getLocalMember().getUuid();

        suspect(one, secondMember);
        suspect(two, firstMember);
        Awaitility.await().atMost(PATIENCE).until(() -> size(one) == 1 && size(two) == 1);
        enqueue(here, "one", "of the first side");
        enqueue(there, "two", "of the second side");
        enqueue(here, "both", "earlier");
        Thread.sleep(50); // so that it is later by any clock
        enqueue(there, "both", "later");
        await(there.execute(key("cached"), new Operation.Put(content("of the second side"))));
        long[] headsHere = await(here.heads());
        long[] headsThere = await(there.heads());
        int subscribed = heard.subscribed.get();

        Awaitility.await().atMost(PATIENCE).until(() -> size(one) == 2 && size(two) == 2);

        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(await(here.heads())).satisfies(heads -> {
                    for (int p = 0; p < heads.length; p++) {
                        assertThat(heads[p]).isGreaterThan(Math.max(headsHere[p], headsThere[p]));
                    }
                }));
        assertThat(pending(here))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "before", "b", "one", "of the first side", "two", "of the second side", "both", "later"));
        assertThat(await(here.execute(key("cached"), new Operation.Read()))).isNotInstanceOf(Reading.Hit.class);
        assertThat(heard.subscribed.get())
                .as("followers are told to look at the heads")
                .isGreaterThan(subscribed);
    }

    @Test
    void side_withFewerMembersThanTheProtectionAsksFor_failsInsteadOfServing() throws Exception {
        List<Namespace> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Config config = members.config();
            config.setProperty("hazelcast.merge.first.run.delay.seconds", "600");
            config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig("majority", true, 2));
            config.addMapConfig(HazelcastStore.mapConfig("duet.*").setSplitBrainProtectionName("majority"));
            start(config);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> all.stream().allMatch(member -> size(member) == 3));
        for (HazelcastInstance member : all) {
            nodes.add(HazelcastStore.using(member).open(CONFIG, "n" + nodes.size()));
        }
        HazelcastInstance alone = all.get(2);
        await(nodes.get(2).execute(key("a"), new Operation.Put(content("before"))));
        List<UUID> others = all.subList(0, 2).stream()
                .map(other -> other.getCluster().getLocalMember().getUuid())
                .toList();
        UUID third = alone.getCluster().getLocalMember().getUuid();

        suspect(all.get(0), third);
        suspect(all.get(1), third);
        others.forEach(other -> suspect(alone, other));
        Awaitility.await().atMost(PATIENCE).until(() -> size(alone) == 1 && size(all.get(0)) == 2);

        await(nodes.get(0).execute(key("a"), new Operation.Put(content("after"))));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(
                                () -> await(nodes.get(2).execute(key("a"), new Operation.Read())))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("SplitBrainProtection"));
        assertThatThrownBy(() -> await(nodes.get(2).heads())).hasCauseInstanceOf(StoreUnavailableException.class);
    }

    private static final class Counting implements ChangeListener {
        private final AtomicInteger subscribed = new AtomicInteger();

        @Override
        public void onChange(Change change) {
            // Not counted.
        }

        @Override
        public void onHint(String cache, String key) {
            // Not counted.
        }

        @Override
        public void onUnreadable(String description) {
            // Not counted.
        }

        @Override
        public void onSubscribed() {
            subscribed.incrementAndGet();
        }

        @Override
        public void onLost() {
            // Not counted.
        }
    }
}
