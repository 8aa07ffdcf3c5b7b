package dev.duet.chaos;

import dev.duet.chaos.RecordedClient.WriteKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What the threads of a node do all the time: readers read some rows far more often than others; writers write those
 * in half of their writes, and any row in the other half. They pause in between, so that several nodes share a machine of two processors. Thread-safe.
 */
final class Workload {

    private static final long READ_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long WRITE_PAUSE = TimeUnit.MILLISECONDS.toNanos(25);
    private static final double UPDATES = 0.8;
    private static final double POPULAR = 0.5;

    private final RecordedClient client;
    private final int rows;
    private final ReadWriteLock writes = new ReentrantReadWriteLock();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;
    private volatile boolean writing;

    Workload(RecordedClient client, int rows) {
        this.client = client;
        this.rows = rows;
    }

    /** Starts the threads; the writers wait for {@link #write()}. */
    void start(int readers, int writers, long seed) {
        for (int i = 0; i < readers + writers; i++) {
            Random random = new Random(seed * 31 + i);
            Thread thread = new Thread(i < readers ? () -> readOn(random) : () -> writeOn(random), "workload-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Lets the writers write. */
    void write() {
        writing = true;
    }

    /** Has the writers pause, and waits until what they are writing is written. */
    void quiet() {
        writes.writeLock().lock();
        try {
            writing = false;
        } finally {
            writes.writeLock().unlock();
        }
    }

    /** Ends the threads, and waits for that. */
    void stop() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void readOn(Random random) {
        while (running) {
            client.read(skewed(random));
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    private void writeOn(Random random) {
        while (running) {
            writes.readLock().lock();
            try {
                if (writing) {
                    client.write(kind(random), row(random));
                }
            } finally {
                writes.readLock().unlock();
            }
            LockSupport.parkNanos(WRITE_PAUSE);
        }
    }

    /** A row, the first ones likeliest: row n about as often as 1/n, as Zipf found of words. */
    private long skewed(Random random) {
        return (long) Math.pow(rows + 1.0, random.nextDouble());
    }

    private long row(Random random) {
        return random.nextDouble() < POPULAR ? skewed(random) : 1 + random.nextInt(rows);
    }

    private static WriteKind kind(Random random) {
        return random.nextDouble() < UPDATES ? WriteKind.UPDATE : WriteKind.WRITE_THEN_INVALIDATE;
    }
}
