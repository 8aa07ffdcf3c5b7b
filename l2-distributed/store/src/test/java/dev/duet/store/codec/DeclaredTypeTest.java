package dev.duet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.node.ObjectNode;

class DeclaredTypeTest {

    record Box<T>(T content) {}

    record Crate<T extends Item>(List<T> items) {}

    record Item(String name, long price) {}

    record Tagged(Item item, Map<String, Object> tags) {}

    record Basket(List<Tagged> lines) {}

    @SuppressWarnings("rawtypes")
    record RawInside(Item item, List names) {}

    @SuppressWarnings("rawtypes")
    record RawBoxInside(Optional<Box> box) {}

    record AnyNumber(Number amount) {}

    record AnyId(Serializable id) {}

    record Self(Self parent, List<Self> children, Object data) {}

    static class Bean {
        private Object data;

        public Object getData() {
            return data;
        }

        public void setData(Object data) {
            this.data = data;
        }
    }

    static class Fields {
        public Map<Object, String> names;
    }

    static class Extra {
        private final Map<String, Object> more = new HashMap<>();

        @JsonAnyGetter
        public Map<String, Object> more() {
            return more;
        }

        @JsonAnySetter
        public void more(String name, Object value) {
            more.put(name, value);
        }
    }

    static final class Wrapper {
        private final Map<String, Object> map;

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Wrapper(Map<String, Object> map) {
            this.map = map;
        }

        @JsonValue
        Map<String, Object> map() {
            return map;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Named.class), @JsonSubTypes.Type(Loose.class)})
    interface Entry {}

    record Named(String name) implements Entry {}

    record Loose(Object any) implements Entry {}

    @SuppressWarnings("serial")
    static class Bag extends ArrayList<Object> {}

    private static Arguments open(TypeReference<?> type, String path) {
        return Arguments.of(type.getType(), path);
    }

    static <T, I extends Item> List<Arguments> openTypes() {
        return List.of(
                Arguments.of(Object.class, ""),
                Arguments.of(Number.class, ""),
                Arguments.of(Serializable.class, ""),
                Arguments.of(List.class, ""),
                Arguments.of(Map.class, ""),
                Arguments.of(Set.class, ""),
                Arguments.of(HashMap.class, ""),
                Arguments.of(EnumMap.class, ""),
                Arguments.of(Optional.class, ""),
                Arguments.of(Box.class, ""),
                Arguments.of(Crate.class, ""),
                Arguments.of(List[].class, "[]"),
                Arguments.of(Object[].class, "[]"),
                Arguments.of(Bag.class, "[]"),
                Arguments.of(Tagged.class, "tags{}"),
                Arguments.of(Basket.class, "lines[].tags{}"),
                Arguments.of(RawInside.class, "names"),
                Arguments.of(RawBoxInside.class, "box"),
                Arguments.of(AnyNumber.class, "amount"),
                Arguments.of(AnyId.class, "id"),
                Arguments.of(Self.class, "data"),
                Arguments.of(Bean.class, "data"),
                Arguments.of(Fields.class, "names{}"),
                Arguments.of(Extra.class, "*"),
                Arguments.of(Wrapper.class, "{}"),
                Arguments.of(Entry.class, "any"),
                open(new TypeReference<List<?>>() {}, "[]"),
                open(new TypeReference<List<Object>>() {}, "[]"),
                open(new TypeReference<Map<String, Object>>() {}, "{}"),
                open(new TypeReference<Map<Object, String>>() {}, "{}"),
                open(new TypeReference<Map<String, List<Map<String, ?>>>>() {}, "{}[]{}"),
                open(new TypeReference<Map.Entry<String, Object>>() {}, "{}"),
                open(new TypeReference<Optional<Object>>() {}, ""),
                open(new TypeReference<Box<?>>() {}, "content"),
                open(new TypeReference<Box<Box<? extends Number>>>() {}, "content.content"),
                open(new TypeReference<Collection<Box<Object>>>() {}, "[].content"),
                open(new TypeReference<T>() {}, ""),
                open(new TypeReference<List<T>>() {}, ""),
                open(new TypeReference<Map<String, ? extends I>>() {}, ""),
                open(new TypeReference<List<I[]>>() {}, ""));
    }

    @ParameterizedTest
    @MethodSource("openTypes")
    void A53_codecFor_typeThatLeavesAPartOpen_isRefusedWithThePathAndTheRemedy(Type type, String path) {
        for (Codecs codecs : List.of(Codecs.json(), Codecs.cbor())) {
            assertThatThrownBy(() -> codecs.codecFor(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(path.isEmpty() ? "what a value is" : "'" + path + "'")
                    .hasMessageContaining(type.getTypeName())
                    .hasMessageContaining("TypeRef");
        }
    }

    record Node(String name, Node parent, List<Node> children, Map<Long, Node> byId) {}

    record Page<T>(List<T> items, Optional<T> first) {}

    record Tree(JsonNode any, ObjectNode object, Map<String, JsonNode> more) {}

    record Reflective(Class<?> type) {}

    record Typed(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(Item.class))
            Object any) {}

    static final class Loosely extends StdDeserializer<Object> {
        Loosely() {
            super(Object.class);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            return parser.getLongValue();
        }
    }

    record Own(@JsonDeserialize(using = Loosely.class) Object number) {}

    /** What is computed is written, and not read. */
    record Computed(long number) {
        public Object getRoot() {
            return number;
        }
    }

    abstract static class Abstract {
        public Object any;
    }

    static List<Type> closedTypes() {
        return List.of(
                String.class,
                Long.class,
                byte[].class,
                String[].class,
                Item[].class,
                OffsetDateTime.class,
                TimeUnit.class,
                Properties.class,
                JsonNode.class,
                Node.class,
                Tree.class,
                Reflective.class,
                Typed.class,
                Own.class,
                Computed.class,
                Abstract.class,
                new TypeReference<List<String>>() {}.getType(),
                new TypeReference<List<? extends Item>>() {}.getType(),
                new TypeReference<Map<Long, List<Page<Item>>>>() {}.getType(),
                new TypeReference<Page<Page<Item>>>() {}.getType(),
                new TypeReference<Optional<List<Item>>>() {}.getType(),
                new TypeReference<Page<Item>[]>() {}.getType(),
                new TypeReference<Crate<Item>>() {}.getType(),
                new TypeReference<EnumMap<TimeUnit, Set<Long>>>() {}.getType());
    }

    @ParameterizedTest
    @MethodSource("closedTypes")
    void codecFor_typeThatSaysAll_isTaken(Type type) {
        assertThat(Codecs.json().codecFor(type)).isNotNull();
        assertThat(Codecs.cbor().codecFor(type)).isNotNull();
    }

    @Test
    void codecFor_mapOfRecords_readsBackAsItWas() {
        ValueCodec<Map<Long, Page<Item>>> codec =
                Codecs.json().codecFor(new TypeReference<Map<Long, Page<Item>>>() {}.getType());
        Map<Long, Page<Item>> value = new LinkedHashMap<>();
        value.put(5L, new Page<>(List.of(new Item("tea", 7)), Optional.empty()));

        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    }
}
