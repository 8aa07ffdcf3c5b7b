package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import dev.duet.store.codec.CodecException;
import dev.duet.store.codec.ValueCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PayloadsTest {

    private static final RecordKey KEY = new RecordKey(0, "users", "456");

    /** Text, which fails when it is told to, and counts. */
    private static final class Text implements ValueCodec<String> {
        private String format = "text";
        private Throwable onEncode;
        private Throwable onDecode;
        private int decoded;

        @Override
        public byte[] encode(String value) {
            fail(onEncode);
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            decoded++;
            fail(onDecode);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private static void fail(Throwable failure) {
            if (failure instanceof Error error) {
                throw error;
            } else if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }

        @Override
        public String format() {
            return format;
        }
    }

    private final Text codec = new Text();
    private final Payloads<String> payloads = new Payloads<>(codec, "a.b.Text", 10, "users", null);

    @Test
    void decode_ofEncode_isTheValueAndItsValidator() {
        assertThat(payloads.decode(KEY, payloads.encode(KEY, "value", null)))
                .isEqualTo(new Payloads.Decoded<>("value", null));
        assertThat(payloads.decode(KEY, payloads.encode(KEY, "value", "v1")))
                .isEqualTo(new Payloads.Decoded<>("value", "v1"));
        assertThat(payloads.decode(KEY, payloads.encode(KEY, "", null))).isEqualTo(new Payloads.Decoded<>("", null));
    }

    @Test
    void decode_absent_isNoValue() {
        assertThat(payloads.decode(KEY, payloads.encodeAbsent(KEY))).isEqualTo(new Payloads.Decoded<>(null, null));
        assertThat(codec.decoded).isZero();
    }

    @Test
    void encode_larger_isNull() {
        assertThat(payloads.encode(KEY, "0123456789", null)).isNotNull();
        assertThat(payloads.encode(KEY, "01234567890", null)).isNull();
    }

    @Test
    void encode_validator_doesNotCountTowardsTheSize() {
        assertThat(payloads.encode(KEY, "0123456789", "v".repeat(100))).isNotNull();
    }

    @Test
    void encode_sizeIsInBytes() {
        assertThat(payloads.encode(KEY, "\u00e4".repeat(6), null)).isNull();
    }

    @Test
    void encode_fails_namesTypeCacheKeyAndRemedy() {
        codec.onEncode = new IllegalStateException("broken");

        assertThatThrownBy(() -> payloads.encode(KEY, "value", null))
                .isInstanceOfSatisfying(CodecException.class, e -> {
                    assertThat(e.cache()).isEqualTo("users");
                    assertThat(e.key()).isEqualTo("456");
                })
                .hasMessageContaining("a.b.Text")
                .hasMessageContaining("text")
                .hasMessageContaining("codec(…)")
                .hasCause(codec.onEncode);
    }

    @Test
    void encode_missingClass_isACodecException() {
        codec.onEncode = new NoClassDefFoundError("a/b/Gone");

        assertThatThrownBy(() -> payloads.encode(KEY, "value", null)).isInstanceOf(CodecException.class);
    }

    @Test
    void encode_firstValues_areReadBack_andLaterOnesOnceInAWhile() {
        for (int i = 1; i <= 16; i++) {
            Payload unused = payloads.encode(KEY, "value", null);
            assertThat(codec.decoded).isEqualTo(i);
        }
        for (int i = 17; i <= 100; i++) {
            Payload unused = payloads.encode(KEY, "value", null);
        }

        assertThat(codec.decoded).isEqualTo(18);
    }

    @Test
    void encode_laterValueCannotBeReadBack_isStoredAllTheSame() {
        Payload first = payloads.encode(KEY, "one", null);
        codec.onDecode = new IllegalStateException("write-only");

        assertThat(payloads.encode(KEY, "one", null)).isEqualTo(first);
    }

    @Test
    void encode_cannotBeReadBack_isFoundAtOnceAndEachTime() {
        codec.onDecode = new IllegalStateException("write-only");

        assertThatThrownBy(() -> payloads.encode(KEY, "one", null)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> payloads.encode(KEY, "two", null)).isInstanceOf(CodecException.class);
    }

    @Test
    void decode_ofAnotherKey_isNull() {
        Payload payload = payloads.encode(KEY, "value", null);

        assertThat(payloads.decode(new RecordKey(0, "users", "457"), payload)).isNull();
        assertThat(payloads.decode(new RecordKey(0, "orders", "456"), payload)).isNull();
    }

    @Test
    void decode_ofAnotherFormat_isNullAndTheCodecIsNotAsked() {
        Payload payload = payloads.encode(KEY, "value", null);
        int before = codec.decoded;
        codec.format = "text2";

        assertThat(payloads.decode(KEY, payload)).isNull();
        assertThat(codec.decoded).isEqualTo(before);
    }

    @Test
    void decode_damaged_isNull() {
        byte[] bytes = payloads.encode(KEY, "value", "v1").bytes().clone();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 1;
            assertThat(payloads.decode(KEY, Payload.of(bytes.clone()))).isNull();
            bytes[i] ^= 1;
        }
        assertThat(payloads.decode(KEY, Payload.of(new byte[0]))).isNull();
        assertThat(payloads.decode(KEY, Payload.of("text".getBytes(StandardCharsets.UTF_8))))
                .isNull();
    }

    @Test
    void decode_codecFails_isNull() {
        Payload payload = payloads.encode(KEY, "value", null);

        codec.onDecode = new IllegalStateException("other schema");
        assertThat(payloads.decode(KEY, payload)).isNull();
        codec.onDecode = new NoClassDefFoundError("a/b/Gone");
        assertThat(payloads.decode(KEY, payload)).isNull();
    }

    @Test
    void body_ofAnySize_isReadAsACopy() {
        String value = "0123456789 and more";

        assertThat(payloads.decodeBody(payloads.encodeBody(value)))
                .isEqualTo(value)
                .isNotSameAs(value);
    }

    @Test
    void body_codecFails_reachesTheCallerAsItself() {
        codec.onEncode = new IllegalStateException("broken");
        assertThatThrownBy(() -> payloads.encodeBody("value")).isSameAs(codec.onEncode);
        codec.onDecode = new IllegalStateException("broken too");
        assertThatThrownBy(() -> payloads.decodeBody(new byte[0])).isSameAs(codec.onDecode);
    }
}
