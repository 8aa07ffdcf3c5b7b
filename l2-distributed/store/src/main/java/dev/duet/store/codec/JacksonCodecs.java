package dev.duet.store.codec;

import java.lang.reflect.Type;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/** Encodes with Jackson. */
final class JacksonCodecs implements Codecs {

    private static final String JSON = "json";

    private final ObjectMapper mapper;
    private final String format;

    private JacksonCodecs(ObjectMapper mapper, String format) {
        this.mapper = mapper;
        this.format = format;
    }

    static Codecs json() {
        return new JacksonCodecs(Mappers.json(), JSON);
    }

    static Codecs cbor() {
        return new JacksonCodecs(Mappers.cbor(), "cbor");
    }

    /** A codec under which equal values have equal bytes. Whoever uses it checks by itself that they come back. */
    static <V> ValueCodec<V> canonicalJson(Class<V> type) {
        return new JacksonCodecs(Mappers.canonicalJson(), JSON).codec(type);
    }

    @Override
    public <V> ValueCodec<V> codecFor(Type type) {
        new DeclaredType(mapper, format).check(type);
        return codec(type);
    }

    private <V> ValueCodec<V> codec(Type type) {
        JavaType javaType = mapper.constructType(type);
        ObjectWriter writer = mapper.writerFor(javaType);
        ObjectReader reader = mapper.readerFor(javaType);
        return new ValueCodec<>() {
            @Override
            public byte[] encode(V value) {
                return writer.writeValueAsBytes(value);
            }

            @Override
            public V decode(byte[] bytes) {
                return reader.readValue(bytes);
            }

            @Override
            public String format() {
                return format;
            }
        };
    }
}
