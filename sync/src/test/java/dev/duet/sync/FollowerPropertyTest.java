package dev.duet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.sync.FollowerWorld.Event;
import dev.duet.sync.FollowerWorld.Step;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever happens in a {@link FollowerWorld}, what the follower says is true. */
class FollowerPropertyTest {

    /** The world itself checks this at every moment at which the follower says that it is fresh. */
    @Property(tries = 3_000)
    void fresh_afterAnything_everyEarlierChangeWasActedUpon(@ForAll("steps") List<Step> steps) {
        FollowerWorld world = new FollowerWorld();
        steps.forEach(world::step);
    }

    @Property(tries = 500)
    void fresh_faultsAreOver_isSaidOfTheLastAudit(@ForAll("steps") List<Step> steps) {
        FollowerWorld world = new FollowerWorld();
        steps.forEach(world::step);
        world.heal();

        assertThat(world.freshSince).isEqualTo(world.now());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Event> events = Arbitraries.frequency(
                Tuple.of(12, Event.CHANGE),
                Tuple.of(12, Event.DELIVER),
                Tuple.of(1, Event.DELIVER_OUT_OF_TURN),
                Tuple.of(3, Event.LOSE),
                Tuple.of(1, Event.REPEAT),
                Tuple.of(1, Event.SHORTEN_LOG),
                Tuple.of(1, Event.GO_BACK),
                Tuple.of(3, Event.AUDIT),
                Tuple.of(1, Event.AUDIT_EAGERLY),
                Tuple.of(1, Event.RECONNECT),
                Tuple.of(6, Event.CARRY_OUT),
                Tuple.of(9, Event.ANSWER),
                Tuple.of(1, Event.FAIL));
        return Combinators.combine(events, Arbitraries.integers().between(0, 59))
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(120);
    }
}
