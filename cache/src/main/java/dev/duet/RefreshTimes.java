package dev.duet;

import dev.duet.store.Content;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * When entries are refreshed before the end of their lives, and again after a refresh has failed. Thread-safe.
 *
 * <p>Each node draws the moment for each entry, so that one of them comes first: earlier than the end by the time that a
 * load takes, and by a random part that grows with it, as XFetch does (Vattani, Chierichetti and Lowenstein, <i>Optimal
 * Probabilistic Cache Stampede Prevention</i>, 2015). XFetch draws at each read; here one draw is all there is, so that a
 * hit costs nothing more, and the time of one load always comes on top: without it, most single draws would come too late
 * for the load to end in time.
 */
final class RefreshTimes<K> {

    /** What a load takes beside the loader, in nanoseconds: the store, the scheduling, the granularity of clocks. */
    private static final long OVERHEAD = 25_000_000;

    private static final long FIRST_BACKOFF = 100_000_000;
    private static final long LONGEST_BACKOFF = 60_000_000_000L;
    private static final long SOONEST = 10_000_000;
    private static final long LATEST = 1_000_000_000;
    private static final int MOST_FAILED = 10_000;

    private final double beta;
    private final long afterWrite;
    private final boolean loads;
    private final DoubleSupplier random;
    /** How often in a row refreshes of a key have failed. Bounded, as it only spaces attempts out. Guarded by itself. */
    private final Map<K, Integer> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Integer> eldest) {
            return size() > MOST_FAILED;
        }
    };

    /**
     * As a cache is configured.
     *
     * @param loads whether the cache has a loader of its own, without which nothing can be refreshed
     * @param random from 0 to 1
     */
    RefreshTimes(CacheConfig<?, ?> config, boolean loads, DoubleSupplier random) {
        this.beta = config.refreshBeta();
        this.afterWrite = config.refreshAfterWrite() == null
                ? Long.MAX_VALUE
                : config.refreshAfterWrite().toNanos();
        this.loads = loads;
        this.random = random;
    }

    /** When to refresh what was as {@code life} has it at {@code asked}, by the node's clock; never is the maximum. */
    long draw(long asked, Life life) {
        if (!loads) {
            return Long.MAX_VALUE;
        }
        long written = asked - life.age() * 1_000;
        long fixed = afterWrite == Long.MAX_VALUE ? Long.MAX_VALUE : written + afterWrite;
        if (beta == 0 || life.remaining() == Content.FOREVER) {
            return fixed;
        }
        long remaining = life.remaining() * 1_000;
        double load = OVERHEAD + life.cost() * 1_000.0;
        double lead = load * (1 - beta * Math.log(1 - random.getAsDouble()));
        double half = (life.age() * 1_000 + remaining) / 2.0;
        return Math.min(fixed, asked + remaining - (long) Math.min(lead, half));
    }

    /** For how long to wait after a failure, in nanoseconds. */
    long failed(K key) {
        int times;
        synchronized (failures) {
            times = failures.merge(key, 1, Integer::sum) - 1;
        }
        long pause = times > 20 ? LONGEST_BACKOFF : Math.min(LONGEST_BACKOFF, FIRST_BACKOFF << times);
        return (long) (pause * (0.8 + 0.4 * random.getAsDouble()));
    }

    /** A refresh went well. */
    void succeeded(K key) {
        synchronized (failures) {
            failures.remove(key);
        }
    }

    /** When to look again whether another node has refreshed what has {@code remaining} to live, in nanoseconds. */
    long soon(long remaining) {
        return Math.max(SOONEST, Math.min(remaining / 2, LATEST));
    }
}
