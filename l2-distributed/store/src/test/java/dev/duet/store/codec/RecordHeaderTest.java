package dev.duet.store.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class RecordHeaderTest {

    private static final RecordKey KEY = new RecordKey(3, "users", "456");

    @Property
    void unwrap_wrapped_isTheSame(@ForAll byte[] body) {
        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrap(KEY, "json", body)))
                .isEqualTo(new RecordHeader.Body(Payload.of(body), null));
    }

    @Test
    void unwrap_absent_isNoValue() {
        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrapAbsent(KEY, "json")))
                .isEqualTo(new RecordHeader.Body(null, null));
    }

    @Property
    void unwrap_wrappedWithValidator_isTheSame(
            @ForAll byte[] body, @ForAll @StringLength(min = 1, max = 1_024) String validator) {
        Assume.that(UTF_8.newEncoder().canEncode(validator));

        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrap(KEY, "json", body, validator)))
                .isEqualTo(new RecordHeader.Body(Payload.of(body), validator));
    }

    @Property
    void wrap_withoutValidator_isAsEver(@ForAll byte[] body) {
        assertThat(RecordHeader.wrap(KEY, "json", body, null)).isEqualTo(RecordHeader.wrap(KEY, "json", body));
    }

    @Test
    void wrap_withoutValidator_hasTheBytesThatOlderNodesRead() {
        byte[] body = {1, 2, 3};
        CRC32C checksum = new CRC32C();
        checksum.update("users:456\njsonV".getBytes(UTF_8));
        checksum.update(body);

        assertThat(RecordHeader.wrap(KEY, "json", body, null).bytes())
                .isEqualTo(ByteBuffer.allocate(9)
                        .put((byte) 0xD7)
                        .put((byte) 'V')
                        .putInt((int) checksum.getValue())
                        .put(body)
                        .array());
    }

    @Test
    void wrap_validatorOfTheMostBytes_isKept() {
        String validator = "v".repeat(RecordHeader.MAXIMUM_VALIDATOR_LENGTH);

        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.wrap(KEY, "json", new byte[] {1}, validator)))
                .isEqualTo(new RecordHeader.Body(Payload.of(new byte[] {1}), validator));
    }

    @Test
    void wrap_validatorEmptyOrTooLong_isRefused() {
        for (String validator : List.of("", "v".repeat(RecordHeader.MAXIMUM_VALIDATOR_LENGTH + 1))) {
            assertThatThrownBy(() -> RecordHeader.wrap(KEY, "json", new byte[] {1}, validator))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("validator")
                    .hasMessageContaining("'users'");
        }
    }

    @Property
    void A36_unwrap_anyBitOfAValidatedFlipped_isNothing(@ForAll byte[] body, @ForAll @IntRange(max = 10_000) int at) {
        byte[] bytes = RecordHeader.wrap(KEY, "json", body, "etag-1").bytes().clone();
        int bit = at % (bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(bytes))).isNull();
    }

    @Property
    void A36_unwrap_validatedTruncated_isNothing(@ForAll byte[] body, @ForAll @IntRange(max = 10_000) int at) {
        byte[] bytes = RecordHeader.wrap(KEY, "json", body, "etag-1").bytes();

        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(Arrays.copyOf(bytes, at % bytes.length))))
                .isNull();
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

    @Property
    void unwrap_marked_isTheSameWithItsSchema(@ForAll byte[] body) {
        Payload plain = RecordHeader.wrap(KEY, "json", body, "etag-1");

        assertThat(RecordHeader.unwrap(KEY, "json", RecordHeader.mark(KEY, "json", plain, "2")))
                .isEqualTo(new RecordHeader.Body(Payload.of(body), "etag-1", "2"));
        assertThat(RecordHeader.unwrap(
                        KEY, "json", RecordHeader.mark(KEY, "json", RecordHeader.wrapAbsent(KEY, "json"), "2")))
                .isEqualTo(new RecordHeader.Body(null, null, "2"));
    }

    @Property
    void A36_unwrap_anyBitOfAMarkedFlippedOrCut_isNothing(@ForAll byte[] body, @ForAll @IntRange(max = 10_000) int at) {
        byte[] bytes = RecordHeader.mark(KEY, "json", RecordHeader.wrap(KEY, "json", body), "2")
                .bytes()
                .clone();
        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(Arrays.copyOf(bytes, at % bytes.length))))
                .isNull();
        int bit = at % (bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThat(RecordHeader.unwrap(KEY, "json", Payload.of(bytes))).isNull();
    }

    @Test
    void mark_versionTooLong_isRefused() {
        Payload plain = RecordHeader.wrap(KEY, "json", new byte[] {1});

        assertThatThrownBy(() -> RecordHeader.mark(KEY, "json", plain, "v".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
