package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.redis.RedisStore;
import dev.duet.store.StoreUnavailableException;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.FaultProxy.Direction;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nodes on a real Redis that is cut off, hangs, dies or is not there yet. Each test has a server of its own. */
class RedisOutageIT {

    private static final long ID = 456;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);
    /** For threads that wait for a processor, on top of the bound. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    record User(long id, String email) {}

    private record Node(Duet duet, TwoLevelCache<Long, User> users) {
        String email() {
            User user = users.get(ID);
            return user == null ? "" : user.email();
        }

        void awaitStatus(Health.Status status) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(duet.health().status()).isEqualTo(status));
        }
    }

    private final Map<Long, String> database = new ConcurrentHashMap<>(Map.of(ID, "v1"));
    private final AtomicInteger loads = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        proxy.close();
        server.close();
    }

    @Test
    void A07_connectionsCutAndBack_whatChangedMeanwhileIsDropped() {
        Node near = behindProxy(settings -> settings);
        Node other = direct();
        near.email();
        proxy.cut();
        database.put(ID, "v2");
        other.users.invalidate(ID);

        proxy.heal();

        await().atMost(LONG).untilAsserted(() -> assertThat(near.email()).isEqualTo("v2"));
    }

    @Test
    void A08_feedIsHalfOpen_readsStayWithinTheBound() {
        Node near = behindProxy(settings -> settings);
        Node other = direct();
        near.email();
        proxy.connections(connection -> connection.sent().contains("SUBSCRIBE"))
                .forEach(connection -> connection.halfOpen(Direction.TO_CLIENT));
        for (int i = 2; i < 6; i++) {
            String next = "v" + i;
            other.users.update(ID, () -> database.put(ID, next));
            await().atMost(BOUND.plus(SLACK))
                    .untilAsserted(() -> assertThat(near.email()).isEqualTo(next));
        }
    }

    @Test
    void A08_everythingIsHalfOpen_readsStayWithinTheBound() {
        Node near = behindProxy(settings -> settings);
        Node other = direct();
        near.email();
        proxy.halfOpen(Direction.TO_CLIENT);
        other.users.update(ID, () -> database.put(ID, "v2"));

        await().atMost(BOUND.plus(SLACK).plusMillis(500))
                .untilAsserted(() -> assertThat(near.email()).isEqualTo("v2"));

        proxy.heal();
        proxy.dropAll();
        near.awaitStatus(Health.Status.UP);
    }

    @Test
    void A10_subscriberIsCutInAStorm_missesNothing() {
        Node near = behindProxy(settings -> settings);
        Node other = direct();
        near.email();
        List<Long> many = LongStream.range(0, 500).boxed().toList();
        for (int round = 0; round < 20; round++) {
            server.command("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");
            other.users.invalidateAll(many);
        }
        server.command("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes"); // the next messages reach nobody

        other.users.update(ID, () -> database.put(ID, "v2"));

        await().atMost(BOUND.plus(SLACK))
                .untilAsserted(() -> assertThat(near.email()).isEqualTo("v2"));
        near.awaitStatus(Health.Status.UP);
    }

    @Test
    void A15_storeIsGoneAndReturnsEmpty_readsAndWritesGoOn() {
        Node node = direct();
        node.email();
        server.kill();

        node.users.update(ID, () -> database.put(ID, "v2"));
        assertThat(node.email()).isEqualTo("v2");
        node.awaitStatus(Health.Status.DOWN);
        assertThat(node.duet.health().owedInvalidations()).isEqualTo(1);

        server.restart(RedisServer.Data.EMPTY);
        node.awaitStatus(Health.Status.UP);
        assertThat(node.duet.health().owedInvalidations()).isZero();
        assertThat(node.email()).isEqualTo("v2");
    }

    @Test
    void A15_storeIsPausedDuringAWrite_theOldValueIsGoneWhenItGoesOn() {
        Node writer = direct();
        Node other = direct();
        writer.email();
        other.email();

        server.pause();
        writer.users.update(ID, () -> database.put(ID, "v2"));
        assertThat(writer.email()).isEqualTo("v2");
        server.resume();

        await().atMost(LONG).untilAsserted(() -> {
            assertThat(writer.duet.health().owedInvalidations()).isZero();
            assertThat(other.email()).isEqualTo("v2");
        });
        assertThat(writer.email()).isEqualTo("v2");
        writer.awaitStatus(Health.Status.UP);
    }

    @Test
    void storeIsPaused_readsTakeTheTimeoutAndSoonNoMore() {
        Node node = direct();
        server.pause();
        node.awaitStatus(Health.Status.DOWN);

        long before = System.nanoTime();
        for (long id = 0; id < 100; id++) {
            node.users.get(id);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(500));
        assertThat(loads).hasValue(100);
        server.resume();
    }

    @Test
    void reject_storeIsGone_updateThrowsBeforeItWrites() {
        Node node = node(server.uri(), duet -> duet.whenStoreIsDown(WhenStoreIsDown.REJECT), settings -> settings);
        server.kill();

        assertThatThrownBy(() -> node.users.update(ID, () -> database.put(ID, "v2")))
                .isInstanceOfSatisfying(StoreUnavailableException.class, e -> {
                    assertThat(e.cache()).isEqualTo("users");
                    assertThat(e.key()).isEqualTo("456");
                });

        assertThat(database).containsEntry(ID, "v1");
    }

    @Test
    void start_storeIsNotThereYet_joinsItWhenItIs() {
        server.kill();
        Node node = node(server.uri(), duet -> duet.failFast(false), settings -> settings);
        assertThat(node.email()).isEqualTo("v1");
        assertThat(node.duet.health().status()).isEqualTo(Health.Status.DOWN);
        node.users.update(ID, () -> database.put(ID, "v2"));
        assertThat(node.email()).isEqualTo("v2");

        server.restart(RedisServer.Data.EMPTY);

        node.awaitStatus(Health.Status.UP);
        Node other = direct();
        assertThat(other.email()).isEqualTo("v2");
        other.users.update(ID, () -> database.put(ID, "v3"));
        await().atMost(LONG).untilAsserted(() -> assertThat(node.email()).isEqualTo("v3"));
    }

    @Test
    void start_storeIsNotThere_theClientIsNotMadeAgainAndAgain() {
        Logger logger = (Logger) LoggerFactory.getLogger("org.redisson.Version");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        logger.setLevel(Level.INFO);
        try {
            server.kill();
            Node node = node(server.uri(), duet -> duet.failFast(false), settings -> settings);
            await().during(Duration.ofSeconds(3)).atMost(LONG).until(() -> logged.list.size() == 1);

            server.restart(RedisServer.Data.EMPTY);
            node.awaitStatus(Health.Status.UP);
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(null);
        }
    }

    private Node direct() {
        return node(server.uri(), duet -> duet, settings -> settings);
    }

    private Node behindProxy(UnaryOperator<CacheBuilder<Long, User>> settings) {
        return node("redis://127.0.0.1:" + proxy.port(), duet -> duet, settings);
    }

    private Node node(
            String uri, UnaryOperator<DuetBuilder> settings, UnaryOperator<CacheBuilder<Long, User>> ofTheCache) {
        Duet duet = settings.apply(Duet.builder().store(RedisStore.connect(uri)).maxStaleness(BOUND))
                .build();
        open.add(0, duet);
        return new Node(
                duet,
                ofTheCache
                        .apply(duet.cache("users", Long.class, User.class).loader(this::select))
                        .build());
    }

    private User select(long id) {
        loads.incrementAndGet();
        return new User(id, String.valueOf(database.get(id)));
    }
}
