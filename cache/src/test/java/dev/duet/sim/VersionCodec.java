package dev.duet.sim;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import dev.duet.store.codec.RecordHeader;
import dev.duet.store.codec.ValueCodec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A row of the simulated database is its version, eight bytes. */
final class VersionCodec implements ValueCodec<Long> {

    private static final String FORMAT = "version";

    @Override
    public byte[] encode(Long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    @Override
    public Long decode(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public String format() {
        return FORMAT;
    }

    /** A version as it is stored. */
    Payload wrap(RecordKey key, long version) {
        return RecordHeader.wrap(key, FORMAT, encode(version));
    }

    /** The version that is stored; null if it is stored that there is none. */
    @Nullable
    Long unwrap(RecordKey key, Payload payload) {
        RecordHeader.Body body = RecordHeader.unwrap(key, FORMAT, payload);
        if (body == null) {
            throw new IllegalStateException("the record of " + key + " is damaged");
        }
        return body.value() == null ? null : decode(body.value().bytes());
    }
}
