package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.redis.RedisStore;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Anomaly A43 on a real Redis, of which the wall clock is set while a writer, a loader or a flusher dies. They die by losing their
 * way to Redis in the middle of what they do, for good.
 */
class SteppedClockIT {

    /** Of an announcement: maxStaleness. */
    private static final Duration ANNOUNCED = Duration.ofSeconds(1);

    /** Of a loader's lease, and of a flusher's. */
    private static final Duration TERM = Duration.ofSeconds(2);

    private static final Duration SLACK = Duration.ofSeconds(1);
    private static final Duration FLUSH_EVERY = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);

    /** How the clock is set. */
    enum Steps {
        AN_HOUR_BACK(Duration.ofHours(-1), 0, 1),
        SECONDS_BACK(Duration.ofSeconds(-8), 0, 1),
        /** So late, and so small, that no term is ever longer than it was meant to be. */
        SMALL_STEPS_BACK(Duration.ofMillis(-800), 850, 8),
        AN_HOUR_FORWARD(Duration.ofHours(1), 0, 1);

        private static final int EVERY = 850;

        private final Duration by;
        private final int after;
        private final int times;

        Steps(Duration by, int after, int times) {
            this.by = by;
            this.after = after;
            this.times = times;
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, String> database = new ConcurrentHashMap<>(Map.of("k", "v1"));
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService clockmaker = Executors.newSingleThreadScheduledExecutor();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.duet.redis.internal.ServerClocks");
    private RedisServer server;

    @BeforeEach
    void start() {
        server = RedisServer.builder().steppableClock().start();
        log.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(log);
        logger.setLevel(null);
        over.countDown();
        clockmaker.shutdownNow();
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.shutdownNow();
        server.close();
    }

    private Duet duet(int port) {
        Duet duet = Duet.builder()
                .store(RedisStore.connect("redis://127.0.0.1:" + port))
                .build();
        open.add(0, duet);
        return duet;
    }

    private FaultProxy proxy() {
        FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
        open.add(proxy);
        return proxy;
    }

    private TwoLevelCache<String, String> users(int port, CacheLoader<String, String> loader) {
        return duet(port)
                .cache("users", String.class, String.class)
                .loader(loader)
                .build();
    }

    private String load(String key) {
        loads.incrementAndGet();
        return database.getOrDefault(key, "none");
    }

    /** Begins to set the clock. */
    private void set(Steps steps) {
        if (steps.after == 0) {
            server.stepClock(steps.by);
        }
        for (int i = steps.after == 0 ? 1 : 0; i < steps.times; i++) {
            Future<?> unused = clockmaker.schedule(
                    () -> server.stepClock(steps.by), steps.after + i * Steps.EVERY, TimeUnit.MILLISECONDS);
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @ParameterizedTest
    @EnumSource(Steps.class)
    void A43_writerDies_noReadIsStaleAfterItsTerm(Steps steps) throws Exception {
        TwoLevelCache<String, String> reader = users(server.port(), this::load);
        assertThat(reader.get("k")).isEqualTo("v1");
        FaultProxy way = proxy();
        TwoLevelCache<String, String> writer = users(way.port(), this::load);
        CountDownLatch committed = new CountDownLatch(1);
        threads.execute(() -> writer.update("k", () -> {
            way.cut();
            database.put("k", "v2");
            committed.countDown();
            awaitOver();
        }));
        committed.await();
        long died = System.nanoTime();

        set(steps);

        Duration lastStale = Duration.ZERO;
        while (since(died).compareTo(Duration.ofSeconds(8)) < 0) {
            if (!"v2".equals(reader.get("k"))) {
                lastStale = since(died);
            }
            clockmaker.schedule(() -> {}, 20, TimeUnit.MILLISECONDS).get();
        }
        assertThat(lastStale).isLessThan(ANNOUNCED.plus(SLACK));
    }

    @ParameterizedTest
    @EnumSource(Steps.class)
    void A43_loaderDies_readersLoadWithinItsTerm_andTheNextReadHits(Steps steps) throws Exception {
        TwoLevelCache<String, String> reader = users(server.port(), this::load);
        FaultProxy way = proxy();
        CountDownLatch leased = new CountDownLatch(1);
        TwoLevelCache<String, String> dying = users(way.port(), key -> {
            way.cut();
            leased.countDown();
            over.await();
            return "never";
        });
        threads.execute(() -> dying.get("k"));
        leased.await();
        long died = System.nanoTime();

        set(steps);

        assertThat(reader.get("k")).isEqualTo("v1");
        assertThat(since(died)).isLessThan(TERM.plus(SLACK));
        long start = System.nanoTime();
        assertThat(reader.get("k")).isEqualTo("v1");
        assertThat(since(start)).isLessThan(SLACK);
    }

    @ParameterizedTest
    @EnumSource(Steps.class)
    void A43_valueOfThreeSeconds_isLoadedAgainInTime(Steps steps) {
        TwoLevelCache<String, String> writer = duet(server.port())
                .cache("users", String.class, String.class)
                .loader(this::load)
                .expireAfterWrite(Duration.ofSeconds(3))
                .ttlJitter(0)
                .build();
        long start = System.nanoTime();
        assertThat(writer.get("k")).isEqualTo("v1");
        database.put("k", "v2"); // by somebody who does not know the cache

        set(steps);

        // A node that joins has nothing near, and so shows what is in Redis.
        TwoLevelCache<String, String> other = duet(server.port())
                .cache("users", String.class, String.class)
                .loader(this::load)
                .expireAfterWrite(Duration.ofSeconds(3))
                .ttlJitter(0)
                .build();
        await().atMost(LONG).until(() -> "v2".equals(other.get("k")));
        assertThat(since(start)).isLessThan(Duration.ofSeconds(3).plus(SLACK));
        await().atMost(LONG).until(() -> "v2".equals(writer.get("k")));
        assertThat(since(start)).isLessThan(Duration.ofSeconds(3).plus(SLACK));
    }

    @ParameterizedTest
    @EnumSource(
            value = Steps.class,
            names = {"AN_HOUR_BACK", "SECONDS_BACK"})
    void A43_nobodyIsThereToSeeTheStep_whatIsStoredStillEndsByItsTerm(Steps steps) throws Exception {
        FaultProxy way = proxy();
        CountDownLatch leased = new CountDownLatch(1);
        TwoLevelCache<String, String> dying = duet(way.port())
                .cache("users", String.class, String.class)
                .loader(key -> {
                    if (key.equals("leased")) {
                        leased.countDown();
                        awaitOver();
                    }
                    return "v1";
                })
                .expireAfterWrite(Duration.ofSeconds(3))
                .ttlJitter(0)
                .build();
        dying.get("k");
        dying.get("announced");
        threads.execute(() -> dying.get("leased"));
        leased.await();
        CountDownLatch committed = new CountDownLatch(1);
        threads.execute(() -> dying.update("announced", () -> {
            way.cut();
            committed.countDown();
            awaitOver();
        }));
        committed.await();
        long died = System.nanoTime();

        set(steps);

        TwoLevelCache<String, String> next = duet(server.port())
                .cache("users", String.class, String.class)
                .loader(key -> "v2")
                .expireAfterWrite(Duration.ofSeconds(3))
                .ttlJitter(0)
                .build();
        for (String key : List.of("announced", "leased", "k")) {
            await().atMost(LONG).until(() -> "v2".equals(next.get(key)));
            assertThat(since(died)).as(key).isLessThan(Duration.ofSeconds(3).plus(SLACK));
        }
    }

    /** A writer behind that notes when it was called, and may be told not to return. */
    private static final class Recorder implements CacheWriter<String, String> {
        private final List<String> made = new CopyOnWriteArrayList<>();
        private final CountDownLatch called = new CountDownLatch(1);
        private final Runnable inside;
        private volatile long began;

        Recorder(Runnable inside) {
            this.inside = inside;
        }

        @Override
        public void write(String key, String value) throws InterruptedException {
            began = System.nanoTime();
            called.countDown();
            inside.run();
            made.add(value);
        }

        @Override
        public void delete(String key) {
            throw new AssertionError("nothing is deleted");
        }
    }

    private TwoLevelCache<String, String> behind(int port, CacheWriter<String, String> writer) {
        return duet(port)
                .cache("behind", String.class, String.class)
                .writeBehind(WriteBehind.to(writer)
                        .flushEvery(FLUSH_EVERY)
                        .leaseTerm(TERM)
                        .closeTimeout(Duration.ofMillis(100)))
                .build();
    }

    private void awaitOver() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource(Steps.class)
    void A43_flusherDies_anotherWritesAfterItsTerm_andNoSooner(Steps steps) throws Exception {
        FaultProxy way = proxy();
        Recorder dying = new Recorder(() -> {
            way.cut();
            awaitOver();
        });
        behind(way.port(), dying).put("k", "w1");
        dying.called.await();

        set(steps);

        Recorder next = new Recorder(() -> {});
        TwoLevelCache<String, String> other = behind(server.port(), next);
        long watching = System.nanoTime();
        await().atMost(LONG).until(() -> !next.made.isEmpty());
        assertThat(since(watching)).isLessThan(TERM.plus(SLACK).plus(FLUSH_EVERY));
        assertThat(Duration.ofNanos(next.began - dying.began))
                .as("the first believes for so long that it is alone")
                .isGreaterThan(TERM.minus(FLUSH_EVERY));
        assertThat(next.made).containsExactly("w1");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(other.pendingWrites().size()).isZero());
    }

    @Test
    void A43_clockIsSetForward_whileAWriterIsCalled_noOtherNodeWrites_andItIsLogged() throws Exception {
        Recorder slow = new Recorder(() -> {
            try {
                boolean unused = over.await(2 * TERM.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Recorder other = new Recorder(() -> {});
        TwoLevelCache<String, String> first = behind(server.port(), slow);
        first.put("k", "w1");
        slow.called.await();
        behind(server.port(), other);

        server.stepClock(Duration.ofHours(1));

        await().atMost(LONG).until(() -> first.pendingWrites().size() == 0 && !slow.made.isEmpty());
        assertThat(other.made).isEmpty();
        assertThat(first.stats().writeBehind().late()).isZero();
        await().atMost(LONG).untilAsserted(() -> assertThat(warnings()).anyMatch(text -> text.contains("set forward")));
    }

    @Test
    void A43_clockIsSetBack_isLogged_onceByEachNode() {
        users(server.port(), this::load).get("k");

        server.stepClock(Duration.ofHours(-1));

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(warnings())
                        .filteredOn(
                                text -> text.contains("set back by 3") && text.contains(String.valueOf(server.port())))
                        .hasSize(1));
    }

    private List<String> warnings() {
        return new ArrayList<>(log.list)
                .stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
