package dev.duet.testkit;

import static dev.duet.testkit.RedisServer.Data.EMPTY;
import static dev.duet.testkit.RedisServer.Data.KEEP;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.duet.testkit.RedisServer.CommandException;
import dev.duet.testkit.RedisServer.Source;
import dev.duet.testkit.internal.Commands;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisServerIT {

    private static final Duration CLEANUP = Duration.ofSeconds(10);
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    @Test
    void start_defaults_answersOnItsUriAndPort() {
        try (RedisServer redis = RedisServer.start()) {
            assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
            assertThat(redis.password()).isEmpty();
            assertThat(redis.isRunning()).isTrue();
            assertThat(redis.command("PING")).isEqualTo("PONG");
            assertThat(redis.command("INFO", "server").toString()).contains("redis_version:" + redis.version());
            assertThat(redis.command("INFO", "server").toString()).contains("process_id:" + redis.pid());
        }
    }

    @Test
    void start_fromJar_runsRedis62() {
        try (RedisServer redis = RedisServer.builder().source(Source.JAR).start()) {
            assertThat(redis.source()).isEqualTo(Source.JAR);
            assertThat(redis.version()).startsWith("6.2.");
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void start_fromPath_runsItOrSaysThatThereIsNone() {
        RedisServerBuilder builder = RedisServer.builder().source(Source.PATH);
        if (Commands.onPath("redis-server").isPresent()) {
            try (RedisServer redis = builder.start()) {
                assertThat(redis.source()).isEqualTo(Source.PATH);
                assertThat(redis.command("PING")).isEqualTo("PONG");
            }
        } else {
            assertThatThrownBy(builder::start).hasMessageContaining("No redis-server 6.2 or later on the PATH");
        }
    }

    @Test
    void start_withPassword_refusesClientsWithoutIt() {
        try (RedisServer redis = RedisServer.builder().password("p\"ss w\\rd").start()) {
            assertThat(redis.uri()).isEqualTo("redis://:p%22ss%20w%5Crd@127.0.0.1:" + redis.port());
            assertThat(redis.command("CONFIG", "GET", "requirepass")).isEqualTo(List.of("requirepass", "p\"ss w\\rd"));
            assertThatThrownBy(() -> redis.command("AUTH", "wrong"))
                    .isInstanceOf(CommandException.class)
                    .hasMessageStartingWith("WRONGPASS");
        }
    }

    @Test
    void start_withDirectives_appliesThem() {
        try (RedisServer redis = RedisServer.builder()
                .directive("maxmemory", "64mb")
                .directive("client-output-buffer-limit", "pubsub 1mb 512kb 10")
                .start()) {
            assertThat(redis.command("CONFIG", "GET", "maxmemory")).isEqualTo(List.of("maxmemory", "67108864"));
            assertThat(redis.command("CONFIG", "GET", "client-output-buffer-limit")
                            .toString())
                    .contains("pubsub 1048576 524288 10");
        }
    }

    @Test
    void start_withUnknownDirective_failsWithTheLogAndLeavesNothing(@TempDir Path temporary) throws Exception {
        String before = System.setProperty("java.io.tmpdir", temporary.toString());
        try {
            assertThatThrownBy(() ->
                            RedisServer.builder().directive("no-such", "1").start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("status 1")
                    .hasMessageContaining("no-such 1");
            assertThat(ChildJvm.serverDirectories(temporary)).isEmpty();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void start_withTls_speaksTlsIfTheExecutableDoesAndElseSaysSo(Source source) {
        if (source == Source.PATH && Commands.onPath("redis-server").isEmpty()) {
            assertThat(catchThrowable(
                            () -> RedisServer.builder().source(source).tls().start()))
                    .hasMessageContaining("No redis-server 6.2 or later on the PATH");
            return;
        }
        boolean supported;
        try (RedisServer plain = RedisServer.builder().source(source).start()) {
            supported = plain.supportsTls();
            assertThatThrownBy(plain::trustStore).isInstanceOf(IllegalStateException.class);
        }
        RedisServerBuilder builder = RedisServer.builder().source(source).tls().password("secret");
        if (supported) {
            try (RedisServer redis = builder.start()) {
                assertThat(redis.uri()).isEqualTo("rediss://:secret@127.0.0.1:" + redis.port());
                assertThat(redis.command("PING")).isEqualTo("PONG");
                assertThat(redis.trustStore()).isRegularFile();
                redis.restart(EMPTY);
                assertThat(redis.command("PING")).isEqualTo("PONG");
            }
        } else {
            assertThatThrownBy(builder::start).hasMessageContaining("has no TLS");
        }
    }

    @Test
    void command_eachKindOfReply_isTheJavaValue() {
        try (RedisServer redis = RedisServer.start()) {
            assertThat(redis.command("SET", "key", "välue")).isEqualTo("OK");
            assertThat(redis.command("GET", "key")).isEqualTo("välue");
            assertThat(redis.command("GET", "none")).isNull();
            assertThat(redis.command("STRLEN", "key")).isEqualTo(6L);
            assertThat(redis.command("MGET", "key", "none")).isEqualTo(Arrays.asList("välue", null));
            assertThat(redis.command("EVAL", "return {1, {'a'}, redis.error_reply('MY error')}", "0"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .satisfies(list -> assertThat(list.subList(0, 2)).isEqualTo(List.of(1L, List.of("a"))))
                    .last()
                    .isInstanceOf(CommandException.class);
            assertThatThrownBy(() -> redis.command("LPUSH", "key", "x"))
                    .isInstanceOf(CommandException.class)
                    .hasMessageStartingWith("WRONGTYPE");
        }
    }

    @Test
    void commandBytes_binaryValue_comesBackUnchanged() {
        byte[] value = {0, (byte) 0xff, '\r', '\n', (byte) 0xc3};
        try (RedisServer redis = RedisServer.start()) {
            redis.commandBytes(bytes("SET"), bytes("key"), value);

            assertThat(redis.commandBytes(bytes("GET"), bytes("key"))).isEqualTo(value);
        }
    }

    @Test
    void pause_runningServer_answersNothingUntilResumed() {
        try (RedisServer redis = RedisServer.start()) {
            redis.pause();
            assertThat(redis.isRunning()).isTrue();
            var reply = CompletableFuture.supplyAsync(() -> redis.command("PING"));
            await().during(Duration.ofMillis(200)).until(() -> !reply.isDone());

            redis.resume();
            assertThat(reply).succeedsWithin(Duration.ofSeconds(4)).isEqualTo("PONG");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kill_runningOrPausedServer_refusesConnections(boolean paused) {
        try (RedisServer redis = RedisServer.start()) {
            if (paused) {
                redis.pause();
            }

            redis.kill();

            assertThat(redis.isRunning()).isFalse();
            assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(redis::pause).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void restart_keep_bringsBackTheDataOnTheSamePort() {
        try (RedisServer redis = RedisServer.start()) {
            int port = redis.port();
            long pid = redis.pid();
            redis.command("SET", "key", "value");
            redis.pause();

            redis.restart(KEEP);

            assertThat(redis.port()).isEqualTo(port);
            assertThat(redis.pid()).isNotEqualTo(pid);
            assertThat(redis.command("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void restart_keepAfterKill_bringsBackWhatWasPersisted() {
        try (RedisServer redis = RedisServer.builder()
                .directive("appendonly", "yes")
                .directive("appendfsync", "always")
                .start()) {
            redis.command("SET", "key", "value");
            redis.kill();

            redis.restart(KEEP);

            assertThat(redis.command("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void restartFrom_snapshot_bringsBackWhatWasThere(@TempDir Path directory) {
        try (RedisServer redis = RedisServer.start()) {
            Path snapshot = directory.resolve("snapshot");
            redis.command("SET", "key", "old");
            redis.snapshotTo(snapshot);
            redis.command("SET", "key", "new");
            redis.snapshotTo(directory.resolve("later"));

            redis.restartFrom(snapshot);

            assertThat(redis.command("GET", "key")).isEqualTo("old");
        }
    }

    @Test
    void restart_empty_bringsBackNothing() {
        try (RedisServer redis = RedisServer.builder()
                .directive("appendonly", "yes")
                .directive("appendfsync", "always")
                .start()) {
            redis.command("SET", "key", "value");

            redis.restart(EMPTY);

            assertThat(redis.command("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void close_runningServer_endsTheProcessAndRemovesItsDirectory() {
        RedisServer redis = RedisServer.start();
        long pid = redis.pid();
        assertThat(redis.directory()).isDirectory();

        redis.close();
        redis.close();

        assertThat(ChildJvm.isRunning(pid)).isFalse();
        assertThat(redis.directory()).doesNotExist();
        assertThatThrownBy(() -> redis.restart(KEEP)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "paused-redis"})
    void jvmKilled_whileServerRuns_takesServerAndDirectoryWithIt(String server, @TempDir Path temporary)
            throws Exception {
        try (ChildJvm jvm = ChildJvm.start(server, temporary)) {
            long pid = jvm.awaitServer();
            assertThat(ChildJvm.isRunning(pid)).isTrue();
            assertThat(ChildJvm.serverDirectories(temporary)).hasSize(1);

            jvm.kill();

            await().atMost(CLEANUP).until(() -> !ChildJvm.isRunning(pid));
            await().atMost(CLEANUP)
                    .until(() -> ChildJvm.serverDirectories(temporary).isEmpty());
            await().atMost(CLEANUP).until(() -> ChildJvm.processesIn(temporary).isEmpty());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void stepClock_setsTheTime_backAndForward_overRestarts(Source source) {
        if (source == Source.PATH && Commands.onPath("redis-server").isEmpty()) {
            return; // start_fromPath_runsItOrSaysThatThereIsNone
        }
        try (RedisServer redis =
                RedisServer.builder().source(source).steppableClock().start()) {
            assertThat(offset(redis)).isBetween(-MINUTE, MINUTE);

            redis.stepClock(Duration.ofHours(-1));
            assertThat(offset(redis)).isBetween(-HOUR - MINUTE, -HOUR + MINUTE);
            assertThat(redis.command("PING")).isEqualTo("PONG");

            redis.restart(KEEP);
            assertThat(offset(redis)).isBetween(-HOUR - MINUTE, -HOUR + MINUTE);

            redis.stepClock(Duration.ofHours(3));
            assertThat(offset(redis)).isBetween(2 * HOUR - MINUTE, 2 * HOUR + MINUTE);
            redis.command("SET", "k", "v", "PX", "60000");
            redis.stepClock(Duration.ofHours(1));
            assertThat(redis.command("GET", "k")).isNull();
        }
    }

    @Test
    void stepClock_ofAServerWithTheMachinesClock_isRefused() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatThrownBy(() -> redis.stepClock(Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("steppableClock()");
        }
    }

    /** By how many milliseconds a server's clock is ahead. */
    private static long offset(RedisServer redis) {
        List<?> time = (List<?>) redis.command("TIME");
        return Long.parseLong((String) time.get(0)) * 1_000
                + Long.parseLong((String) time.get(1)) / 1_000
                - System.currentTimeMillis();
    }
}
