package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.duet.store.InMemoryStore;
import dev.duet.store.codec.Codecs;
import dev.duet.store.codec.ValueCodec;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What other nodes get for a value, which is what the codec makes of it (anomaly A53). */
@SuppressWarnings("ArrayRecordComponent") // what applications have
class ValueCopiesTest {

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.duet.internal.CopyCheck");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final InMemoryStore store = InMemoryStore.create();

    @BeforeEach
    void listen() {
        appender.start();
        log.addAppender(appender);
        log.setLevel(Level.WARN);
        log.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(appender);
        log.setLevel(null);
        log.setAdditive(true);
    }

    static List<Codecs> codecs() {
        return List.of(Codecs.json(), Codecs.cbor());
    }

    private List<String> warnings() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    record Meeting(OffsetDateTime from, List<ZonedDateTime> reminders, Map<ZonedDateTime, BigDecimal> costs) {}

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_dateTimes_areTheSameOnEveryNode(Codecs codecs) {
        ZonedDateTime berlin = ZonedDateTime.parse("2024-10-27T02:30+01:00[Europe/Berlin]");
        Meeting meeting = new Meeting(
                OffsetDateTime.parse("2024-02-29T12:00+05:30"),
                List.of(berlin, ZonedDateTime.parse("2024-02-29T12:00Z[UTC]")),
                Map.of(berlin, new BigDecimal("1.00")));
        try (Duet one = Duet.builder().store(store).codecs(codecs).build();
                Duet other = Duet.builder().store(store).codecs(codecs).build()) {
            TwoLevelCache<Long, Meeting> loading =
                    one.cache("meetings", Long.class, Meeting.class).build();
            TwoLevelCache<Long, Meeting> reading =
                    other.cache("meetings", Long.class, Meeting.class).build();

            Meeting loaded = loading.get(1L, key -> meeting);
            Meeting read = reading.getIfPresent(1L);

            assertThat(loaded.equals(read)).isTrue();
            assertThat(warnings()).isEmpty();
        }
    }

    record Order(List<Line> lines) {}

    record Line(String product, Price price) {}

    /** Writes less than it holds. */
    record Price(String currency, @JsonIgnore BigDecimal amount) {}

    private static Order order(String... amounts) {
        return new Order(List.of(amounts).stream()
                .map(amount -> new Line("tea", new Price("EUR", new BigDecimal(amount))))
                .toList());
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_valueThatDoesNotEqualItsCopy_isWarnedOfOncePerCacheWithThePath(Codecs codecs) {
        try (Duet duet = Duet.builder().store(store).codecs(codecs).build()) {
            TwoLevelCache<Long, Order> orders =
                    duet.cache("orders", Long.class, Order.class).build();
            TwoLevelCache<Long, Order> others =
                    duet.cache("others", Long.class, Order.class).build();

            orders.put(1L, new Order(List.of()));
            assertThat(warnings()).isEmpty();
            orders.get(2L, key -> order("1.00", "2.00"));
            orders.put(3L, order("3.00"));
            others.put(4L, order("4.00"));

            assertThat(warnings())
                    .hasSize(2)
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .contains("'orders'", "'lines[0].price.amount'", "BigDecimal 1.00", "null")
                                    .contains("codec(…)"),
                            second -> assertThat(second).contains("'others'", "BigDecimal 4.00"));
        }
    }

    static class User {
        public String name = "ann";

