package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.Flights.Flight;
import dev.duet.local.CoarseClock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LoadScopeTest {

    private final CoarseClock clock = CoarseClock.manual(() -> 0);
    private final Flights<String, String> users = new Flights<>(clock, 1);
    private final Flights<String, String> orders = new Flights<>(clock, 1);
    private final LoadScope.Stack stack = new LoadScope.Stack();

    /** A call that loads keys, begun and left by this thread. */
    private LoadScope load(LoadScope caller, Flights<String, String> table, List<Flight<String, String>> flights) {
        LoadScope before = stack.current();
        stack.enter(
                caller,
                table,
                Set.copyOf(flights.stream().map(flight -> flight.key).toList()),
                flights);
        LoadScope scope = Objects.requireNonNull(stack.current());
        stack.leave(before);
        return scope;
    }

    @Test
    void current_outside_isNone() {
        LoadScope unused = load(null, users, List.of());

        assertThat(stack.current()).isNull();
    }

    @Test
    void leave_nested_goesBackToTheOuterCall() {
        stack.enter(null, users, Set.of("a"), List.of());
        LoadScope outer = stack.current();
        stack.enter(outer, users, Set.of("b"), List.of());
        assertThat(stack.current()).isNotSameAs(outer);

        stack.leave(outer);

        assertThat(stack.current()).isSameAs(outer);
    }

    @Test
    void current_onAnotherThread_isNone() {
        stack.enter(null, users, Set.of("a"), List.of());

        assertThat(CompletableFuture.supplyAsync(() -> stack.current() == null).join())
                .isTrue();
    }

    @Test
    void current_ofAnotherNode_isNone() {
        stack.enter(null, users, Set.of("a"), List.of());

        assertThat(new LoadScope.Stack().current()).isNull();
    }

    @Test
    void loads_ownKeys_andThoseOfItsCallers() {
        LoadScope outer = load(null, users, List.of(users.prepare("a")));
        LoadScope inner = load(outer, orders, List.of(orders.prepare("b"), orders.prepare("c")));

        assertThat(inner.loads(orders, "b")).isTrue();
        assertThat(inner.loads(orders, "c")).isTrue();
        assertThat(inner.loads(users, "a")).isTrue();
        assertThat(outer.loads(orders, "b")).isFalse();
    }

    @Test
    void loads_sameKeyOfAnotherCache_isAnother() {
        LoadScope scope = load(null, users, List.of(users.prepare("a")));

        assertThat(scope.loads(orders, "a")).isFalse();
    }

    @Test
    void waitsInVainFor_whatNobodyLoadsYet_isFalse() {
        LoadScope scope = load(null, users, List.of(users.prepare("a")));

        assertThat(scope.waitsInVainFor(users.prepare("b"))).isFalse();
    }

    @Test
    void waitsInVainFor_aLoadThatWaitsForThisOne_isTrue() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = users.prepare("b");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope loadsB = load(null, users, List.of(b));

        assertThat(loadsA.waitsInVainFor(b)).isFalse();
        assertThat(loadsB.waitsInVainFor(a)).isTrue();
    }

    @Test
    void waitsInVainFor_aCircleOfThree_isTrue() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = orders.prepare("b");
        Flight<String, String> c = users.prepare("c");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope loadsB = load(null, orders, List.of(b));
        LoadScope loadsC = load(null, users, List.of(c));

        assertThat(loadsA.waitsInVainFor(b)).isFalse();
        assertThat(loadsB.waitsInVainFor(c)).isFalse();
        assertThat(loadsC.waitsInVainFor(a)).isTrue();
    }

    @Test
    void waitsInVainFor_throughACallOfACall_isTrue() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = users.prepare("b");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope inner = load(loadsA, orders, List.of(orders.prepare("x")));
        LoadScope loadsB = load(null, users, List.of(b));

        assertThat(loadsB.waitsInVainFor(a)).isFalse();
        assertThat(inner.waitsInVainFor(b)).isTrue();
    }

    @Test
    void waitsInVainFor_found_isTakenBack() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = users.prepare("b");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope loadsB = load(null, users, List.of(b));
        assertThat(loadsA.waitsInVainFor(b)).isFalse();
        assertThat(loadsB.waitsInVainFor(a)).isTrue();

        Flight<String, String> c = users.prepare("c");
        LoadScope loadsC = load(null, users, List.of(c));
        assertThat(loadsA.waitsInVainFor(c)).isFalse();
        assertThat(loadsC.waitsInVainFor(b)).isFalse();
    }

    @Test
    void waitsInVainFor_aFlightThatHasLanded_isFalse() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = users.prepare("b");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope loadsB = load(null, users, List.of(b));
        assertThat(loadsA.waitsInVainFor(b)).isFalse();
        users.land(a, "done");

        assertThat(loadsB.waitsInVainFor(a)).isFalse();
    }

    @Test
    void waitsInVainFor_othersInACircle_ends() {
        Flight<String, String> a = users.prepare("a");
        Flight<String, String> b = users.prepare("b");
        LoadScope loadsA = load(null, users, List.of(a));
        LoadScope loadsB = load(null, users, List.of(b));
        LoadScope bystander = load(null, users, List.of(users.prepare("c")));
        assertThat(loadsA.waitsInVainFor(b)).isFalse();
        assertThat(loadsB.waitsInVainFor(a)).isTrue();

        assertThat(bystander.waitsInVainFor(a)).isFalse();
    }
}
