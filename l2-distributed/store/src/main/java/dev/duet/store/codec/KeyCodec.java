package dev.duet.store.codec;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

/**
 * Turns keys into text and back, so that equal keys have equal text on every node. Thread-safe.
 *
 * <p>Strings, longs, integers, UUIDs and enums are written as one would read them; everything else as JSON in a canonical
 * form: properties, map entries and the elements of sets sorted.
 *
 * @param <K> the type of the keys
 */
public final class KeyCodec<K> {

    private final Function<K, String> encode;
    private final Function<String, K> decode;

    private KeyCodec(Function<K, String> encode, Function<String, K> decode) {
        this.encode = encode;
        this.decode = decode;
    }

    /** The codec for the keys of a type. */
    public static <K> KeyCodec<K> forType(Class<K> type) {
        Objects.requireNonNull(type, "type");
        if (type == String.class) {
            return new KeyCodec<>(key -> wellFormed((String) key), type::cast);
        }
        if (type == Long.class) {
            return new KeyCodec<>(Object::toString, text -> type.cast(Long.valueOf(text)));
        }
        if (type == Integer.class) {
            return new KeyCodec<>(Object::toString, text -> type.cast(Integer.valueOf(text)));
        }
        if (type == UUID.class) {
            return new KeyCodec<>(Object::toString, text -> type.cast(UUID.fromString(text)));
        }
        if (type.isEnum()) {
            return new KeyCodec<>(key -> ((Enum<?>) key).name(), text -> constant(type, text));
        }
        return json(type);
    }

    /** The text of a key. */
    public String encode(K key) {
        return encode.apply(key);
    }

    /**
     * The key of a text that {@link #encode} made.
     *
     * @throws CodecException or another unchecked exception if it is no such text
     */
    public K decode(String text) {
        return decode.apply(text);
    }

    /** Half a surrogate pair has no UTF-8, and would become the same question mark as any other. */
    private static String wellFormed(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new CodecException("a key has half of a surrogate pair, which cannot be written as UTF-8", null);
        }
        return text;
    }

    private static <K> K constant(Class<K> type, String name) {
        for (K constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new CodecException("'" + name + "' is no constant of " + type.getName(), null);
    }

    private static <K> KeyCodec<K> json(Class<K> type) {
        ValueCodec<K> codec = JacksonCodecs.canonicalJson(type);
        Function<String, K> decode = text -> codec.decode(text.getBytes(StandardCharsets.UTF_8));
        return new KeyCodec<>(
                key -> {
                    String text;
                    K back;
                    try {
                        text = new String(codec.encode(key), StandardCharsets.UTF_8);
                        back = decode.apply(text);
                    } catch (RuntimeException e) {
                        throw new CodecException(
                                "a key of " + type.getName() + " cannot be written as JSON and read back; use a record"
                                        + " of simple components, a String, a number, a UUID or an enum as key",
                                e);
                    }
                    // A key that does not equal its own copy could never be found again by an invalidation.
                    if (!key.equals(back)) {
                        throw new CodecException(
                                "a key of " + type.getName() + " does not equal itself after " + text
                                        + " was read back; give it an equals over all that its JSON holds (a record"
                                        + " without arrays has one)",
                                null);
                    }
                    return text;
                },
                decode);
    }
}
