package dev.duet.store.codec;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes the elements of a set in the order of their JSON, since a set has no order of its own. */
final class SortedSetSerializer extends StdSerializer<Set<?>> {

    private final Supplier<ObjectMapper> elements;

    /** {@code elements} has the mapper that writes an element: the one that this serializer becomes a part of. */
    SortedSetSerializer(Supplier<ObjectMapper> elements) {
        super(Set.class);
        this.elements = elements;
    }

    @Override
    public void serialize(Set<?> set, JsonGenerator generator, SerializationContext context) {
        generator.writeStartArray();
        for (String element : sorted(set)) {
            generator.writeRawValue(element);
        }
        generator.writeEndArray();
    }

    private List<String> sorted(Set<?> set) {
        ObjectMapper mapper = elements.get();
        return StreamSupport.stream(set.spliterator(), false)
                .map(mapper::writeValueAsString)
                .sorted()
                .toList();
    }
}