        @Override
        public boolean equals(Object other) {
            return other instanceof User that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    static final class Admin extends User {
        public int level = 3;
    }

    @Test
    void A53_subclassOfTheDeclaredType_isWarnedOfThoughItEqualsItsCopy() {
        try (Duet duet = Duet.builder().store(store).build()) {
            TwoLevelCache<Long, List<User>> teams = duet.cache("teams", Long.class, new TypeRef<List<User>>() {})
                    .build();

            teams.put(1L, List.of(new User(), new Admin()));

            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .contains("'teams'", "'[1]'", Admin.class.getTypeName(), User.class.getTypeName());
        }
    }

    /** Forgets what case letters have. */
    private static final class Lower implements ValueCodec<String> {
        @Override
        public byte[] encode(String value) {
            return value.toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public String format() {
            return "lower";
        }
    }

    @Test
    void A53_valueThatItsOwnCodecChanges_isWarnedOf() {
        try (Duet duet = Duet.builder().store(store).build()) {
            TwoLevelCache<Long, String> names = duet.cache("names", Long.class, String.class)
                    .codec(new Lower())
                    .build();

            names.put(1L, "ann");
            assertThat(warnings()).isEmpty();
            names.put(2L, "Ann");

            assertThat(warnings()).singleElement().asString().contains("'names'", "lower");
        }
    }

    record Picture(byte[] bytes, int[][] grid) {}

    static final class Identity {
        public int number;
        public List<String> names = List.of("a");
    }

    @Test
    void A53_arraysAndTypesWithoutEquals_areNotWarnedOf() {
        try (Duet duet = Duet.builder().store(store).build()) {
            TwoLevelCache<Long, Picture> pictures =
                    duet.cache("pictures", Long.class, Picture.class).build();
            TwoLevelCache<Long, byte[]> bytes = duet.cache("bytes", Long.class, byte[].class)
                    .copyNearValues()
                    .build();
            TwoLevelCache<Long, Identity> identities =
                    duet.cache("identities", Long.class, Identity.class).build();

            pictures.put(1L, new Picture(new byte[] {1}, new int[][] {{1}, {}}));
            bytes.put(1L, new byte[] {1});
            identities.put(1L, new Identity());

            assertThat(warnings()).isEmpty();
        }
    }

    record Tagged(long id, Map<String, Object> tags) {}

    record Basket(List<Tagged> lines) {}

    private static <T> TypeRef<List<T>> variable() {
        return new TypeRef<>() {};
    }

    @Test
    void A53_build_rawOrUntypedType_isRefusedWithCachePathAndRemedy() {
        try (Duet duet = Duet.builder().store(store).build();
                Duet cbor = Duet.builder()
                        .store(InMemoryStore.create())
                        .codecs(Codecs.cbor())
                        .build()) {
            for (Duet each : List.of(duet, cbor)) {
                for (Class<?> type :
                        List.of(List.class, Map.class, Object.class, Number.class, Serializable.class, Basket.class)) {
                    assertRefused(each.cache("odd", Long.class, type), type.getTypeName());
                }
                assertRefused(each.cache("odd", Long.class, Basket.class), "'lines[].tags{}'");
                assertRefused(each.cache("odd", Long.class, new TypeRef<Map<String, Object>>() {}), "'{}'");
                assertRefused(each.cache("odd", Long.class, new TypeRef<List<?>>() {}), "'[]'");
                assertRefused(each.cache("odd", Long.class, ValueCopiesTest.<String>variable()), "type variable");
                assertThatThrownBy(() -> each.memoize("odd", Long.class, Object.class, key -> key))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(duet.cache("odd", Long.class, new TypeRef<List<Long>>() {})
                            .build())
                    .isNotNull();
        }
    }

    private static void assertRefused(CacheBuilder<?, ?> builder, String what) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache 'odd'")
                .hasMessageContaining(what)
                .hasMessageContaining("TypeRef");
    }

    @Test
    void build_untypedTypeWithACodecOfItsOwn_isTaken() {
        ValueCodec<Object> own = new ValueCodec<>() {
            @Override
            public byte[] encode(Object value) {
                return value.toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Object decode(byte[] bytes) {
                return Long.valueOf(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public String format() {
                return "long";
            }
        };
        try (Duet duet = Duet.builder().store(store).build()) {
            TwoLevelCache<Long, Object> any =
                    duet.cache("any", Long.class, Object.class).codec(own).build();

            any.put(1L, 5L);

            assertThat(any.getIfPresent(1L)).isEqualTo(5L);
            assertThat(warnings()).isEmpty();
        }
    }

    record Slot(ZonedDateTime from, List<Long> rooms) {}

    @Test
    void A53_keysOfEqualContent_areOneKeyOnEveryNode() {
        Slot slot = new Slot(ZonedDateTime.parse("2024-10-27T02:30+01:00[Europe/Berlin]"), List.of(1L));
        Slot same = new Slot(
                ZonedDateTime.parse("2024-10-27T02:30+01:00[Europe/Berlin]"), new java.util.ArrayList<>(List.of(1L)));
        try (Duet one = Duet.builder().store(store).build();
                Duet other = Duet.builder().store(store).build()) {
            TwoLevelCache<Slot, String> here =
                    one.cache("slots", Slot.class, String.class).build();
            TwoLevelCache<Slot, String> there =
                    other.cache("slots", Slot.class, String.class).build();

            here.put(slot, "free");

            assertThat(here.getIfPresent(same)).isEqualTo("free");
            assertThat(there.getIfPresent(same)).isEqualTo("free");
        }
    }
}
