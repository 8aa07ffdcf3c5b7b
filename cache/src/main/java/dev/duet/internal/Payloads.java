package dev.duet.internal;

import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import dev.duet.store.codec.CodecException;
import dev.duet.store.codec.RecordHeader;
import dev.duet.store.codec.ValueCodec;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns the values of one cache into payloads and back. Thread-safe.
 *
 * @param <V> the type of the values
 */
public final class Payloads<V> {

    private static final Logger LOG = LoggerFactory.getLogger(Payloads.class);

    private final ValueCodec<V> codec;
    private final String type;
    private final int maximumSize;
    private final CopyCheck<V> check;
    private final @Nullable String schema;
    private final AtomicBoolean saidOtherSchema = new AtomicBoolean();
    private final AtomicBoolean saidTooLarge = new AtomicBoolean();

    /**
     * Creates one.
     *
     * @param codec encodes the values
     * @param type the type of the values, for messages
     * @param maximumSize the size beyond which a value is not stored, in bytes of its encoded form
     * @param cache the name of the cache, for messages
     * @param schema the version of the values' schema, or null if it has none; values of another one are not read
     */
    public Payloads(ValueCodec<V> codec, String type, int maximumSize, String cache, @Nullable String schema) {
        this.codec = codec;
        this.type = type;
        this.maximumSize = maximumSize;
        this.schema = schema;
        this.check = new CopyCheck<>(codec, type, cache);
    }

    /**
     * What a payload holds.
     *
     * @param value the value, or null if it says that there is none
     * @param validator what the value's load said it may be checked by, or null if nothing
     */
    public record Decoded<V>(@Nullable V value, @Nullable String validator) {}

    /**
     * The payload of a value, or null if it is too large to be stored. The first values are also read back, so that a type
     * that can be written but not read is found at once, and not when another node comes to read it; and so that a value
     * that does not equal its copy is warned of.
     *
     * @param validator what the value's load said it may be checked by, or null if nothing; not counted towards the size
     * @throws CodecException if the value cannot be encoded; the message names the type and the remedy
     */
    public @Nullable Payload encode(RecordKey key, V value, @Nullable String validator) {
        byte[] body;
        try {
            body = encodeBody(value);
        } catch (RuntimeException | LinkageError e) {
            throw new CodecException(
                    "a value of type " + type + " in cache '" + key.cache() + "' cannot be written as " + codec.format()
                            + " and read back; give the type what the codec needs, or set codec(…) for this cache",
                    e,
                    key.cache(),
                    key.key());
        }
        if (body.length > maximumSize) {
            tooLarge(key, body.length);
            return null;
        }
        return marked(key, RecordHeader.wrap(key, codec.format(), body, validator));
    }

    private void tooLarge(RecordKey key, int size) {
        boolean first = saidTooLarge.compareAndSet(false, true);
        LOG.atLevel(first ? Level.WARN : Level.DEBUG)
                .log(
                        "The value of key '{}' of cache '{}' takes {} bytes, which is more than maximumValueSize ({}): it is not"
                                + " cached, and neither is any other that large; they are counted (oversized). Raise maximumValueSize, or"
                                + " cache less in one value. Warned of once for each cache",
                        key.key(),
                        key.cache(),
                        size,
                        maximumSize);
    }

    /**
     * The bytes of a value alone, of any size, for a near entry of which each reader gets a copy; what the codec throws
     * reaches the caller as itself. The first values are also read back.
     */
    public byte[] encodeBody(V value) {
        byte[] body = codec.encode(value);
        check.check(value, body);
        return body;
    }

    /** A value of its own from the bytes of {@link #encodeBody}; what the codec throws reaches the caller as itself. */
    public V decodeBody(byte[] body) {
        return codec.decode(body);
    }

    /** The payload that says that there is no value. */
    public Payload encodeAbsent(RecordKey key) {
        return marked(key, RecordHeader.wrapAbsent(key, codec.format()));
    }

    private Payload marked(RecordKey key, Payload plain) {
        return schema == null ? plain : RecordHeader.mark(key, codec.format(), plain, schema);
    }

    /** What a payload holds, or null if it cannot be read: damaged, foreign, or of another format or schema. */
    public @Nullable Decoded<V> decode(RecordKey key, Payload payload) {
        RecordHeader.Body body = RecordHeader.unwrap(key, codec.format(), payload);
        if (body == null) {
            LOG.warn(
                    "The record of key '{}' of cache '{}' is damaged or foreign; it is loaded anew",
                    key.key(),
                    key.cache());
            return null;
        }
        if (!Objects.equals(body.schema(), schema)) {
            if (saidOtherSchema.compareAndSet(false, true)) {
                LOG.info(
                        "Cache '{}' has records of schema version {} in the store, and this node is of {}: they are misses,"
                                + " and replaced by the next load; said once for each cache",
                        key.cache(),
                        body.schema(),
                        schema);
            }
            return null;
        }
        Payload encoded = body.value();
        if (encoded == null) {
            return new Decoded<>(null, null);
        }
        try {
            return new Decoded<>(codec.decode(encoded.bytes()), body.validator());
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(
                    "The record of key '{}' of cache '{}' cannot be read as {}; it is loaded anew: {}",
                    key.key(),
                    key.cache(),
                    type,
                    e.toString());
            return null;
        }
    }
}
