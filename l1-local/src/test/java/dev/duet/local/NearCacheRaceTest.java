package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fills, invalidations and lookups at the same moment: two schedules that are forced, and many that are not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NearCacheRaceTest {

    private static final int PARTITION = 0;
    private static final long NEVER = Long.MAX_VALUE;
    private static final NearLife FOREVER = NearLife.of(NEVER, NEVER);

    private final CoarseClock clock = CoarseClock.manual(() -> 0);

    @Test
    void A03_changeArrivesInsideTheFill_waitsForItAndDropsIt() throws Exception {
        invalidateInsideTheFill((near, key) -> near.invalidate(key, PARTITION, 2));
    }

    @Test
    void A03_ownWriteInsideTheFill_waitsForItAndDropsIt() throws Exception {
        invalidateInsideTheFill(NearCache::invalidate);
    }

    @Test
    void A06_allIsInvalidatedInsideTheFill_waitsForItAndDropsIt() throws Exception {
        invalidateInsideTheFill((near, key) -> near.invalidateAll());
    }

    /**
     * Whenever an invalidation hashes its key, which is once for the stripe and once for the map, a late fill comes in.
     */
    @Test
    void A03_fillAtAnyStepOfAnInvalidation_leavesNothing() {
        for (boolean versioned : new boolean[] {true, false}) {
            NearCache<Hooked, String> near =
                    new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless());
            Hooked key = new Hooked("a", () -> {});
            long ticket = near.ticket(key);
            AtomicLong fills = new AtomicLong();
            Hooked invalidated = new Hooked("a", () -> {
                near.fill(key, ticket, "one", PARTITION, 1, FOREVER);
                fills.incrementAndGet();
            });
            if (versioned) {
                near.invalidate(invalidated, PARTITION, 2);
            } else {
                near.invalidate(invalidated);
            }

            assertThat(fills).hasValueGreaterThanOrEqualTo(2);
            assertThat(near.lookup(key)).isNull();
        }
    }

    /**
     * One thread changes the truth and tells the near cache; others read through it. Every lookup must return what was
     * true when the last invalidation returned before it, or something newer; and once all is quiet, nothing else.
     */
    @Test
    void A03_manyThreads_nothingOlderThanTheLastInvalidationIsServed() throws Exception {
        NearCache<Integer, Long> near = new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless());
        AtomicLong truth = new AtomicLong();
        AtomicLong told = new AtomicLong();
        int readers = 3;
        CyclicBarrier barrier = new CyclicBarrier(readers + 1);
        AtomicLong served = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(readers + 1);
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
            while (System.nanoTime() < end) {
                long last = truth.get() + 200;
                Future<?>[] work = new Future<?>[readers + 1];
                for (int i = 0; i < readers; i++) {
                    work[i] = pool.submit(() -> {
                        barrier.await();
                        while (told.get() < last) {
                            served.addAndGet(readThrough(near, truth, told));
                        }
                        return null;
                    });
                }
                work[readers] = pool.submit(() -> {
                    barrier.await();
                    while (told.get() < last) {
                        long version = truth.incrementAndGet();
                        near.invalidate(1, PARTITION, version);
                        told.set(version);
                    }
                    return null;
                });
                for (Future<?> each : work) {
                    each.get();
                }
                assertThat(near.lookup(1)).isIn(null, last);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(served).hasPositiveValue();
    }

    /** A floor that is raised while its partition is being filled. */
    @Test
    void raiseFloor_manyThreads_nothingBelowItIsServed() throws Exception {
        NearCache<Integer, Long> near = new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless());
        AtomicLong head = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<?> floors = pool.submit(() -> {
                for (int i = 0; i < 50_000; i++) {
                    near.raiseFloor(PARTITION, head.incrementAndGet());
                }
            });
            Future<?> reads = pool.submit(() -> {
                while (!floors.isDone()) {
                    long version = head.get();
                    near.fill(1, near.ticket(1), version, PARTITION, version, FOREVER);
                    long floor = near.floor(PARTITION);
                    Long value = near.lookup(1);
                    assertThat(value == null || value >= floor).isTrue();
                }
            });
            floors.get();
            reads.get();
        } finally {
            pool.shutdownNow();
        }
        near.raiseFloor(PARTITION, head.incrementAndGet());
        assertThat(near.lookup(1)).isNull();
    }

    /**
     * The fill is held up after it has checked its ticket and before its entry is in the map, with an invalidation
     * coming in. Keys of one hash code make that possible: their bin becomes a tree, which compares a new key on its
     * way down twice, to look for it before the decision, and to insert it after.
     */
    private void invalidateInsideTheFill(BiConsumer<NearCache<Colliding, String>, Colliding> invalidation)
            throws Exception {
        NearCache<Colliding, String> near = new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless());
        for (int i = 0; i < 32; i++) {
            Colliding other = new Colliding("other" + i, met -> {});
            near.fill(other, near.ticket(other), "other", PARTITION, 1, FOREVER);
        }
        CountDownLatch inserting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Set<Colliding> seen = new HashSet<>();
        Colliding held = new Colliding("a", met -> {
            if (!seen.add(met)) {
                inserting.countDown();
                awaitUninterrupted(goOn);
            }
        });
        Colliding key = new Colliding("a", met -> {});
        AtomicReference<FillOutcome> outcome = new AtomicReference<>();

        long ticket = near.ticket(key);
        Thread filler = start("filler", () -> outcome.set(near.fill(held, ticket, "one", PARTITION, 1, FOREVER)));
        awaitUninterrupted(inserting);
        Thread invalidator = start("invalidator", () -> invalidation.accept(near, key));
        while (!isHeldUp(invalidator) && invalidator.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(near.lookup(key)).isNull();
        goOn.countDown();
        filler.join();
        invalidator.join();

        assertThat(outcome).hasValue(FillOutcome.FILLED);
        assertThat(near.lookup(key)).isNull();
    }

    /** Whether a thread waits for the lock of a bin, or for the fills. */
    private static boolean isHeldUp(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.WAITING;
    }

    private static int readThrough(NearCache<Integer, Long> near, AtomicLong truth, AtomicLong told) {
        long atLeast = told.get();
        Long value = near.lookup(1);
        if (value == null) {
            long ticket = near.ticket(1);
            long read = truth.get();
            near.fill(1, ticket, read, PARTITION, read, FOREVER);
            return 0;
        }
        assertThat(value).isGreaterThanOrEqualTo(atLeast);
        return 1;
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key that says which other key it is being compared to, among keys that all have one hash code. */
    private record Colliding(String name, Consumer<Colliding> onCompare) implements Comparable<Colliding> {
        @Override
        public int compareTo(Colliding other) {
            onCompare.accept(other);
            return name.compareTo(other.name);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Colliding that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    /** A key that says when it is being hashed. */
    private record Hooked(String name, Runnable onHash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Hooked that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            onHash.run();
            return name.hashCode();
        }
    }
}
