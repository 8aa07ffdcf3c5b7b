package dev.duet.benchmarks.hitratio;

import dev.duet.local.CoarseClock;
import dev.duet.local.FillOutcome;
import dev.duet.local.Freshness;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.local.NearLife;
import java.time.Duration;

/**
 * Duet's near cache, as a two-level cache drives it: looked up, and filled on a miss. Its housekeeping is done after every read,
 * so that no read goes unnoticed because the trace runs faster than any application would ask.
 */
final class DuetNearCache implements ReplacementPolicy {

    private static final int PARTITIONS = 64;
    private static final Duration TIME_TO_LIVE = Duration.ofHours(1);

    @Override
    public String title() {
        return "Duet";
    }

    @Override
    public long countHits(int[] keys, int size) {
        try (CoarseClock clock = CoarseClock.start()) {
            NearCache<Integer, Integer> cache =
                    new NearCache<>(NearCacheConfig.ofSize(size, PARTITIONS), clock, new Freshness());
            long deadline = clock.read() + TIME_TO_LIVE.toNanos();
            NearLife life = NearLife.of(deadline, deadline);
            for (int key : keys) {
                if (cache.lookup(key) == null) {
                    FillOutcome outcome = cache.fill(key, cache.ticket(key), key, key % PARTITIONS, 1, life);
                    if (outcome != FillOutcome.FILLED) {
                        throw new IllegalStateException("key " + key + " was not kept: " + outcome);
                    }
                }
                cache.cleanUp();
            }
            return cache.hits();
        }
    }
}
