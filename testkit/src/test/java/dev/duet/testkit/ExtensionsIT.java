package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(MethodOrderer.MethodName.class)
class ExtensionsIT {

    @RegisterExtension
    static final RedisExtension redis =
            RedisExtension.create(builder -> builder.password("secret")).flushBeforeEach();

    @RegisterExtension
    static final PostgresExtension postgres =
            PostgresExtension.create(builder -> builder.setting("max_connections", "9"));

    @Test
    void server_inTest_isTheParameterToo(RedisServer redisServer, PostgresServer postgresServer) {
        assertThat(redisServer).isSameAs(redis.server());
        assertThat(redisServer.password()).contains("secret");
        assertThat(postgresServer).isSameAs(postgres.server());
        assertThat(postgresServer.isRunning()).isTrue();
    }

    @RepeatedTest(2)
    void flushBeforeEach_keysOfAnEarlierTest_areGone() {
        assertThat(redis.server().command("DBSIZE")).isEqualTo(0L);
        redis.server().command("SET", "key", "value");
    }

    @Test
    void server_outsideItsClass_fails() {
        assertThatThrownBy(() -> RedisExtension.create().server()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PostgresExtension.create().server()).isInstanceOf(IllegalStateException.class);
    }

    @AfterAll
    static void afterAll_server_stillRuns() {
        assertThat(redis.server().isRunning()).isTrue();
        assertThat(postgres.server().isRunning()).isTrue();
    }

    @Nested
    class Inner {

        @Test
        void server_inNestedClass_isThatOfTheOuterClass(RedisServer server) {
            assertThat(server).isSameAs(redis.server());
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }
}
