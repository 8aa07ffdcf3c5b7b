package dev.duet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CodecsTest {

    record Line(String product, int count) {}

    record Order(long id, Instant at, List<Line> lines, Map<String, String> notes, Optional<String> coupon) {}

    static List<Codecs> codecs() {
        return List.of(Codecs.json(), Codecs.cbor());
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void decode_encoded_isTheSame(Codecs codecs) {
        ValueCodec<Order> codec = codecs.codecFor(Order.class);
        Order order = new Order(
                1,
                Instant.parse("2024-02-29T12:00:00.123456789Z"),
                List.of(new Line("tea", 2)),
                Map.of("gift", "yes"),
                Optional.empty());

        assertThat(codec.decode(codec.encode(order))).isEqualTo(order);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void decode_namingAClass_createsNothing(Codecs codecs) {
        ValueCodec<JsonNode> codec = codecs.codecFor(JsonNode.class);
        byte[] bytes = codec.encode(JsonNodeFactory.instance.objectNode().put("@class", "javax.swing.JFrame"));

        assertThat(codec.decode(bytes)).isInstanceOf(ObjectNode.class);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void encode_emptyBean_throws(Codecs codecs) {
        class Empty {}
        ValueCodec<Empty> codec = codecs.codecFor(Empty.class);

        assertThatThrownBy(() -> codec.encode(new Empty())).isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void decode_garbage_throws(Codecs codecs) {
        ValueCodec<Order> codec = codecs.codecFor(Order.class);

        assertThatThrownBy(() -> codec.decode("\"order\"".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RuntimeException.class);
    }
}
