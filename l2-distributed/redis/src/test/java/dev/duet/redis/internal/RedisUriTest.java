package dev.duet.redis.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUriTest {

    @Test
    void parse_ofAHostAlone_hasTheDefaults() {
        assertThat(RedisUri.parse("redis://cache"))
                .isEqualTo(new RedisUri(
                        false, null, null, "cache", 6379, 0, Duration.ofSeconds(2), Duration.ofSeconds(2)));
    }

    @Test
    void parse_ofEverything() {
        assertThat(RedisUri.parse("rediss://ada:a%40b%3A+%25@cache.example.com:7000/5?connectTimeout=3s&timeout=500ms"))
                .isEqualTo(new RedisUri(
                        true,
                        "ada",
                        "a@b:+%",
                        "cache.example.com",
                        7000,
                        5,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(3)));
    }

    @Test
    void parse_ofAPasswordAlone_hasNoUser() {
        RedisUri uri = RedisUri.parse("redis://:secret@127.0.0.1/");

        assertThat(uri.user()).isNull();
        assertThat(uri.password()).isEqualTo("secret");
        assertThat(uri).hasToString("redis://127.0.0.1:6379/0");
    }

    @Test
    void parse_ofAnIpv6Address() {
        assertThat(RedisUri.parse("redis://[::1]:7000").server()).isEqualTo("redis://[::1]:7000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://cache | scheme 'http'",
                "cache:6379 | scheme 'cache'",
                "127.0.0.1:6379 | not a URI",
                "redis://:secret@ | host",
                "redis:///0 | host",
                "redis://ca_che | host",
                "redis://:sec#ret@cache | host",
                "redis://:secret@cache#x | fragment",
                "redis://:sec ret@cache | percent-encoding",
                "redis://:secret%zz@cache | percent-encoding",
                "redis://secret@cache | user without a password",
                "redis://user:@cache | empty password",
                "redis://:secret@cache:0 | port 0",
                "redis://:secret@cache:70000 | port 70000",
                "redis://:secret@cache/db | path '/db'",
                "redis://:secret@cache/1/2 | path '/1/2'",
                "redis://:secret@cache/-1 | path '/-1'",
                "redis://cache?ssl=true | unknown parameter 'ssl'",
                "redis://cache? | unknown parameter ''",
                "redis://cache?timeout=5 | timeout '5'",
                "redis://cache?timeout | timeout ''",
                "redis://cache?timeout=0ms | timeout '0ms'",
                "redis://cache?timeout=-1s | timeout '-1s'",
                "redis://cache?connectTimeout=2m | connectTimeout '2m'",
                "redis://cache?timeout=999999999s | timeout '999999999s'",
            })
    void parse_ofSomethingWrong_namesThePart_andTheRemedy_andNotThePassword(String uri, String part) {
        assertThatThrownBy(() -> RedisUri.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(part)
                .hasMessageContaining("write redis://[user[:password]@]host")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
