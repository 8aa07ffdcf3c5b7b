package dev.duet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.chaos.BehindEvent.Got;
import dev.duet.chaos.BehindEvent.Outcome;
import dev.duet.chaos.BehindEvent.Wrote;
import dev.duet.chaos.Ledger.Item;
import dev.duet.chaos.Ledger.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** That {@link BehindChecker} finds what it is there to find, and nothing else. */
class BehindCheckerTest {

    private static final long KEY = 1;

    private final List<BehindEvent> events = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private final Map<Long, Item> items = new HashMap<>();

    private void put(String call, long begin, long end) {
        write(call, false, begin, end, Outcome.ACKNOWLEDGED);
    }

    private void write(String call, boolean removal, long begin, long end, Outcome outcome) {
        events.add(new Wrote("n1", call, removal, List.of(KEY), begin, end, outcome));
    }

    private void read(String node, @Nullable String value, long begin, long end) {
        events.add(new Got(node, KEY, value, begin, end, false));
    }

    private void made(long version, @Nullable String value, boolean accepted) {
        made.add(new Made(KEY, version, value, accepted));
        if (accepted) {
            items.put(KEY, new Item(value, version));
        }
    }

    private BehindVerdict check() {
        return new BehindChecker(Duration.ofNanos(100)).check(events, made, items);
    }

    @Test
    void lastOfTwoIsMade_theOtherIsSuperseded() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(8, "b", true);
        made(8, "b", false);

        assertThat(check()).isEqualTo(new BehindVerdict(0, 0, 0, 1, 1, 0, List.of()));
    }

    @Test
    void nothingIsMade_allAreLost() {
        put("a", 1, 2);
        put("b", 3, 4);

        assertThat(check().lost()).isEqualTo(2);
    }

    @Test
    void firstOfTwoIsMadeAlone_theLastIsLost() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(7, "a", true);

        assertThat(check().lost()).isEqualTo(1);
    }

    @Test
    void oneOfTwoAtTheSameTimeIsMade_noneIsLost() {
        put("a", 1, 4);
        put("b", 3, 5);
        made(7, "a", true);

        assertThat(check().lost()).isZero();
    }

    @Test
    void unknownOutcome_mayComeAtAnyTime() {
        write("a", false, 1, BehindEvent.NEVER, Outcome.UNKNOWN);
        put("b", 3, 4);
        made(7, "b", true);
        made(8, "a", true);

        assertThat(check()).isEqualTo(new BehindVerdict(0, 0, 0, 2, 0, 0, List.of()));
    }

    @Test
    void removalIsLost_underAnEarlierPut() {
        put("a", 1, 2);
        write("r", true, 3, 4, Outcome.ACKNOWLEDGED);
        made(7, "a", true);

        assertThat(check().lost()).isEqualTo(1);
    }

    @Test
    void versionsAgainstTheOrderOfTheCalls_areFound() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(7, "b", true);
        made(8, "a", true);

        assertThat(check().orderViolations()).isEqualTo(1);
    }

    @Test
    void removalMadeWhereNoneWasAskedFor_isFound() {
        put("a", 1, 2);
        write("r", true, 5, 6, Outcome.ACKNOWLEDGED);
        put("b", 3, 4);
        made(7, "a", true);
        made(8, null, true);
        made(9, "b", true);

        assertThat(check().orderViolations()).isEqualTo(1);
    }

    @Test
    void oneVersionForTwoWrites_isFound() {
        put("a", 1, 9);
        put("b", 1, 9);
        made(7, "a", true);
        made(7, "b", false);

        assertThat(check().orderViolations()).isEqualTo(1);
    }

    @Test
    void rejectedWriteIsMade_isFound() {
        write("a", false, 1, BehindEvent.NEVER, Outcome.REJECTED);
        made(7, "a", true);

        assertThat(check().orderViolations()).isEqualTo(1);
    }

    @Test
    void lateWriteThatTheDatabaseRefused_isCounted() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(8, "b", true);
        made(7, "a", false);

        assertThat(check()).isEqualTo(new BehindVerdict(0, 0, 0, 2, 0, 1, List.of()));
    }

    @Test
    void overwrittenValue_mayBeReadElsewhereForTheBound() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(8, "b", true);
        read("n2", "a", 103, 104);
        assertThat(check().staleReads()).isZero();

        read("n2", "a", 104, 105);
        assertThat(check().staleReads()).isEqualTo(1);
    }

    @Test
    void overwrittenValue_mayNotBeReadByTheNodeThatWrote() {
        put("a", 1, 2);
        put("b", 3, 4);
        made(8, "b", true);
        read("n1", "a", 5, 6);

        assertThat(check().staleReads()).isEqualTo(1);
    }

    @Test
    void lowerVersionThanThatOfAnAcknowledgedWrite_isStale() {
        put("a", 1, 5);
        put("b", 1, 4);
        made(7, "a", true);
        made(8, "b", true);
        read("n2", "a", 200, 201);

        assertThat(check().staleReads()).isEqualTo(1);
    }

    @Test
    void nothingRead_thoughNobodyRemoved_isStale() {
        put("a", 1, 2);
        made(7, "a", true);
        read("n2", null, 200, 201);

        assertThat(check().staleReads()).isEqualTo(1);
    }

    @Test
    void lastRead_isWhatTheDatabaseHas() {
        put("a", 1, 5);
        put("b", 1, 5);
        made(7, "a", true);
        events.add(new Got("n2", KEY, "b", 200, 201, true));

        assertThat(check().staleReads()).isEqualTo(1);
    }
}
