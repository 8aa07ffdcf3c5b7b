package dev.duet.redis.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FloorsTextTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"users, 5", "orders, 7", "user, 3", "sers, 3", "a.b, 3"})
    void floor_isTheCachesOwn_orElseTheBase(String cache, long floor) {
        assertThat(FloorsText.floor(bytes("3 f00 users=5 orders=7 a-b=9"), cache))
                .isEqualTo(floor);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "3",
                "x f00 users=5",
                "0 f00 users=5",
                "-3 f00",
                "3 f00 users=",
                "3 f00 users=x",
                "3 f00 users=0",
                "3 f00 users=5x",
                "9007199254740991 f00",
                "99999999999999999999 f00"
            })
    void floor_thatTheTextDoesNotSay_isLost(String text) {
        assertThat(FloorsText.floor(bytes(text), "users")).isZero();
    }

    @Test
    void version_isANumberAndNothingElse() {
        assertThat(FloorsText.version(bytes("1700000000000000"))).isEqualTo(1_700_000_000_000_000L);
        for (String text : new String[] {"", "0", "-1", "1 ", "x", "9007199254740991"}) {
            assertThat(FloorsText.version(bytes(text))).as(text).isZero();
        }
    }
}
