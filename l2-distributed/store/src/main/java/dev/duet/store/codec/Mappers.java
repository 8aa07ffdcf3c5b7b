package dev.duet.store.codec;

import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Jackson's mappers as Duet sets them up: what is read back is what was written, offsets and zones of times included, and
 * nothing is made up. Polymorphic typing stays off, so that no payload can name a class to create.
 *
 * <p>Each call makes a mapper of its own, which nothing static refers to. A mapper keeps the classes that it has met, and
 * their class loaders with them.
 */
final class Mappers {

    private Mappers() {}

    static ObjectMapper json() {
        return faithful(JsonMapper.builder()).build();
    }

    static ObjectMapper cbor() {
        return faithful(CBORMapper.builder()).build();
    }

    /** JSON in which equal values have equal bytes: properties, map entries and the elements of sets are sorted. */
    static ObjectMapper canonicalJson() {
        AtomicReference<ObjectMapper> itself = new AtomicReference<>();
        ObjectMapper mapper = faithful(JsonMapper.builder())
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .addModule(new SimpleModule("sets").addSerializer(new SortedSetSerializer(itself::get)))
                .build();
        itself.set(mapper);
        return mapper;
    }

    private static <B extends MapperBuilder<?, B>> B faithful(B builder) {
        return builder.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .disable(DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .addModule(new FaithfulModule());
    }
}
