package dev.duet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyCodecTest {

    record Search(String text, Set<String> tags, Map<String, Integer> limits, List<Long> ids) {}

    enum Shape {
        ROUND {
            @Override
            int corners() {
                return 0;
            }
        },
        SQUARE;

        int corners() {
            return 4;
        }
    }

    @Test
    void encode_simpleTypes_readsAsOneWouldWriteThem() {
        assertThat(KeyCodec.forType(String.class).encode("a b")).isEqualTo("a b");
        assertThat(KeyCodec.forType(Long.class).encode(-7L)).isEqualTo("-7");
        assertThat(KeyCodec.forType(Integer.class).encode(7)).isEqualTo("7");
        assertThat(KeyCodec.forType(UUID.class).encode(new UUID(0, 1)))
                .isEqualTo("00000000-0000-0000-0000-000000000001");
        assertThat(KeyCodec.forType(DayOfWeek.class).encode(DayOfWeek.FRIDAY)).isEqualTo("FRIDAY");
        assertThat(KeyCodec.forType(Shape.class).encode(Shape.ROUND)).isEqualTo("ROUND");
        assertThat(KeyCodec.forType(LocalDate.class).encode(LocalDate.of(2024, 2, 29)))
                .isEqualTo("\"2024-02-29\"");
    }

    @Test
    void decode_enumConstantWithABodyOfItsOwn_isThatConstant() {
        assertThat(KeyCodec.forType(Shape.class).decode("ROUND")).isEqualTo(Shape.ROUND);
    }

    @Test
    void decode_unknownEnumConstant_throws() {
        assertThatThrownBy(() -> KeyCodec.forType(Shape.class).decode("OVAL"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("OVAL");
    }

    @Test
    void encode_equalRecordsBuiltInAnotherOrder_haveTheSameText() {
        KeyCodec<Search> codec = KeyCodec.forType(Search.class);
        Set<String> forth = new LinkedHashSet<>(List.of("a", "b", "c"));
        Set<String> back = new LinkedHashSet<>(List.of("c", "b", "a"));
        Map<String, Integer> limitsForth = new LinkedHashMap<>();
        limitsForth.put("x", 1);
        limitsForth.put("y", 2);
        Map<String, Integer> limitsBack = new LinkedHashMap<>();
        limitsBack.put("y", 2);
        limitsBack.put("x", 1);

        String text = codec.encode(new Search("t", forth, limitsForth, List.of(2L, 1L)));

        assertThat(codec.encode(new Search("t", back, limitsBack, List.of(2L, 1L))))
                .isEqualTo(text)
                .isEqualTo("{\"ids\":[2,1],\"limits\":{\"x\":1,\"y\":2},\"tags\":[\"a\",\"b\",\"c\"],\"text\":\"t\"}");
    }

    @Property
    void encode_anyString_comesBack(@ForAll String key) {
        KeyCodec<String> codec = KeyCodec.forType(String.class);
        if (key.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            assertThatThrownBy(() -> codec.encode(key)).isInstanceOf(CodecException.class);
        } else {
            assertThat(codec.decode(codec.encode(key))).isEqualTo(key);
        }
    }

    @Property
    void encode_anyRecord_comesBack(
            @ForAll Set<Long> numbers, @ForAll Map<Integer, Boolean> flags, @ForAll double ratio) {
        record Key(Set<Long> numbers, Map<Integer, Boolean> flags, double ratio) {}
        KeyCodec<Key> codec = KeyCodec.forType(Key.class);
        Key key = new Key(numbers, flags, ratio);

        assertThat(codec.decode(codec.encode(key))).isEqualTo(key);
    }

    @Test
    void encode_halfOfASurrogatePair_isRefused() {
        assertThatThrownBy(() -> KeyCodec.forType(String.class).encode("a\uD83D"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("surrogate");
    }

    @Test
    void encode_keyThatCannotBeWritten_namesTheRemedy() {
        assertThatThrownBy(() -> KeyCodec.forType(Object.class).encode(new Object()))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("java.lang.Object")
                .hasMessageContaining("use a record");
    }
}
