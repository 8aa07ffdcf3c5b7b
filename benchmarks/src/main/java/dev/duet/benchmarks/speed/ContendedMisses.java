package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * Many threads on three nodes, in one JVM, that read the same cold key at once; to load it takes 50 ms. The overhead is the
 * time from the moment at which they may begin to that at which the last has its value, less what the first load to end
 * took; the ratio that of the two times. The baseline is one thread that loads without a cache.
 */
final class ContendedMisses implements Suite {

    private static final String ALONE = "Load alone";
    private static final int NODES = 3;
    private static final int THREADS = 200;
    private static final int WARM_UPS = 3;
    private static final long LOAD_NANOS = 50_000_000;
    private static final int SIZE = 10_000;

    @Override
    public String name() {
        return "miss under contention";
    }

    /** One round of all threads. */
    private record Read(long wall, long load, int loads) {}

    /** A loader that counts, and says how long the first load took. */
    private static final class Loads {
        private final AtomicInteger count = new AtomicInteger();
        private final AtomicLong first = new AtomicLong();

        String load(long key) {
            count.incrementAndGet();
            long begin = System.nanoTime();
            long end = begin + LOAD_NANOS;
            for (long now = begin; now < end; now = System.nanoTime()) {
                LockSupport.parkNanos(end - now);
            }
            first.compareAndSet(0, System.nanoTime() - begin);
            return Items.value(key);
        }

        void reset() {
            count.set(0);
            first.set(0);
        }
    }

    @Override
    public Report run(Effort effort, SpeedServers servers) throws Exception {
        Rounds rounds = new Rounds(name());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 1; round <= effort.rounds(); round++) {
                add(rounds, ALONE, 1, alone(effort));
                for (CacheSystem system : Items.WITH_SERVERS_OF_THEIR_OWN) {
                    servers.prepareStores();
                    try {
                        add(rounds, system.title(), THREADS, contend(system, threads, effort));
                    } catch (Exception e) {
                        throw new IllegalStateException(name() + ": " + system.title() + " failed", e);
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return new Report(rounds.rows(), List.of());
    }

    private static List<Read> alone(Effort effort) {
        Loads loads = new Loads();
        List<Read> reads = new ArrayList<>();
        for (long key = 0; key < effort.contendedReads(); key++) {
            loads.reset();
            long begin = System.nanoTime();
            Items.check(key, loads.load(key));
            reads.add(new Read(System.nanoTime() - begin, loads.first.get(), loads.count.get()));
        }
        return reads;
    }

    private static List<Read> contend(CacheSystem system, ExecutorService threads, Effort effort) throws Exception {
        Loads loads = new Loads();
        List<CacheNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(Items.start(system, SIZE, loads::load));
            }
            List<Read> reads = new ArrayList<>();
            for (long key = -WARM_UPS; key < effort.contendedReads(); key++) {
                loads.reset();
                long wall = readAtOnce(nodes, key, threads);
                if (key >= 0) {
                    reads.add(new Read(wall, loads.first.get(), loads.count.get()));
                }
            }
            return reads;
        } finally {
            nodes.forEach(CacheNode::close);
        }
    }

    /** Nanoseconds from the moment at which all threads may read to that at which the last has read. */
    private static long readAtOnce(List<CacheNode> nodes, long key, ExecutorService threads) throws Exception {
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Long>> ends = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CacheNode node = nodes.get(i % NODES);
            ends.add(threads.submit(() -> {
                ready.countDown();
                start.await();
                String value = node.get(key);
                long end = System.nanoTime();
                Items.check(key, value);
                return end;
            }));
        }
        ready.await();
        long begin = System.nanoTime();
        start.countDown();
        long last = begin;
        for (Future<Long> end : ends) {
            last = Math.max(last, end.get());
        }
        return last - begin;
    }

    /** Adds what a system did in a round. */
    private static void add(Rounds rounds, String system, int threads, List<Read> reads) {
        double[] overheads = sorted(reads, read -> (read.wall - read.load) / 1e6);
        double[] ratios = sorted(reads, read -> (double) read.wall / read.load);
        for (int percent : new int[] {50, 99}) {
            rounds.add(
                    new Measured(system, threads, "overhead p" + percent, "ms", percentile(overheads, percent), ALONE),
                    percentile(ratios, percent));
        }
        double loads = reads.stream().mapToInt(Read::loads).average().orElseThrow();
        rounds.add(new Measured(system, threads, "loads", "1", loads, ALONE), loads);
        System.out.printf(
                Locale.ROOT,
                "# miss under contention: %s: overhead p50 %.2f ms, loads %.1f%n",
                system,
                percentile(overheads, 50),
                loads);
    }

    private static double[] sorted(List<Read> reads, ToDoubleFunction<Read> of) {
        return reads.stream().mapToDouble(of).sorted().toArray();
    }

    /** The value that so many of a hundred do not exceed. */
    static double percentile(double[] sorted, int percent) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }
}
