package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.CopyComparison.Difference;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"ArrayRecordComponent", "UnusedVariable", "UnnecessaryStringBuilder", "JdkObsolete"
}) // what applications have
class CopyComparisonTest {

    record Line(String product, BigDecimal price) {}

    record Order(long id, List<Line> lines, Map<String, Line> byName, Optional<Line> first) {}

    record Bytes(byte[] bytes, String[][] names) {}

    record Keyed(Map<Bytes, Long> counts, Set<Bytes> all) {}

    /** Equal by number. */
    record Loose(long id, Number number) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Loose that && id == that.id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    /** Has no equals. */
    static class Plain {
        private final Object content;
        private transient Object lock = new Object();

        Plain(Object content) {
            this.content = content;
        }
    }

    static final class Special extends Plain {
        Special(Object content) {
            super(content);
        }
    }

    /** Equal to everything of its kind, as those are whose equals asks for {@code instanceof}. */
    static class User {
        final String name;

        User(String name) {
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof User that && Objects.equals(name, that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    static final class Admin extends User {
        Admin(String name) {
            super(name);
        }
    }

    private static Line line(String price) {
        return new Line("tea", new BigDecimal(price));
    }

    private static Bytes bytes(int one, String name) {
        return new Bytes(new byte[] {(byte) one}, new String[][] {{name}, null});
    }

    private static Order order(String first, String second, String named) {
        return new Order(
                1, List.of(line(first), line(second)), Map.of("black tea", line(named)), Optional.of(line(first)));
    }

    private static void assertSame(Object value, Object copy) {
        assertThat(CopyComparison.between(value, copy)).isNull();
    }

    private static void assertDiffer(Object value, Object copy, String path, String here, String there) {
        assertThat(CopyComparison.between(value, copy)).isEqualTo(new Difference(path, here, there));
    }

    @Test
    void between_scale_isFoundWithItsPath() {
        assertSame(order("1.00", "2", "3"), order("1.00", "2", "3"));
        assertDiffer(
                order("1.0", "2.0", "3"),
                order("1.0", "2.00", "3"),
                "lines[1].price",
                "BigDecimal 2.0",
                "BigDecimal 2.00");
        assertDiffer(
                order("1", "2", "3.0"),
                order("1", "2", "3.00"),
                "byName[black tea].price",
                "BigDecimal 3.0",
                "BigDecimal 3.00");
    }

    @Test
    void between_classOfANumber_isFound() {
        assertDiffer(5L, 5, "", "java.lang.Long", "java.lang.Integer");
        assertDiffer(
                Map.of("a", List.of(5L)), Map.of("a", List.of(5)), "[a][0]", "java.lang.Long", "java.lang.Integer");
    }

    @Test
    void between_offset_isFound() {
        assertDiffer(
                OffsetDateTime.parse("2024-02-29T12:00+01:00"),
                OffsetDateTime.parse("2024-02-29T11:00Z"),
                "",
                "OffsetDateTime 2024-02-29T12:00+01:00",
                "OffsetDateTime 2024-02-29T11:00Z");
    }

    @Test
    void between_subclass_isFoundThoughTheyAreEqual() {
        assertDiffer(new Admin("ann"), new User("ann"), "", Admin.class.getTypeName(), User.class.getTypeName());
        record Team(User lead, Set<User> members, Map<Long, User> byId, List<User> all) {}
        User ann = new User("ann");
        Team copy = new Team(ann, Set.of(ann), Map.of(1L, ann), List.of(ann));

        for (Team team : List.of(
                new Team(new Admin("ann"), Set.of(ann), Map.of(1L, ann), List.of(ann)),
                new Team(ann, Set.of(new Admin("ann")), Map.of(1L, ann), List.of(ann)),
                new Team(ann, Set.of(ann), Map.of(1L, new Admin("ann")), List.of(ann)),
                new Team(ann, Set.of(ann), Map.of(1L, ann), List.of(new Admin("ann"))))) {
            assertThat(team.equals(copy)).isTrue();
            assertThat(CopyComparison.between(team, copy).value()).isEqualTo(Admin.class.getTypeName());
        }
        assertSame(new Team(ann, Set.of(ann), Map.of(1L, ann), List.of(ann)), copy);
    }

    @Test
    void between_recordsOfEqualContent_areTheSame() {
        assertSame(bytes(1, "a"), bytes(1, "a"));
        assertSame(
                new Keyed(Map.of(bytes(1, "a"), 1L, bytes(2, "b"), 2L), Set.of(bytes(1, "a"), bytes(2, "b"))),
                new Keyed(Map.of(bytes(2, "b"), 2L, bytes(1, "a"), 1L), Set.of(bytes(2, "b"), bytes(1, "a"))));
        assertThat(CopyComparison.between(bytes(1, "a"), bytes(2, "a")).path()).isEqualTo("bytes");
        assertDiffer(bytes(1, "a"), bytes(1, "b"), "names[0][0]", "java.lang.String", "another");
        assertDiffer(Set.of(bytes(1, "a")), Set.of(bytes(1, "b")), "[]", Bytes.class.getTypeName(), "no such element");
    }

    @Test
    void between_recordThatIsEqualByItsOwnRule_isTheSameButForClasses() {
        assertSame(new Loose(1, 5L), new Loose(1, 6L));
        assertDiffer(new Loose(1, 5L), new Loose(1, 5), "number", "java.lang.Long", "java.lang.Integer");
    }

    @Test
    void between_objectsWithoutEquals_areComparedByContent() {
        assertSame(new Plain(new Plain(List.of(1L))), new Plain(new Plain(List.of(1L))));
        assertDiffer(
                new Plain(new Plain(1.5)), new Plain(new Plain(2.5)), "content.content", "Double 1.5", "Double 2.5");
        assertDiffer(
                new Plain(new Special(1)),
                new Plain(new Plain(1)),
                "content",
                Special.class.getTypeName(),
                Plain.class.getTypeName());
        assertSame(Set.of(new Plain("a"), new Plain("b")), Set.of(new Plain("b"), new Plain("a")));
    }

    @Test
    void between_jdkTypesWithoutEquals_areTheSameIfTheirTextIs() {
        assertSame(new AtomicInteger(1), new AtomicInteger(1));
        assertDiffer(new AtomicInteger(1), new AtomicInteger(2), "", "AtomicInteger 1", "AtomicInteger 2");
        assertSame(new StringBuilder("a"), new StringBuilder("a"));
        assertThat(CopyComparison.between(new StringBuilder("a"), new StringBuilder("b")))
                .isNotNull();
        assertSame(Pattern.compile("a+"), Pattern.compile("a+"));
        assertSame(new AtomicReference<>(bytes(1, "a")), new AtomicReference<>(bytes(1, "a")));
        assertSame(new Thread(), new Thread());
    }

    @Test
    void between_collectionsOfOtherClasses_areTheSame() {
        assertSame(List.of(1, 2), new ArrayList<>(List.of(1, 2)));
        assertSame(Arrays.asList(1, null), new LinkedList<>(Arrays.asList(1, null)));
        assertSame(Set.of(1, 2), new HashSet<>(Set.of(1, 2)));
        assertSame(new TreeMap<>(Map.of("a", 1)), new HashMap<>(Map.of("a", 1)));
        assertSame(new ArrayDeque<>(List.of(1, 2)), new LinkedList<>(List.of(1, 2)));
        Collection<Integer> values = Map.of("a", 1).values();
        assertSame(values, new ArrayList<>(values));
        assertSame(Collections.unmodifiableCollection(values), new ArrayList<>(values));
        assertThat(CopyComparison.between(Set.of(1), List.of(1))).isNotNull();
    }

    @Test
    void between_sizesAndNulls_areFound() {
        assertDiffer(List.of(1), List.of(), "", "1 elements", "0 elements");
        assertDiffer(new String[2], new String[1], "", "2 elements", "1 elements");
        assertDiffer(Map.of("a", 1), Map.of("b", 1), "[a]", "java.lang.String", "no such key");
        assertDiffer(Optional.of(1), Optional.empty(), "", "Integer 1", "null");
        assertThat(CopyComparison.between("a", null)).isEqualTo(new Difference("", "java.lang.String", "null"));
    }

    @Test
    void between_circles_end() {
        List<Object> one = new ArrayList<>();
        one.add(one);
        List<Object> two = new ArrayList<>();
        two.add(two);

        assertSame(one, two);
    }

    @Test
    void between_text_isNotShown() {
        assertThat(CopyComparison.between("secret", "secret too").toString()).doesNotContain("secret");
    }
}
