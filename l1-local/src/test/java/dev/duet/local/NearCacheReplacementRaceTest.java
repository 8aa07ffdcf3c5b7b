package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An entry that is claimed, put off or served as stale while something else happens to it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NearCacheReplacementRaceTest {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long LIFE = 100;

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final NearCache<Hooked, String> near =
            new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless(), housekeeping -> {});
    private final Hooked key = new Hooked(() -> {});

    /** Whenever the replacement hashes its key, which is once for each call of the map, the change comes in. */
    @ParameterizedTest
    @EnumSource
    void A03_changeAtAnyStepOfAReplacement_bringsNothingBack(Replacement replacement) {
        atEachStep(replacement, () -> near.invalidate(key, 0, 2), hit -> {
            assertThat(near.lookup(key)).isNull();
            assertThat(near.examine(key)).isNull();
            assertThat(near.retained(key)).isNull();
        });
    }

    @ParameterizedTest
    @EnumSource
    void A11_newerFillAtAnyStepOfAReplacement_itsValueAndLifeStay(Replacement replacement) {
        NearLife newer = new NearLife(NEVER, NEVER, 0, NEVER, 2, false);
        atEachStep(replacement, () -> near.fill(key, near.ticket(key), "two", 0, 2, newer), hit -> {
            boolean claimed = hit != null && hit.version() == 2;
            assertThat(near.examine(key)).isEqualTo(new NearHit<>("two", 2, 2, NEVER, false, !claimed));
        });
    }

    @Test
    void examine_anotherAtAnyStep_isDueForOneOfThem() {
        AtomicInteger due = new AtomicInteger();
        atEachStep(
                Replacement.CLAIM,
                () -> due.addAndGet(isDue(near.examine(key))),
                hit -> assertThat(due.getAndSet(0) + isDue(hit)).isEqualTo(1));
    }

    @Test
    void examine_manyThreads_isDueForOneOfThem() throws Exception {
        int threads = 4;
        int rounds = 2_000;
        NearCache<Integer, String> shared =
                new NearCache<>(NearCacheConfig.ofSize(rounds, 1), clock, Freshness.endless());
        for (int round = 0; round < rounds; round++) {
            shared.fill(round, shared.ticket(round), "one", 0, 1, new NearLife(NEVER, LIFE, 0, LIFE, 1, false));
        }
        CyclicBarrier barrier = new CyclicBarrier(threads);
        Callable<Integer> claimer = () -> {
            barrier.await();
            int due = 0;
            for (int round = 0; round < rounds; round++) {
                NearHit<String> hit = shared.examine(round);
                assertThat(hit).isNotNull();
                due += isDue(hit);
            }
            return due;
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> claims = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                claims.add(pool.submit(claimer));
            }
            int due = 0;
            for (Future<Integer> each : claims) {
                due += each.get();
            }
            assertThat(due).isEqualTo(rounds);
        } finally {
            pool.shutdownNow();
        }
        assertThat(shared.hits()).isEqualTo((long) threads * rounds);
    }

    private void atEachStep(Replacement replacement, Runnable meanwhile, Consumer<@Nullable NearHit<String>> check) {
        int steps = 0;
        AtomicInteger left = new AtomicInteger(-1);
        do {
            long now = clock.now();
            near.invalidate(key);
            near.fill(key, near.ticket(key), "one", 0, 1, new NearLife(NEVER, now + LIFE, now, NEVER, 1, false));
            nanos.addAndGet(replacement == Replacement.STALE ? LIFE : 1);
            clock.tick();
            NearHit<String> hit = Objects.requireNonNull(near.retained(key));
            left.set(steps);
            Hooked hooked = new Hooked(() -> {
                if (left.getAndDecrement() == 0) {
                    meanwhile.run();
                }
            });
            NearHit<String> returned = replacement.of.run(near, hooked, hit);
            if (left.get() < 0) {
                check.accept(returned);
                steps++;
            }
        } while (left.get() < 0);
        assertThat(steps).as("steps at which it happened").isGreaterThanOrEqualTo(2);
    }

    private static int isDue(@Nullable NearHit<String> hit) {
        return hit != null && hit.refreshDue() ? 1 : 0;
    }

    private interface Operation {
        @Nullable
        NearHit<String> run(NearCache<Hooked, String> near, Hooked key, NearHit<String> hit);
    }

    /** The ways to replace an entry by another of the same value. */
    @SuppressWarnings("ImmutableEnumChecker") // each is a method, which holds nothing
    enum Replacement {
        CLAIM((near, key, hit) -> near.examine(key)),
        PUT_OFF((near, key, hit) -> {
            near.refreshLater(key, hit.writtenAt(), NEVER);
            return hit;
        }),
        STALE((near, key, hit) -> {
            near.serveStale(key, hit, NEVER);
            return hit;
        });

        private final Operation of;

        Replacement(Operation of) {
            this.of = of;
        }
    }

    /** A key that says when it is being hashed. All are equal. */
    private record Hooked(Runnable onHash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Hooked;
        }

        @Override
        public int hashCode() {
            onHash.run();
            return 1;
        }
    }
}
