package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever happens to the entry of a key, what is read of it is what the life it was filled with allows. */
class NearCachePropertyTest {

    @Property(tries = 2_000)
    void readings_afterAnything_areWhatTheLifeAllows(@ForAll("steps") List<Step> steps) {
        World world = new World();
        for (Step step : steps) {
            world.step(step);
            world.check();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Event.class), Arbitraries.longs().between(0, 30))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }

    enum Event {
        FILL,
        PASS,
        PASS_A_LITTLE,
        AUDIT,
        CHANGE,
        GIVE_UP,
        EXAMINE,
        PUT_OFF,
        PUT_OFF_ANOTHER,
        TAKE_RETAINED,
        SERVE_STALE
    }

    record Step(Event event, long amount) {}

    /** A value that knows with what life it was filled. Each is another. */
    private record Filled(long version, NearLife life) {}

    private static final class World {
        private final AtomicLong nanos = new AtomicLong();
        private final CoarseClock clock = CoarseClock.manual(nanos::get);
        private final Freshness freshness = new Freshness();
        private final NearCache<String, Filled> near =
                new NearCache<>(NearCacheConfig.ofSize(10, 1), clock, freshness, housekeeping -> {});

        private long head = 1;
        private long told;
        private @Nullable Filled last;
        private @Nullable NearHit<Filled> taken;
        /** From when on a refresh may be claimed. */
        private long due;

        void step(Step step) {
            long now = clock.now();
            switch (step.event) {
                case FILL -> fill(now, step.amount);
                case PASS -> pass(step.amount);
                case PASS_A_LITTLE -> pass(step.amount % 4);
                case AUDIT -> freshness.extend(now + step.amount);
                case CHANGE -> {
                    near.invalidate("a", 0, ++head);
                    told = head;
                }
                case GIVE_UP -> {
                    near.raiseFloor(0, ++head);
                    told = head;
                }
                case EXAMINE -> examine(now);
                case PUT_OFF -> putOff(0, now + step.amount);
                case PUT_OFF_ANOTHER -> putOff(1, now + step.amount);
                case TAKE_RETAINED -> taken = near.retained("a");
                case SERVE_STALE -> {
                    if (taken != null) {
                        near.serveStale("a", taken, now + step.amount);
                    }
                }
            }
        }

        private void pass(long amount) {
            nanos.addAndGet(amount);
            clock.tick();
        }

        private void fill(long now, long amount) {
            long deadline = now + 1 + amount;
            Filled value = new Filled(
                    ++head,
                    new NearLife(now + amount / 2, deadline, now + amount % 16, deadline + amount % 8, head, false));
            if (near.fill("a", near.ticket("a"), value, 0, value.version, value.life) == FillOutcome.FILLED) {
                last = value;
                due = value.life.refreshAt();
            }
        }

        private void examine(long now) {
            NearHit<Filled> hit = near.examine("a");
            if (hit != null && hit.refreshDue()) {
                assertThat(now).as("the time of a claim").isGreaterThanOrEqualTo(due);
                due = Long.MAX_VALUE;
            }
        }

        private void putOff(long otherName, long at) {
            if (last != null) {
                near.refreshLater("a", last.life.writtenAt() + otherName, at);
                due = (otherName == 0) ? at : due;
            }
        }

        void check() {
            long now = clock.now();
            Filled looked = near.lookup("a");
            NearHit<Filled> peeked = near.peek("a");
            NearHit<Filled> retained = near.retained("a");

            if (looked != null) {
                assertThat(peeked).isNotNull().returns(looked, NearHit::value);
            }
            if (peeked != null) {
                assertThat(retained).isEqualTo(peeked);
                assertThat(peeked.stale()).isEqualTo(now >= peeked.value().life.deadline());
                assertThat(now).isLessThan(peeked.deadline());
            }
            if (retained != null) {
                NearLife life = retained.value().life;
                assertThat(retained.value()).isSameAs(last);
                assertThat(retained.version()).isGreaterThanOrEqualTo(told);
                assertThat(now).isLessThan(life.retainedUntil());
                assertThat(now).isLessThan(Math.max(freshness.until(), life.trusted()));
            }
            if (last != null && last.version >= told && now < Math.max(freshness.until(), last.life.trusted())) {
                assertThat(peeked != null || now >= last.life.deadline())
                        .as("served in its life")
                        .isTrue();
                assertThat(retained != null).as("retained").isEqualTo(now < last.life.retainedUntil());
            }
        }
    }
}
