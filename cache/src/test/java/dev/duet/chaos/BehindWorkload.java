package dev.duet.chaos;

import dev.duet.TwoLevelCache;
import dev.duet.WriteBehindFullException;
import dev.duet.store.CacheException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * What the threads of a node do: writers put, put several, remove and read as fast as they can, half of the time some keys far
 * more often than others; one more thread reads, and pauses in between. All of it is recorded. Thread-safe.
 */
final class BehindWorkload {

    private static final long AFTER_A_FAILURE = 5_000_000;
    private static final long A_STOP = 1_000_000_000;
    private static final long TICKED = 20_000_000;

    private static final long READ_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int TOGETHER = 8;
    private static final double POPULAR = 0.5;
    private static final double READS = 0.1;
    private static final double REMOVALS = 0.15;
    private static final double BULK = 0.1;

    private final String node;
    private final TwoLevelCache<Long, String> items;
    private final BehindLog log;
    private final int keys;
    private final AtomicLong calls = new AtomicLong();
    private final ReadWriteLock busy = new ReentrantReadWriteLock();
    private volatile boolean going;

    BehindWorkload(String node, TwoLevelCache<Long, String> items, BehindLog log, int keys) {
        this.node = node;
        this.items = items;
        this.log = log;
        this.keys = keys;
    }

    /** Starts the threads, which wait for {@link #go()}. They end with the process. */
    void start(int writers, long seed) {
        for (int i = 0; i <= writers; i++) {
            Random random = new Random(seed * 31 + i);
            Thread thread = new Thread(i < writers ? () -> writeOn(random) : () -> readOn(random), "workload-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Lets the threads work. */
    void go() {
        going = true;
    }

    /** Has them pause, and waits until what they are at has ended. */
    void quiet() {
        busy.writeLock().lock();
        try {
            going = false;
        } finally {
            busy.writeLock().unlock();
        }
    }

    /** Reads all keys, after everything. */
    void sweep() {
        for (long key = 1; key <= keys; key++) {
            read(key, true);
        }
    }

    /**
     * Notices that the process was stopped as a whole. Until its near cache's clock ticks again, 10 ms later, it may serve what
     * it served before, as README says.
     */
    private static final class Stops {
        private long seen = System.nanoTime();

        void letTheClockTick() {
            if (System.nanoTime() - seen > A_STOP) {
                LockSupport.parkNanos(TICKED);
            }
            seen = System.nanoTime();
        }
    }

    private void readOn(Random random) {
        Stops stops = new Stops();
        while (true) {
            stops.letTheClockTick();
            step(() -> read(key(random), false));
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    private void writeOn(Random random) {
        Stops stops = new Stops();
        while (true) {
            stops.letTheClockTick();
            step(() -> {
                double what = random.nextDouble();
                if (what < READS) {
                    read(key(random), false);
                } else {
                    boolean removal = random.nextDouble() < REMOVALS;
                    int many = random.nextDouble() < BULK ? TOGETHER : 1;
                    write(
                            removal,
                            Stream.generate(() -> key(random))
                                    .limit(many)
                                    .distinct()
                                    .toList());
                }
            });
        }
    }

    private void step(Runnable work) {
        boolean worked = false;
        busy.readLock().lock();
        try {
            if (going) {
                work.run();
                worked = true;
            }
        } finally {
            busy.readLock().unlock();
        }
        if (!worked) {
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    private void read(long key, boolean last) {
        long begin = System.nanoTime();
        try {
            String value = items.get(key);
            log.got(key, value, begin, System.nanoTime(), last);
        } catch (Exception e) {
            log.gotNothing(key);
            LockSupport.parkNanos(AFTER_A_FAILURE);
        }
    }

    private void write(boolean removal, List<Long> keys) {
        String call = node + ':' + calls.incrementAndGet();
        log.begin(call, removal, keys);
        try {
            if (keys.size() > 1 && removal) {
                items.invalidateAll(keys);
            } else if (keys.size() > 1) {
                Map<Long, String> values = new HashMap<>();
                keys.forEach(key -> values.put(key, call));
                items.putAll(values);
            } else if (removal) {
                items.invalidate(keys.get(0));
            } else {
                items.put(keys.get(0), call);
            }
            log.acknowledged(call, System.nanoTime());
        } catch (WriteBehindFullException e) {
            if (keys.size() == 1) { // of several, some may have been made
                log.rejected(call);
            }
        } catch (CacheException e) {
            // Nobody knows what came of it. While the store is down calls fail at once; without a pause there were
            // little else.
            LockSupport.parkNanos(AFTER_A_FAILURE);
        }
    }

    private long key(Random random) {
        return random.nextDouble() < POPULAR
                ? (long) Math.pow(keys + 1.0, random.nextDouble())
                : 1 + random.nextInt(keys);
    }
}
