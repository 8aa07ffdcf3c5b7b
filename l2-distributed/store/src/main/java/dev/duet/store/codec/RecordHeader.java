package dev.duet.store.codec;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header that Duet puts before the bytes of a value: a mark, the kind (a value, a value with its validator, or the fact
 * that there is none), and a checksum over the key, the format, the kind and all that follows. So bytes that are damaged, foreign, of another format, or that
 * belong to another key are never decoded (anomaly A36).
 *
 * <pre>
 * 0      1      2                     6
 * | 0xD7 | 'V'  | CRC-32C, big endian | bytes of the value …
 * | 0xD7 | 'A'  | CRC-32C, big endian |
 * | 0xD7 | 'W'  | CRC-32C, big endian | length n, 2 bytes, big endian | n bytes of validator, UTF-8 | bytes of the value …
 * | 0xD7 | 'S'  | CRC-32C, big endian | length n, 1 byte | n bytes of schema version, UTF-8 | 'V', 'A' or 'W', and what follows it
 * </pre>
 */
public final class RecordHeader {

    /** The header's length, in bytes, without a validator. */
    public static final int LENGTH = 6;

    /** The most bytes of a validator, in UTF-8. */
    public static final int MAXIMUM_VALIDATOR_LENGTH = 0xFFFF;

    private static final int MAXIMUM_SCHEMA_LENGTH = 0xFF;
    private static final byte MARK = (byte) 0xD7;
    private static final byte VALUE = 'V';
    private static final byte VALIDATED = 'W';
    private static final byte ABSENT = 'A';
    private static final byte SCHEMA = 'S';
    private static final byte[] NOTHING = {};

    private RecordHeader() {}

    /**
     * What a payload holds.
     *
     * @param value the bytes of the value, or null if it says that there is none
     * @param validator what the value's load said it may be checked by, or null if nothing
     * @param schema the version of the schema that the value was written with, or null if it has none
     */
    public record Body(
            @Nullable Payload value,
            @Nullable String validator,
            @Nullable String schema) {

        /** A body without a version of its schema. */
        public Body(@Nullable Payload value, @Nullable String validator) {
            this(value, validator, null);
        }
    }

    /** The payload for a value that has no validator. */
    public static Payload wrap(RecordKey key, String format, byte[] body) {
        return wrap(key, format, VALUE, body);
    }

    /**
     * The payload for a value and its validator.
     *
     * @param validator the validator, not empty; null if there is none
     * @throws IllegalArgumentException if the validator is empty, or longer than {@link #MAXIMUM_VALIDATOR_LENGTH} bytes
     */
    public static Payload wrap(RecordKey key, String format, byte[] body, @Nullable String validator) {
        if (validator == null) {
            return wrap(key, format, body);
        }
        byte[] text = validator.getBytes(StandardCharsets.UTF_8);
        if (text.length < 1 || text.length > MAXIMUM_VALIDATOR_LENGTH) {
            throw new IllegalArgumentException("the validator of key '" + key.key() + "' of cache '" + key.cache()
                    + "' must have from 1 to " + MAXIMUM_VALIDATOR_LENGTH + " bytes, but has " + text.length);
        }
        return wrap(
                key,
                format,
                VALIDATED,
                ByteBuffer.allocate(Short.BYTES + text.length + body.length)
                        .putShort((short) text.length)
                        .put(text)
                        .put(body)
                        .array());
    }

    /** The payload that says that there is no value. */
    public static Payload wrapAbsent(RecordKey key, String format) {
        return wrap(key, format, ABSENT, NOTHING);
    }

    /**
     * The same payload, marked with the version of its schema.
     *
     * @param plain a payload that was wrapped for this key and format, and not marked
     * @param schema the version; at most 255 bytes in UTF-8
     */
    public static Payload mark(RecordKey key, String format, Payload plain, String schema) {
        byte[] bytes = plain.bytes();
        byte[] text = schema.getBytes(StandardCharsets.UTF_8);
        if (text.length > MAXIMUM_SCHEMA_LENGTH) {
            throw new IllegalArgumentException(
                    "the schema version must have at most " + MAXIMUM_SCHEMA_LENGTH + " bytes, but has " + text.length);
        }
        return wrap(
                key,
                format,
                SCHEMA,
                ByteBuffer.allocate(2 + text.length + bytes.length - LENGTH)
                        .put((byte) text.length)
                        .put(text)
                        .put(bytes[1])
                        .put(bytes, LENGTH, bytes.length - LENGTH)
                        .array());
    }

    /** What {@code payload} holds, or null if it is damaged or not one that was wrapped for this key and format. */
    public static @Nullable Body unwrap(RecordKey key, String format, Payload payload) {
        byte[] bytes = payload.bytes();
        if (bytes.length < LENGTH || bytes[0] != MARK) {
            return null;
        }
        byte kind = bytes[1];
        if (ByteBuffer.wrap(bytes).getInt(2) != checksum(key, format, kind, bytes, LENGTH)) {
            return null;
        }
        return kind == SCHEMA ? marked(bytes) : body(kind, bytes);
    }

    private static @Nullable Body marked(byte[] bytes) {
        int length = bytes.length > LENGTH ? Byte.toUnsignedInt(bytes[LENGTH]) : 0;
        int kindAt = LENGTH + 1 + length;
        if (bytes.length <= kindAt) {
            return null;
        }
        byte[] plain = new byte[LENGTH + bytes.length - kindAt - 1];
        System.arraycopy(bytes, kindAt + 1, plain, LENGTH, plain.length - LENGTH);
        Body body = body(bytes[kindAt], plain);
        String schema = new String(bytes, LENGTH + 1, length, StandardCharsets.UTF_8);
        return body == null ? null : new Body(body.value, body.validator, schema);
    }

    private static @Nullable Body body(byte kind, byte[] bytes) {
        return switch (kind) {
            case VALUE -> new Body(value(bytes, LENGTH), null);
            case VALIDATED -> validated(bytes);
            case ABSENT -> new Body(null, null);
            default -> null;
        };
    }

    private static @Nullable Body validated(byte[] bytes) {
        int from = LENGTH + Short.BYTES;
        if (bytes.length < from) {
            return null;
        }
        int length = Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(LENGTH));
        if (bytes.length < from + length) {
            return null;
        }
        return new Body(value(bytes, from + length), new String(bytes, from, length, StandardCharsets.UTF_8));
    }

    private static Payload value(byte[] bytes, int from) {
        return Payload.of(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static Payload wrap(RecordKey key, String format, byte kind, byte[] body) {
        return Payload.of(ByteBuffer.allocate(LENGTH + body.length)
                .put(MARK)
                .put(kind)
                .putInt(checksum(key, format, kind, body, 0))
                .put(body)
                .array());
    }

    private static int checksum(RecordKey key, String format, byte kind, byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update((key.cache() + ':' + key.key() + '\n' + format).getBytes(StandardCharsets.UTF_8));
        crc.update(kind);
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
