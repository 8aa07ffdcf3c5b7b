package dev.duet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RecordHeaderTest {

    private static final RecordKey KEY = new RecordKey(3, "users", "456");

    @Property
    void unwrap_wrapped_isTheSame(@ForAll byte[] body) {
        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrap(KEY, "json", body)))
                .isEqualTo(new RecordHeader.Body(Payload.of(body)));
    }

    @Test
    void unwrap_absent_isNoValue() {
        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrapAbsent(KEY, "json")))
                .isEqualTo(new RecordHeader.Body(null));
    }

    @Property
    void A36_unwrap_anyBitFlipped_isNothing(@ForAll byte[] body, @ForAll @IntRange(max = 10_000) int at) {
        byte[] bytes = RecordHeader.wrap(KEY, "json", body).bytes().clone();
        int bit = at % (bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(bytes))).isNull();
    }

    @Property
    void A36_unwrap_truncated_isNothing(@ForAll byte[] body, @ForAll @IntRange(max = 10_000) int at) {
        byte[] bytes = RecordHeader.wrap(KEY, "json", body).bytes();

        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(Arrays.copyOf(bytes, at % bytes.length))))
                .isNull();
    }

    @Property
    void A36_unwrap_anyBytes_isNothing(@ForAll byte[] bytes) {
        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(bytes))).isNull();
    }

    @Test
    void A36_unwrap_ofAnotherKeyCacheOrFormat_isNothing() {
        Payload payload = RecordHeader.wrap(KEY, "json", new byte[] {1, 2, 3});

        assertThat(RecordHeader.unwrap(new RecordKey(3, "users", "457"), "json", payload))
                .isNull();
        assertThat(RecordHeader.unwrap(new RecordKey(3, "user", "456"), "json", payload))
                .isNull();
        assertThat(RecordHeader.unwrap(KEY, "cbor", payload)).isNull();
    }
}
