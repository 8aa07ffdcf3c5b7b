package dev.duet.store.codec;

import java.lang.reflect.Type;

/** A way of encoding that fits values of many types. Thread-safe. */
public interface Codecs {

    /**
     * A codec for the values of a type.
     *
     * @param type the type; a {@link Class}, or a parameterized type
     * @param <V> the same type
     * @throws IllegalArgumentException if values of the type cannot come back as they were; the message names the place
     *     in the type and the remedy
     */
    <V> ValueCodec<V> codecFor(Type type);

    /**
     * JSON in UTF-8, by Jackson, without polymorphic typing. The default: readable in {@code redis-cli}. Each call returns
     * codecs of their own, which keep the classes that they have met until they are no longer used.
     *
     * <p>The type says what a value is, since JSON does not: {@link #codecFor} refuses a type that leaves a part open (a raw
     * {@code List}, {@code Object}, {@code ?}, a type variable, {@code Number}). A value is read back as the type that was
     * declared, so that of a subclass its own properties are lost. Times keep their offset and zone. A primitive component
     * of a record that is missing is an error, and never 0.
     */
    static Codecs json() {
        return JacksonCodecs.json();
    }

    /** CBOR, by Jackson, as {@link #json()}: smaller and faster than JSON, the same types. */
    static Codecs cbor() {
        return JacksonCodecs.cbor();
    }
}
