package dev.duet.store.codec;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Encodes with Jackson. Polymorphic typing stays off, so that no payload can name a class to create. */
final class JacksonCodecs implements Codecs {

    static final Codecs JSON = new JacksonCodecs(
            JsonMapper.builder()
                    .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                    .build(),
            "json");

    static final Codecs CBOR = new JacksonCodecs(
            CBORMapper.builder()
                    .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                    .build(),
            "cbor");

    /** JSON in which equal values have equal bytes: properties, map entries and the elements of sets are sorted. */
    static final Codecs CANONICAL = new JacksonCodecs(canonical(), "json");

    private final ObjectMapper mapper;
    private final String format;

    private JacksonCodecs(ObjectMapper mapper, String format) {
        this.mapper = mapper;
        this.format = format;
    }

    @Override
    public <V> ValueCodec<V> codecFor(Type type) {
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

    private static ObjectMapper canonical() {
        return JsonMapper.builder()
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .addModule(new SimpleModule("canonical").addSerializer(new SortedSetSerializer()))
                .build();
    }

    /** Writes the elements of a set in the order of their JSON, since a set has no order of its own. */
    private static final class SortedSetSerializer extends StdSerializer<Set<?>> {

        SortedSetSerializer() {
            super(Set.class);
        }

        @Override
        public void serialize(Set<?> set, JsonGenerator generator, SerializationContext context) {
            generator.writeStartArray();
            for (String element : elements(set)) {
                generator.writeRawValue(element);
            }
            generator.writeEndArray();
        }

        private static List<String> elements(Set<?> set) {
            return StreamSupport.stream(set.spliterator(), false)
                    .map(Canonical.MAPPER::writeValueAsString)
                    .sorted()
                    .toList();
        }
    }

    /** Holds the mapper for elements apart, since it is the one being built. */
    private static final class Canonical {
        static final ObjectMapper MAPPER = canonical();
    }
}
