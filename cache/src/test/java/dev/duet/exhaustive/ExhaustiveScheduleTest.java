package dev.duet.exhaustive;

import static dev.duet.exhaustive.WriterKind.INVALIDATE;
import static dev.duet.exhaustive.WriterKind.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.duet.exhaustive.Exploration.Result;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Explores every interleaving of two nodes in small scopes, over the real operations on records, the real near cache and
 * the real follower. The protocol holds in all of them; with one of its guards taken out a schedule breaks it, and is
 * printed.
 */
class ExhaustiveScheduleTest {

    private static final int ENOUGH = 1_000_000;

    @Test
    void protocol_underEverySchedule_holds() {
        int states = 0;
        int violations = 0;
        StringBuilder report = new StringBuilder();
        for (Scope scope : Scopes.all()) {
            Result result = Exploration.explore(scope);
            states += result.states();
            violations += result.violation() == null ? 0 : 1;
            report.append("%,12d states: %s%n".formatted(result.states(), scope));
            if (result.violation() != null) {
                report.append(result.violation()).append(System.lineSeparator());
            }
        }
        report.append("%d states, %d violations".formatted(states, violations));
        print(report);

        assertThat(violations).as(report.toString()).isZero();
        assertThat(states).isGreaterThanOrEqualTo(ENOUGH);
    }

    @ParameterizedTest
    @MethodSource
    void guard_takenOut_isMissed(Guard guard, Scope scope, String broken) {
        assertBroken(scope.without(guard), broken);
    }

    static Stream<Arguments> guard_takenOut_isMissed() {
        return Stream.of(
                arguments(Guard.TICKET, Scopes.PEEKS, "NO RESIDUE"),
                arguments(Guard.TOKEN, Scopes.PEEKS, "NO RESIDUE"),
                arguments(Guard.LEASE_REPLACED, Scopes.PEEKS, "NO RESIDUE"),
                arguments(Guard.CONTENDED, Scopes.WRITES_THROUGH, "NO RESIDUE"),
                arguments(Guard.OLD_DROPPED, Scopes.UPDATES, "OWN WRITES"),
                arguments(Guard.BEGIN_BROADCAST, Scopes.UPDATES, "NO RESIDUE"),
                arguments(Guard.INTENT_CHECKED, Scopes.SLOW_WRITER, "NO RESIDUE"),
                arguments(Guard.AGAIN, Scopes.SLOW_THROUGH, "NO RESIDUE"),
                arguments(Guard.INTENT_FLOOR, Scopes.THROUGH_AND_WHOLE_CACHE, "NO RESIDUE"),
                arguments(Guard.STORE_FLOOR, Scopes.WHOLE_CACHE, "OWN WRITES"),
                arguments(Guard.NEAR_FLOOR, Scopes.WHOLE_CACHE, "NO RESIDUE"),
                arguments(Guard.NUMBERING, Scopes.LOSSES, "FRESH"),
                arguments(Guard.FRESHNESS, Scopes.LOSSES, "FRESH"),
                arguments(Guard.OWN_COPY_DROPPED, Scopes.PEEKS, "OWN WRITES"),
                arguments(Guard.FLIGHT_DETACHED, Scopes.JOINED_TWICE, "OWN WRITES"),
                arguments(Guard.DROPPED_BEFORE_DETACHED, Scopes.JOINED_TWICE, "OWN WRITES"),
                arguments(Guard.REPLACED, Scopes.PUTS, "OWN WRITES"),
                arguments(Guard.OWN_TICKET, Scopes.THROUGH_AND_OWN, "OWN WRITES"),
                arguments(Guard.WINDOW, Scopes.LATE_PUT, "NO RESIDUE"));
    }

    /** Cache-aside: the database is written first, and the writer dies before it invalidates (A12). */
    @Test
    void cacheAside_writerDies_leavesResidue() {
        Scope scope = Scope.of("cache-aside, one crash")
                .writer(INVALIDATE, 0)
                .reader(1, 1)
                .allow(Fault.CRASH, 1);

        assertBroken(scope, "NO RESIDUE");
    }

    /** What the promise leaves out: an intent that ran out under a stopped writer, who then commits and dies. */
    @Test
    void update_writerOutlivesItsIntentAndDies_leavesResidue() {
        Scope scope = Scope.of("an update that outlives its intent, one crash")
                .writer(UPDATE, 0)
                .reader(1, 1)
                .allow(Fault.SLOW_WRITER, 1)
                .allow(Fault.CRASH, 1);

        assertBroken(scope, "NO RESIDUE");
    }

    /**
     * An intent knows at which version it began, and so, when the whole cache was invalidated while it stood, leaves no value
     * from before that.
     */
    @Test
    void writeThrough_besideInvalidationOfWholeCache_holds() {
        assertHolds(Scopes.THROUGH_AND_WHOLE_CACHE);
    }

    /** An intent that was lost and is announced again does not know of the writes in between, and leaves no value. */
    @Test
    void writeThrough_announcedAgain_holds() {
        assertHolds(Scopes.SLOW_THROUGH);
    }

    private static void assertHolds(Scope scope) {
        Result result = Exploration.explore(scope);
        print("%s: %d states".formatted(scope, result.states()));

        assertThat(result.violation()).isNull();
    }

    private static void assertBroken(Scope scope, String invariant) {
        Result result = Exploration.explore(scope);
        print("%s: %d states, then %s".formatted(scope, result.states(), result.violation()));

        assertThat(result.violation()).isNotNull();
        assertThat(result.violation().what()).startsWith(invariant);
    }

    /** The numbers are for whoever reads the log of the build. */
    private static void print(CharSequence report) {
        System.out.println(report);
    }
}
