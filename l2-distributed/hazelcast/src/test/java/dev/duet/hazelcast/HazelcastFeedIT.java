package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When followers are told to look at the heads, and what a namespace holds at most. */
class HazelcastFeedIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("feed", 2);

    private final Members members = new Members(0);
    private final Heard heard = new Heard();

    @AfterEach
    void end() {
        members.close();
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions();
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static RecordKey key(int i) {
        return CONFIG.recordKey("users", "k" + i);
    }

    private static Operation.Put put() {
        return new Operation.Put(new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0));
    }

    @Test
    void memberThatComes_andOneThatGoes_makeFollowersLook() throws Exception {
        members.add();
        Namespace namespace = HazelcastStore.using(members.get(0)).open(CONFIG, "n1");
        ChangeSubscription subscription = await(namespace.subscribe(heard));
        assertThat(heard.subscribed).hasValue(1);

        HazelcastInstance second = members.add();
        patiently().untilAsserted(() -> assertThat(heard.subscribed).hasValue(2));

        second.shutdown();
        patiently().untilAsserted(() -> assertThat(heard.subscribed).hasValueGreaterThan(2));

        subscription.close();
        int before = heard.subscribed.get();
        members.add();
        await(namespace.execute(key(1), put()));
        assertThat(heard.subscribed).hasValue(before);
        assertThat(heard.changes).hasValue(0);
    }

    @Test
    void client_whoseOnlyMemberIsReplaced_isToldSo_andGoesOnWithTheOther() throws Exception {
        HazelcastInstance first = members.add();
        try (HazelcastStore store = HazelcastStore.client(members.clientConfig())) {
            Namespace namespace = store.open(CONFIG, "n1");
            await(namespace.subscribe(heard));
            await(namespace.execute(key(1), put()));
            patiently().untilAsserted(() -> assertThat(heard.changes).hasValue(1));
            long[] before = await(namespace.heads());

            first.getLifecycleService().terminate();
            patiently().untilAsserted(() -> assertThat(heard.lost).hasValue(1));
            members.add();

            patiently().untilAsserted(() -> assertThat(heard.subscribed).hasValueGreaterThan(1));
            long[] after = new long[CONFIG.partitions()];
            patiently().untilAsserted(() -> System.arraycopy(await(namespace.heads()), 0, after, 0, after.length));
            for (int p = 0; p < after.length; p++) {
                assertThat(after[p]).as("lost, and above what was heard of").isGreaterThan(before[p]);
            }
            patiently().untilAsserted(() -> {
                await(namespace.execute(key(2), put()));
                assertThat(heard.changes).as("heard of again").hasValueGreaterThan(1);
            });
        }
    }

    /** Hazelcast keeps what was configured while it ran only for as long as a member lives. */
    @Test
    void members_thatAClientFindsAgain_areToldHowToKeepTheMap_thoughTheyAreOthers() throws Exception {
        HazelcastInstance first = Hazelcast.newHazelcastInstance(plain());
        String map = "duet." + CONFIG.name();
        ClientConfig client = new ClientConfig().setClusterName(members.cluster());
        client.getNetworkConfig().addAddress("127.0.0.1:15691");
        try (HazelcastStore store = HazelcastStore.client(client)) {
            await(store.open(CONFIG, "n1").subscribe(heard));
            assertThat(first.getConfig().findMapConfig(map).getInMemoryFormat()).isEqualTo(InMemoryFormat.OBJECT);

            first.getLifecycleService().terminate();
            HazelcastInstance second = Hazelcast.newHazelcastInstance(plain());
            try {
                patiently()
                        .untilAsserted(() -> assertThat(
                                        second.getConfig().findMapConfig(map).getInMemoryFormat())
                                .isEqualTo(InMemoryFormat.OBJECT));
            } finally {
                second.getLifecycleService().terminate();
            }
        } finally {
            first.getLifecycleService().terminate();
        }
    }

    /** A member whose configuration says nothing of Duet. */
    private Config plain() {
        Config config = members.config();
        new ArrayList<>(config.getMapConfigs().keySet()).forEach(config.getMapConfigs()::remove);
        config.getNetworkConfig().setPort(15_691).setPortAutoIncrement(false);
        return config;
    }

    @Test
    void namespace_holdsNoMoreRecordsThanItIsTold() throws Exception {
        members.add();
        Namespace namespace =
                HazelcastStore.using(members.get(0)).maximumRecords(20).open(CONFIG, "n1");
        for (int i = 0; i < 100; i++) {
            await(namespace.execute(key(i), put()));
        }

        int there = 0;
        for (int i = 0; i < 100; i++) {
            there += await(namespace.execute(key(i), new Operation.Read())) instanceof Reading.Hit ? 1 : 0;
        }
        assertThat(there).isBetween(10, 20);
        assertThat(await(namespace.execute(key(99), new Operation.Read()))).isInstanceOf(Reading.Hit.class);
    }

    private static final class Heard implements ChangeListener {
        private final AtomicInteger changes = new AtomicInteger();
        private final AtomicInteger subscribed = new AtomicInteger();
        private final AtomicInteger lost = new AtomicInteger();

        @Override
        public void onChange(Change change) {
            changes.incrementAndGet();
        }

        @Override
        public void onHint(String cache, String key) {
            // Not counted.
        }

        @Override
        public void onUnreadable(String description) {
            throw new AssertionError(description);
        }

        @Override
        public void onSubscribed() {
            subscribed.incrementAndGet();
        }

        @Override
        public void onLost() {
            lost.incrementAndGet();
        }
    }
}
