package dev.duet.benchmarks.coherence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a node does all the time: two threads read 500 keys a second each, and one writes 20. Key n of {@value #KEYS} is read
 * and written about as often as 1/n (Zipf), so that some are written many times a second and some once in a while. The same
 * for all systems.
 */
final class Workload {

    /** How many keys there are, from 1 on. */
    static final int KEYS = 200;

    /** How long a read or a write may take. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final int READERS = 2;
    private static final Duration READ_PAUSE = Duration.ofMillis(2);
    private static final Duration WRITE_PAUSE = Duration.ofMillis(50);

    private final List<LimitedThread> writers = new ArrayList<>();
    private volatile boolean writing = true;

    /** Starts it. */
    Workload(RecordedNode node, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < READERS; i++) {
            SplittableRandom random = seeds.split();
            var unused = new LimitedThread(
                    "reader-" + i, () -> node.read(next(random), Read.Kind.WORKLOAD), READ_PAUSE, LIMIT);
        }
        SplittableRandom random = seeds.split();
        writers.add(new LimitedThread("writer", () -> writing ? node.write(next(random)) : null, WRITE_PAUSE, LIMIT));
    }

    /** Has it write no more, and waits until what is being written is written, or has failed. */
    void quiet() {
        writing = false;
        writers.forEach(LimitedThread::awaitIdle);
    }

    private static long next(SplittableRandom random) {
        return (long) Math.pow(KEYS + 1.0, random.nextDouble());
    }
}
