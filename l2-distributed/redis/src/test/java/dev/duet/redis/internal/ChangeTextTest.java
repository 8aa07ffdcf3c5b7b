package dev.duet.redis.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.Effect;
import dev.duet.store.RecordKey;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeTextTest {

    private static Change parse(String text) {
        return ChangeText.parse(text.getBytes(StandardCharsets.UTF_8), 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"456", "", " ", "two words", "line\nbreak", "K 1 2 n c k", "🦄"})
    void parse_ofAKey_givesItBack(String key) {
        String text = ChangeText.before(false, 17) + 99 + ChangeText.after("n1", new RecordKey(17, "users", key));

        assertThat(parse(text)).isEqualTo(new Change(17, 99, "users", key, "n1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"456", "", " ", "two words", "H a b"})
    void hint_isGivenBack_andIsNoChange(String key) {
        for (boolean failed : new boolean[] {false, true}) {
            byte[] bytes =
                    ChangeText.hint(new RecordKey(17, "users", key), failed).getBytes(StandardCharsets.UTF_8);

            assertThat(ChangeText.parseHint(bytes)).isEqualTo(new Effect.Hinted("users", key, failed));
            assertThat(ChangeText.parse(bytes, 64)).isNull();
        }
    }

    @Test
    void parse_ofAWholeCache_givesItBack() {
        assertThat(parse(ChangeText.before(true, 63) + 99 + ChangeText.after("n1", "users")))
                .isEqualTo(new Change(63, 99, "users", null, "n1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "K",
                "hello",
                "K 17",
                "K 17 99 n1 users",
                "C 17 99 n1",
                "C 17 99 n1 users key",
                "X 17 99 n1 users 456",
                "K 64 99 n1 users 456",
                "K -1 99 n1 users 456",
                "K x 99 n1 users 456",
                "K 17 x n1 users 456",
                "K 17 0 n1 users 456",
                "K 17 99999999999999999999 n1 users 456",
                "K 17 99  users 456",
                "K 17 99 n1  456"
            })
    void parse_ofAnythingElse_isNull(String text) {
        assertThat(parse(text)).isNull();
    }

    @Test
    void parse_ofBytesThatAreNoText_isNull() {
        assertThat(ChangeText.parse(new byte[] {'K', ' ', (byte) 0xff, (byte) 0xfe}, 64))
                .isNull();
    }
}
