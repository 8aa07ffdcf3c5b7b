package dev.duet.store.codec;

import java.lang.reflect.Type;

/** A way of encoding that fits values of many types. Thread-safe. */
public interface Codecs {

    /**
     * A codec for the values of a type.
     *
     * @param type the type; a {@link Class}, or a parameterized type
     * @param <V> the same type
     */
    <V> ValueCodec<V> codecFor(Type type);

    /** JSON in UTF-8, by Jackson, without polymorphic typing. The default: readable in {@code redis-cli}. */
    static Codecs json() {
        return JacksonCodecs.JSON;
    }

    /** CBOR, by Jackson, without polymorphic typing: smaller and faster than JSON, the same types. */
    static Codecs cbor() {
        return JacksonCodecs.CBOR;
    }
}
