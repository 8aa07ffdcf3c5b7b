package dev.duet.redis;

import static dev.duet.redis.Redises.content;
import static dev.duet.redis.Redises.put;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Change;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.RecordingListener;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is killed, paused, flushed, out of memory or cuts connections. */
class RedisStoreFaultsIT {

    private static final Duration TIMEOUT = Duration.ofMillis(1_500);

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create();

    private final RedisServer server = redis.server();
    private final RecordKey key = new RecordKey(0, "users", "456");
    private RedisStore store;
    private Namespace namespace;

    @BeforeEach
    void open() {
        store = RedisStore.connect(server.uri() + "?timeout=" + TIMEOUT.toMillis() + "ms");
        namespace = Redises.open(store);
    }

    @AfterEach
    void close() {
        store.close();
        if (!server.isRunning()) {
            server.restart(RedisServer.Data.EMPTY);
        }
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(15)).ignoreExceptions();
    }

    /** Every call fails, in about the timeout, with the exception that says so. */
    private void assertUnavailable() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> put(namespace, key, "v"))
                .isInstanceOfSatisfying(StoreUnavailableException.class, e -> {
                    assertThat(e.cache()).isEqualTo("users");
                    assertThat(e.key()).isEqualTo("456");
                    assertThat(e).hasMessageContaining(store.address());
                });
        assertThatThrownBy(() -> see(namespace, key)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Redises.await(namespace.heads())).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Redises.await(namespace.invalidateAll("users")))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Redises.await(namespace.changesAfter(0, 0)))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(TIMEOUT.multipliedBy(6).plusSeconds(2));
    }

    @Test
    void killedServer_failsWithinTheTimeout_andComesBackEmpty() {
        long before = put(namespace, key, "v1");
        server.kill();
        assertUnavailable();

        server.restart(RedisServer.Data.EMPTY);

        eventually().untilAsserted(() -> assertThat(see(namespace, key)).isEqualTo("Missing"));
        assertThat(put(namespace, key, "v2")).as("above every version before").isGreaterThan(before);
        assertThat(see(namespace, key)).isEqualTo("v2");
    }

    @Test
    void pausedServer_failsWithinTheTimeout_andGoesOn() {
        put(namespace, key, "v1");
        server.pause();
        try {
            assertUnavailable();
        } finally {
            server.resume();
        }

        eventually().untilAsserted(() -> assertThat(see(namespace, key)).isIn("v1", "v"));
    }

    @Test
    void killedServer_failsSubscribingToo() {
        server.kill();

        assertThatThrownBy(() -> Redises.await(namespace.subscribe(new RecordingListener())))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void flushedScripts_areSentAgain() {
        put(namespace, key, "v1");
        server.command("SCRIPT", "FLUSH");

        assertThat(see(namespace, key)).isEqualTo("v1");
        put(namespace, key, "v2");
        assertThat(Redises.await(namespace.invalidateAll("users"))).hasSize(1);
    }

    @Test
    void cutConnections_areReplaced() {
        put(namespace, key, "v1");
        server.command("CLIENT", "KILL", "TYPE", "normal");

        eventually().untilAsserted(() -> assertThat(see(namespace, key)).isEqualTo("v1"));
    }

    @Test
    void A07_cutSubscription_isSaidToBeLostAndToStandAgain_andHearsWhatFollows() {
        RecordingListener listener = new RecordingListener();
        Redises.await(namespace.subscribe(listener));
        long first = put(namespace, key, "v1");
        eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(1));

        for (int cut = 1; cut <= 3; cut++) {
            int times = cut + 1;
            server.command("CLIENT", "KILL", "TYPE", "pubsub");
            eventually()
                    .untilAsserted(() -> assertThat(Collections.frequency(listener.events(), "subscribed"))
                            .isEqualTo(times));
        }
        long last = put(namespace, key, "v2");

        eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(2));
        assertThat(listener.changes()).extracting(Change::version).containsExactly(first, last);
        assertThat(listener.events())
                .containsExactly(
                        "subscribed",
                        "change",
                        "lost",
                        "subscribed",
                        "lost",
                        "subscribed",
                        "lost",
                        "subscribed",
                        "change");
        assertThat(listener.overlapped()).isFalse();
    }

    @Test
    void A09_everyChangeAfterTheFeedStandsAgain_isHeard() {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onSubscribed() {
                super.onSubscribed();
                namespace.execute(key, new Operation.Put(content("v")));
            }
        };
        Redises.await(namespace.subscribe(listener));
        eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(1));
        server.command("CLIENT", "KILL", "TYPE", "pubsub");

        eventually()
                .untilAsserted(() -> assertThat(listener.events())
                        .containsExactly("subscribed", "change", "lost", "subscribed", "change"));
    }

    @Test
    void A17_serverRestartedEmpty_standsAgain() {
        RecordingListener listener = new RecordingListener();
        Redises.await(namespace.subscribe(listener));
        server.restart(RedisServer.Data.EMPTY);

        eventually()
                .untilAsserted(() -> assertThat(listener.events()).containsExactly("subscribed", "lost", "subscribed"));
        eventually().untilAsserted(() -> put(namespace, key, "v1"));
        eventually().untilAsserted(() -> assertThat(listener.changes()).isNotEmpty());
    }

    @Test
    void A08_halfOpenSubscription_isFoundAndReplaced() {
        RecordingListener listener = new RecordingListener();
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
                RedisStore through = RedisStore.connect("redis://127.0.0.1:" + proxy.port() + "?timeout=500ms")) {
            Namespace other = through.open(namespace.config(), "n2");
            Redises.await(other.subscribe(listener));
            proxy.connections(connection -> connection.sent().contains("SUBSCRIBE"))
                    .forEach(connection -> connection.halfOpen(FaultProxy.Direction.TO_CLIENT));

            eventually()
                    .untilAsserted(
                            () -> assertThat(listener.events()).containsExactly("subscribed", "lost", "subscribed"));
            put(namespace, key, "v1");
            eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void A08_subscribingAnewOverAHalfOpenConnection_isSaidToStandOnlyOnceItHears(boolean shared) {
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
                RedisStore through = RedisStore.connect("redis://127.0.0.1:" + proxy.port() + "?timeout=500ms")) {
            Namespace other = through.open(namespace.config(), "n2");
            RecordingListener sharing = new RecordingListener();
            if (shared) {
                Redises.await(other.subscribe(sharing));
            }
            ChangeSubscription first = Redises.await(other.subscribe(new RecordingListener()));
            proxy.connections(connection -> connection.sent().contains("SUBSCRIBE"))
                    .forEach(connection -> connection.halfOpen(FaultProxy.Direction.TO_CLIENT));
            first.close();

            AtomicReference<RecordingListener> second = new AtomicReference<>();
            eventually().until(() -> {
                RecordingListener listener = new RecordingListener();
                second.set(listener);
                try {
                    Redises.await(other.subscribe(listener));
                    return true;
                } catch (StoreUnavailableException e) {
                    assertThat(listener.events()).isEmpty();
                    return false;
                }
            });
            put(namespace, key, "v1");

            eventually().untilAsserted(() -> assertThat(second.get().events()).containsExactly("subscribed", "change"));
        }
    }

    @Test
    void probesOfOthers_areNotHeard() {
        RecordingListener listener = new RecordingListener();
        Redises.await(namespace.subscribe(listener));
        for (int i = 0; i < 5; i++) {
            Redises.await(namespace.subscribe(new RecordingListener())).close();
        }
        put(namespace, key, "v1");

        eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(1));
        assertThat(listener.events()).containsExactly("subscribed", "change");
    }

    @Test
    void closedSubscription_staysClosedOverAReconnect() {
        RecordingListener closed = new RecordingListener();
        RecordingListener open = new RecordingListener();
        Redises.await(namespace.subscribe(closed)).close();
        Redises.await(namespace.subscribe(open));
        server.command("CLIENT", "KILL", "TYPE", "pubsub");

        eventually().untilAsserted(() -> assertThat(open.events()).containsExactly("subscribed", "lost", "subscribed"));
        assertThat(closed.events()).containsExactly("subscribed");
    }

    @Test
    void closedSubscriptions_areGivenUpAtTheServerToo() {
        String channel = namespace.config().name() + ":changes";
        ChangeSubscription first = Redises.await(namespace.subscribe(new RecordingListener()));
        ChangeSubscription second = Redises.await(namespace.subscribe(new RecordingListener()));
        assertThat(server.command("PUBSUB", "NUMSUB", channel)).isEqualTo(List.of(channel, 1L));

        first.close();
        second.close();

        eventually()
                .untilAsserted(() ->
                        assertThat(server.command("PUBSUB", "NUMSUB", channel)).isEqualTo(List.of(channel, 0L)));
    }

    @Test
    void closedSubscription_hearsNothingOnceCloseHasReturned_thoughMessagesHaveArrived() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onChange(Change change) {
                super.onChange(change);
                entered.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        RecordingListener elsewhere = new RecordingListener();
        try (RedisStore other = RedisStore.connect(server.uri())) {
            Redises.await(other.open(namespace.config(), "n2").subscribe(elsewhere));
            ChangeSubscription subscription = Redises.await(namespace.subscribe(listener));
            put(namespace, key, "v1");
            put(namespace, key, "v2");
            entered.await();
            eventually()
                    .pollDelay(Duration.ofMillis(300))
                    .until(() -> elsewhere.changes().size() == 2);

            Thread closing = new Thread(subscription::close);
            closing.start();
            eventually().until(() -> closing.getState() == Thread.State.WAITING);
            goOn.countDown();
            closing.join();
            put(namespace, key, "v3");

            eventually().until(() -> elsewhere.changes().size() == 3);
            assertThat(listener.changes()).hasSize(1);
        }
    }

    @Test
    void foreignMessage_isUnreadable_andTheFeedGoesOn() {
        RecordingListener listener = new RecordingListener();
        Redises.await(namespace.subscribe(listener));
        String channel = namespace.config().name() + ":changes";
        for (String message : List.of("", "hello", "K 1 5 n1 users 456", "K 0 x n1 users 456")) {
            server.command("PUBLISH", channel, message);
        }
        long version = put(namespace, key, "v1");

        eventually().untilAsserted(() -> assertThat(listener.changes()).hasSize(1));
        assertThat(listener.changes()).extracting(Change::version).containsExactly(version);
        assertThat(listener.unreadable())
                .hasSize(4)
                .allSatisfy(text -> assertThat(text).contains(channel));
    }

    @Test
    void memoryThatIsFull_isUnavailable_withTheRemedy_andChangesNothing() {
        put(namespace, key, "v1");
        long head = Redises.await(namespace.heads())[0];
        server.command("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> put(namespace, key, "v2"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("maxmemory");
            assertThat(see(namespace, key)).isEqualTo("v1");
        } finally {
            server.command("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(Redises.await(namespace.heads())[0]).isEqualTo(head);
        assertThat(Redises.await(namespace.changesAfter(0, head))).isEmpty();
    }

    @Test
    void replica_isUnavailable_withTheRemedy() {
        put(namespace, key, "v1");
        server.command("REPLICAOF", "127.0.0.1", "1");
        try {
            assertThatThrownBy(() -> put(namespace, key, "v2"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("master");
        } finally {
            server.command("REPLICAOF", "NO", "ONE");
        }
    }

    @Test
    void A31_serverShortOfMemory_evictsWhatItLikes_andNothingOldComesBack() {
        server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
        try {
            long sum = LongStream.range(0, 200)
                    .map(i -> put(namespace, new RecordKey(0, "users", "k" + i), "old"))
                    .sum();
            assertThat(sum).isPositive();
            Redises.await(namespace.invalidateAll("users"));
            server.command("CONFIG", "SET", "maxmemory", "1");
            server.command("SET", "push", "x");
        } catch (RedisServer.CommandException full) {
            // All else is evicted by then.
        } finally {
            server.command("CONFIG", "SET", "maxmemory", "0");
            server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        }
        for (int i = 0; i < 200; i++) {
            assertThat(see(namespace, new RecordKey(0, "users", "k" + i))).isEqualTo("Missing");
        }
    }
}
