package dev.duet.benchmarks.scale;

import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.redis.RedisStore;
import dev.duet.store.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a node does when it is told to. Not thread-safe; its threads are its own. */
final class NodeWork implements AutoCloseable {

    /** How many keys there are, from zero. */
    static final int KEYS = 2_000;

    private static final String VALUE = "v".repeat(100);
    /** Many JVMs that start on few processors are slow, and that is not what is measured. */
    private static final String PATIENTLY = "?timeout=10s&connectTimeout=10s";

    private static final int BETWEEN_CLOCKS = 64;

    private final String redis;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile @Nullable AtomicLongArray acted;
    private @Nullable Duet duet;
    private @Nullable TwoLevelCache<Long, String> cache;

    NodeWork(String redis) {
        this.redis = redis;
    }

    /** Joins, after it has left. */
    void open(Duration maxStaleness) {
        close(duet);
        duet = Duet.builder()
                .store(new ListeningStore(RedisStore.connect(redis + PATIENTLY), this::actedUpon))
                .maxStaleness(maxStaleness)
                .storeTimeout(Duration.ofSeconds(10))
                .build();
        cache = duet.cache("items", Long.class, String.class)
                .maximumSize(10 * KEYS)
                .expireAfterWrite(Duration.ofHours(1))
                .build();
    }

    /** Stores all keys. */
    void fill() {
        for (long key = 0; key < KEYS; key++) {
            cache().put(key, VALUE);
        }
    }

    /** Reads all keys, so that they are near; returns how many there are. */
    long readAll() {
        long found = 0;
        for (long key = 0; key < KEYS; key++) {
            found += cache().getIfPresent(key) != null ? 1 : 0;
        }
        return found;
    }

    /** Reads at full speed; returns the near hits, the misses, and the nanoseconds. */
    long[] hit(Duration time, int threadCount) throws Exception {
        var before = cache().stats();
        long begin = System.nanoTime();
        run(time, threadCount, key -> cache().getIfPresent(key));
        long took = System.nanoTime() - begin;
        var after = cache().stats();
        return new long[] {after.nearHits() - before.nearHits(), after.nearMisses() - before.nearMisses(), took};
    }

    /** Writes at full speed; returns the writes and the nanoseconds. */
    long[] write(Duration time, int threadCount) throws Exception {
        long begin = System.nanoTime();
        long writes = run(time, threadCount, key -> cache().put(key, VALUE));
        return new long[] {writes, System.nanoTime() - begin};
    }

    private interface Step {
        void of(Long key);
    }

    private long run(Duration time, int threadCount, Step step) throws Exception {
        Long[] keys = new Long[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = (long) i;
        }
        long end = System.nanoTime() + time.toNanos();
        List<Future<Long>> running = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            SplittableRandom random = new SplittableRandom();
            running.add(threads.submit(() -> {
                long done = 0;
                do {
                    step.of(keys[random.nextInt(KEYS)]);
                    done++;
                } while (done % BETWEEN_CLOCKS != 0 || System.nanoTime() < end);
                return done;
            }));
        }
        long sum = 0;
        for (Future<Long> one : running) {
            sum += one.get();
        }
        return sum;
    }

    /** Writes at a fixed rate, late ones at once; returns how many. */
    long pace(Duration time, int perSecond) {
        SplittableRandom random = new SplittableRandom();
        long writes = time.toMillis() * perSecond / 1_000;
        paced(perSecond, writes, i -> cache().put((long) random.nextInt(KEYS), VALUE));
        return writes;
    }

    /** Writes each of the first keys once at a fixed rate; returns when each was acknowledged. */
    long[] writeOnce(int perSecond, int count) {
        long[] acknowledged = new long[count];
        paced(perSecond, count, key -> {
            cache().put(key, VALUE);
            acknowledged[key.intValue()] = System.nanoTime();
        });
        return acknowledged;
    }

    private static void paced(int perSecond, long count, Step step) {
        long begin = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = begin + i * 1_000_000_000L / perSecond;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            step.of(i);
        }
    }

    /** Notes from now on when a change was acted upon: of each key the last one. */
    void listen() {
        acted = new AtomicLongArray(KEYS);
    }

    private void actedUpon(Change change) {
        AtomicLongArray times = acted;
        if (times != null && change.key() != null) {
            times.set(Integer.parseInt(change.key()), System.nanoTime());
        }
    }

    /** When changes were acted upon since {@link #listen}, by key; 0 if none was. */
    long[] heard() {
        AtomicLongArray times = acted;
        long[] heard = new long[times == null ? 0 : times.length()];
        for (int i = 0; times != null && i < heard.length; i++) {
            heard[i] = times.get(i);
        }
        return heard;
    }

    /** Changes acted upon, and audits, since it was opened. */
    long[] stats() {
        if (duet == null) {
            throw new IllegalStateException("not open");
        }
        var feed = duet.stats().feed();
        return new long[] {feed.applied(), feed.audits()};
    }

    private TwoLevelCache<Long, String> cache() {
        if (cache == null) {
            throw new IllegalStateException("not open");
        }
        return cache;
    }

    private static void close(@Nullable Duet duet) {
        if (duet != null) {
            duet.close();
        }
    }

    @Override
    public void close() {
        close(duet);
        threads.shutdownNow();
    }
}
