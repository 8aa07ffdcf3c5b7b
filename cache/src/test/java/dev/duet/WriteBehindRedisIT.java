package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.redis.RedisStore;
import dev.duet.store.StoreConfigurationException;
import dev.duet.testkit.JvmProcess;
import dev.duet.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What writing behind asks of a real Redis, and what it keeps when that or a node is killed. */
class WriteBehindRedisIT {

    static final Duration TERM = Duration.ofSeconds(2);

    private static final long ID = 456;

    /** What a busy machine may take to start a round and write. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Recorder writer = new Recorder();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(WriteBehindPath.class);

    /** Remembers what it is to write; fails while a test says so. */
    private static final class Recorder implements CacheWriter<Long, String> {
        final List<CacheWrite<Long, String>> writes = new CopyOnWriteArrayList<>();
        volatile boolean down;

        @Override
        public void write(Long key, String value) {
            throw new AssertionError("a batch is written together");
        }

        @Override
        public void delete(Long key) {
            throw new AssertionError("a batch is written together");
        }

        @Override
        public void writeAll(List<CacheWrite<Long, String>> batch) throws IOException {
            if (down) {
                throw new IOException("down");
            }
            writes.addAll(batch);
        }
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(log);
        logger.setLevel(null);
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private RedisServer redis(String... directives) {
        var builder = RedisServer.builder();
        for (int i = 0; i < directives.length; i += 2) {
            builder.directive(directives[i], directives[i + 1]);
        }
        RedisServer server = builder.start();
        open.add(server);
        return server;
    }

    private RedisServer durableRedis() {
        return redis("appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction");
    }

    private TwoLevelCache<Long, String> node(RedisServer server) {
        Duet duet = Duet.builder().store(RedisStore.connect(server.uri())).build();
        open.add(0, duet);
        return duet.cache("items", Long.class, String.class)
                .writeBehind(WriteBehind.<Long, String>to(writer)
                        .flushEvery(Duration.ofMillis(50))
                        .leaseTerm(TERM)
                        .closeTimeout(Duration.ofMillis(200))
                        .retry(WriteRetry.exponential(Duration.ofMillis(50), Duration.ofMillis(500))))
                .build();
    }

    private List<String> warnings() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void redisThatEvictsAnything_isRefused_withTheRemedy() {
        RedisServer server = redis("maxmemory-policy", "allkeys-lru");

        assertThatThrownBy(() -> node(server))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("'items'")
                .hasMessageContaining("maxmemory-policy allkeys-lru")
                .hasMessageContaining("set maxmemory-policy to noeviction");
    }

    @Test
    void redisThatKeepsNothing_isWarnedOf_withTheRemedy() {
        node(redis());

        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("'items'", "no append-only file and no replica", "appendonly yes");
    }

    @Test
    void redisThatKeepsTheLastSecondAtMost_isWarnedOf_withTheRemedy() {
        node(redis("appendonly", "yes", "appendfsync", "everysec"));

        assertThat(warnings()).singleElement().asString().contains("appendfsync everysec", "appendfsync always");
    }

    @Test
    void redisThatKeepsAll_isNotWarnedOf() {
        node(durableRedis());

        assertThat(warnings()).isEmpty();
    }

    @Test
    void nodeKilledBetweenDatabaseAndStore_anotherMakesTheSameWriteWithinTheTerm() {
        RedisServer server = durableRedis();
        try (JvmProcess flusher = JvmProcess.start(
                "flusher", HangingFlusher.class, List.of("-Xmx128m"), List.of(server.uri(), String.valueOf(ID)))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> flusher.output().contains(HangingFlusher.WRITTEN));
            Matcher version = Pattern.compile(HangingFlusher.WRITTEN + "(\\d+)").matcher(flusher.output());
            assertThat(version.find()).isTrue();
            TwoLevelCache<Long, String> other = node(server);
            assertThat(other.get(ID, key -> "from the database")).isEqualTo("a");
            await().during(TERM).atMost(TERM.plus(SLACK)).until(writer.writes::isEmpty); // its lease is renewed

            flusher.kill();
            long killed = System.nanoTime();

            await().atMost(Duration.ofSeconds(30)).until(() -> !writer.writes.isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(TERM.plus(SLACK));
            assertThat(writer.writes).containsExactly(new CacheWrite<>(ID, "a", Long.parseLong(version.group(1))));
            assertThat(other.pendingWrites().flush(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void redisKilledAndStartedAgain_whatIsPendingIsRead_andWritten() {
        RedisServer server = durableRedis();
        writer.down = true;
        TwoLevelCache<Long, String> node = node(server);
        node.put(ID, "a");
        node.invalidate(7L);

        server.kill();
        server.restart(RedisServer.Data.KEEP);

        TwoLevelCache<Long, String> another = node(server);
        assertThat(another.get(ID, key -> "from the database")).isEqualTo("a");
        assertThat(another.get(7L, key -> "from the database")).isNull();
        assertThat(writer.writes).isEmpty();
        writer.down = false;
        await().atMost(Duration.ofSeconds(30)).until(() -> writer.writes.size() >= 2);
        assertThat(writer.writes).extracting(CacheWrite::key).containsExactlyInAnyOrder(ID, 7L);
        assertThat(another.pendingWrites().flush(Duration.ofSeconds(10))).isTrue();
        assertThat(another.stats().writeBehind().lost()).isZero();
    }
}
