package dev.duet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

/** What comes back as it was; of JSON and CBOR alike. */
@SuppressWarnings({"JavaUtilDate", "ArrayRecordComponent"}) // what applications have
class RoundTripTest {

    static List<Codecs> codecs() {
        return List.of(Codecs.json(), Codecs.cbor());
    }

    private static <V> V copy(Codecs codecs, TypeReference<V> type, V value) {
        ValueCodec<V> codec = codecs.codecFor(type.getType());
        return codec.decode(codec.encode(value));
    }

    private static <V> V copy(Codecs codecs, Class<V> type, V value) {
        ValueCodec<V> codec = codecs.codecFor(type);
        return codec.decode(codec.encode(value));
    }

    static List<ZonedDateTime> zoned() {
        List<ZonedDateTime> times = new ArrayList<>(List.of(
                ZonedDateTime.parse("2024-10-27T02:30+01:00[Europe/Berlin]"),
                ZonedDateTime.parse("2024-10-27T02:30+02:00[Europe/Berlin]"), // the same hour, an hour before
                ZonedDateTime.parse("2024-01-01T00:00:00.123456789Z"),
                ZonedDateTime.parse("2024-01-01T00:00+05:30")));
        for (String zone : List.of("UTC", "GMT", "UTC+2", "Etc/GMT+5", "America/New_York", "+01:02:03")) {
            times.add(ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of(zone)));
        }
        times.add(ZonedDateTime.of(12_024, 7, 1, 12, 0, 0, 0, ZoneId.of("Asia/Tokyo")));
        return times;
    }

    static List<OffsetDateTime> offset() {
        return List.of(
                OffsetDateTime.parse("2024-02-29T12:00:00.123456789+05:30"),
                OffsetDateTime.parse("2024-02-29T12:00Z"),
                OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 0, ZoneOffset.ofHoursMinutesSeconds(-1, -2, -3)),
                OffsetDateTime.MIN,
                OffsetDateTime.MAX);
    }

    record Trip(
            OffsetDateTime booked,
            ZonedDateTime departs,
            OffsetTime breakfast,
            Optional<OffsetDateTime> cancelled,
            List<ZonedDateTime> stops,
            Map<OffsetDateTime, ZonedDateTime> delays,
            Map<ZonedDateTime, List<OffsetDateTime>> calls) {}

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_dateTimes_keepOffsetAndZone(Codecs codecs) {
        for (ZonedDateTime time : zoned()) {
            assertThat(copy(codecs, ZonedDateTime.class, time).equals(time))
                    .as("%s", time)
                    .isTrue();
        }
        for (OffsetDateTime time : offset()) {
            assertThat(copy(codecs, OffsetDateTime.class, time).equals(time))
                    .as("%s", time)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_dateTimesInRecordsListsAndMapsAndAsTheirKeys_keepOffsetAndZone(Codecs codecs) {
        for (ZonedDateTime time : zoned()) {
            for (OffsetDateTime offset : offset()) {
                Trip trip = new Trip(
                        offset,
                        time,
                        OffsetTime.parse("08:15+02:00"),
                        Optional.of(offset),
                        zoned(),
                        Map.of(offset, time),
                        Map.of(time, offset()));

                assertThat(copy(codecs, Trip.class, trip).equals(trip)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_calendar_keepsItsZone(Codecs codecs) {
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Europe/Berlin"));
        calendar.setTimeInMillis(1_730_000_000_123L);
        record Diary(Calendar any, GregorianCalendar one, List<Calendar> more) {}
        Diary diary = new Diary(calendar, calendar, List.of(calendar));

        assertThat(copy(codecs, Diary.class, diary).equals(diary)).isTrue();
        assertThatThrownBy(() -> codecs.codecFor(Calendar.class)
                        .decode(codecs.<String>codecFor(String.class).encode("noon")))
                .hasMessageContaining("zone");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void A53_keyWithADateTime_keepsOffsetAndZone(Codecs codecs) {
        record Slot(ZonedDateTime from, OffsetDateTime to) {}
        KeyCodec<Slot> keys = KeyCodec.forType(Slot.class);
        Slot slot = new Slot(zoned().get(0), offset().get(0));

        assertThat(keys.decode(keys.encode(slot))).isEqualTo(slot);
        assertThat(keys.encode(new Slot(zoned().get(1), offset().get(0)))).isNotEqualTo(keys.encode(slot));
    }

    static Stream<Object> scalars() {
        return Stream.of(
                Instant.parse("2024-02-29T12:00:00.123456789Z"),
                Instant.MAX,
                Instant.MIN,
                LocalDateTime.MAX,
                LocalDate.MIN,
                LocalTime.MAX,
                Duration.ofNanos(-1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Period.of(1, -20, 300),
                Year.of(12_345),
                YearMonth.of(2024, 2),
                MonthDay.of(2, 29),
                DayOfWeek.MONDAY,
                ZoneOffset.ofHours(2),
                new Date(1_730_000_000_123L),
                new BigDecimal("1.00"),
                new BigDecimal("1E+5"),
                new BigDecimal("0.00"),
                new BigDecimal("123456789012345678901234567890.10"),
                new BigInteger("123456789012345678901234567890"),
                1L,
                -0.0,
                Double.NaN,
                0.1f,
                (short) 1,
                (byte) -1,
                'x',
                "\u00e4\uD83D\uDE00",
                UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
                Locale.forLanguageTag("zh-Hant-TW"),
                Currency.getInstance("EUR"),
                OptionalLong.of(5),
                OptionalLong.empty());
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void scalar_comesBackAsItWas(Object value) {
        for (Codecs codecs : codecs()) {
            ValueCodec<Object> codec = codecs.codecFor(value.getClass());

            assertThat(codec.decode(codec.encode(value)).equals(value)).isTrue();
        }
    }

    enum Size {
        SMALL {
            @Override
            int litres() {
                return 1;
            }
        },
        LARGE;

        int litres() {
            return 5;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    sealed interface Shape permits Circle, Square {}

    @JsonTypeName("circle")
    record Circle(BigDecimal radius) implements Shape {}

    @JsonTypeName("square")
    record Square(long side) implements Shape {}

    @ParameterizedTest
    @MethodSource("codecs")
    void enumsSetsOptionalsAndSealedTypesWithNames_comeBackAsTheyWere(Codecs codecs) {
        record Box(Size size, Map<Size, Long> counts, Set<Shape> shapes, Optional<Shape> lid, Optional<Shape> none) {}
        Box box = new Box(
                Size.SMALL,
                Map.of(Size.LARGE, 5L),
                Set.of(new Circle(new BigDecimal("1.00")), new Square(2)),
                Optional.of(new Square(3)),
                Optional.empty());

        assertThat(copy(codecs, Box.class, box)).isEqualTo(box);
        assertThat(copy(codecs, new TypeReference<Optional<Shape>>() {}, Optional.empty()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void arrays_comeBackAsTheyWere(Codecs codecs) {
        record Arrays2(byte[] bytes, char[] chars, int[][] grid, double[] numbers) {}
        Arrays2 arrays =
                new Arrays2(new byte[] {-1, 0}, new char[] {'\u00e4'}, new int[][] {{1}, {}}, new double[] {-0.0});

        Arrays2 copy = copy(codecs, Arrays2.class, arrays);

        assertThat(Arrays.deepEquals(
                        new Object[] {copy.bytes, copy.chars, copy.grid, copy.numbers},
                        new Object[] {arrays.bytes, arrays.chars, arrays.grid, arrays.numbers}))
                .isTrue();
    }

    record Price(String currency) {}

    record PriceWithTax(String currency, int tax) {}

    record PriceWithNote(String currency, String note) {}

    @ParameterizedTest
    @MethodSource("codecs")
    void decode_primitiveComponentThatWasNotWritten_isAnErrorAndNotZero(Codecs codecs) {
        byte[] older = codecs.<Price>codecFor(Price.class).encode(new Price("EUR"));

        assertThatThrownBy(() -> codecs.codecFor(PriceWithTax.class).decode(older))
                .hasMessageContaining("tax");
        assertThat(codecs.<PriceWithNote>codecFor(PriceWithNote.class).decode(older))
                .isEqualTo(new PriceWithNote("EUR", null));
    }

    @Test
    void decode_primitiveThatIsNull_isAnError() {
        byte[] foreign = "{\"currency\":\"EUR\",\"tax\":null}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Codecs.json().codecFor(PriceWithTax.class).decode(foreign))
                .hasMessageContaining("null");
    }

    static final class Made {
        private final int count;

        @JsonCreator
        Made(@JsonProperty("count") int count) {
            this.count = count;
        }

        public int getCount() {
            return count;
        }
    }

    @Test
    void decode_primitiveParameterThatWasNotWritten_isAnError() {
        byte[] foreign = "{}".getBytes(StandardCharsets.UTF_8);

        assertThat(copy(Codecs.json(), Made.class, new Made(3)).count).isEqualTo(3);
        assertThatThrownBy(() -> Codecs.json().codecFor(Made.class).decode(foreign))
                .hasMessageContaining("count");
    }

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Sparse(int count, boolean open) {}

    record PartlySparse(
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int count,
            @JsonIgnore boolean open) {}

    @ParameterizedTest
    @MethodSource("codecs")
    void decode_primitiveThatIsLeftOutOnPurpose_isZero(Codecs codecs) {
        assertThat(copy(codecs, Sparse.class, new Sparse(0, false))).isEqualTo(new Sparse(0, false));
        assertThat(copy(codecs, PartlySparse.class, new PartlySparse(0, true))).isEqualTo(new PartlySparse(0, false));
    }
}
