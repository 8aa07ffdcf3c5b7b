package dev.duet.store.codec;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header that Duet puts before the bytes of a value: a mark, the kind (a value, or the fact that there is none), and
 * a checksum over the key, the format and the bytes. So bytes that are damaged, foreign, of another format, or that
 * belong to another key are never decoded (anomaly A36).
 *
 * <pre>
 * 0      1      2                    6
 * | 0xD7 | kind | CRC-32C, big endian | bytes of the value …
 * </pre>
 */
public final class RecordHeader {

    /** The header's length, in bytes. */
    public static final int LENGTH = 6;

    private static final byte MARK = (byte) 0xD7;
    private static final byte VALUE = 'V';
    private static final byte ABSENT = 'A';
    private static final byte[] NOTHING = {};

    private RecordHeader() {}

    /**
     * What a payload holds.
     *
     * @param value the bytes of the value, or null if it says that there is none
     */
    public record Body(@Nullable Payload value) {}

    /** The payload for a value. */
    public static Payload wrap(RecordKey key, String format, byte[] body) {
        return wrap(key, format, VALUE, body);
    }

    /** The payload that says that there is no value. */
    public static Payload wrapAbsent(RecordKey key, String format) {
        return wrap(key, format, ABSENT, NOTHING);
    }

    /** What {@code payload} holds, or null if it is damaged or not one that was wrapped for this key and format. */
    public static @Nullable Body unwrap(RecordKey key, String format, Payload payload) {
        byte[] bytes = payload.bytes();
        if (bytes.length < LENGTH || bytes[0] != MARK || (bytes[1] != VALUE && bytes[1] != ABSENT)) {
            return null;
        }
        int checksum = ByteBuffer.wrap(bytes).getInt(2);
        if (checksum != checksum(key, format, bytes[1], bytes, LENGTH)) {
            return null;
        }
        return new Body(bytes[1] == ABSENT ? null : Payload.of(Arrays.copyOfRange(bytes, LENGTH, bytes.length)));
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
