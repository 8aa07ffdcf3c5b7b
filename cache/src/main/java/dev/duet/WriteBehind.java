package dev.duet;

import java.time.Duration;
import java.util.Objects;

/**
 * How a cache writes behind ({@link CacheBuilder#writeBehind}): a {@code put} or a removal is acknowledged when the store
 * holds it, and is written to the system of record some time later, at least once, by whichever node is up.
 *
 * <pre>{@code
 * WriteBehind.to(new UserWriter())
 *     .flushEvery(Duration.ofMillis(500))
 *     .batchSize(100)
 *     .maximumPending(100_000)
 * }</pre>
 *
 * <p>Immutable; each setting makes another one. All nodes should have the same.
 *
 * @param writer writes to the system of record
 * @param flushEvery how often what is pending is looked for
 * @param batchSize how many writes the writer is given at a time
 * @param maximumPending how many writes may be pending
 * @param maximumWait how long a {@code put} waits when there are too many
 * @param leaseTerm for how long a node that died keeps others from writing what is pending
 * @param closeTimeout how long closing the node may take to write what is pending
 * @param retry how writes that failed are tried again
 */
public record WriteBehind<K, V>(
        CacheWriter<? super K, ? super V> writer,
        Duration flushEvery,
        int batchSize,
        long maximumPending,
        Duration maximumWait,
        Duration leaseTerm,
        Duration closeTimeout,
        WriteRetry retry) {

    private static final int LARGEST_BATCH = 10_000;

    /** Checks the settings. */
    public WriteBehind {
        Objects.requireNonNull(writer, "writer");
        Durations.check("flushEvery of writeBehind", flushEvery);
        Durations.check("maximumWait of writeBehind", maximumWait);
        Durations.check("leaseTerm of writeBehind", leaseTerm);
        Durations.check("closeTimeout of writeBehind", closeTimeout);
        Objects.requireNonNull(retry, "retry");
        if (batchSize < 1 || batchSize > LARGEST_BATCH) {
            throw new IllegalArgumentException(
                    "batchSize of writeBehind must be from 1 to 10,000, but is " + batchSize);
        }
        if (maximumPending < 1) {
            throw new IllegalArgumentException(
                    "maximumPending of writeBehind must be at least 1, but is " + maximumPending);
        }
    }

    /** Writes with {@code writer}, and the defaults. */
    public static <K, V> WriteBehind<K, V> to(CacheWriter<? super K, ? super V> writer) {
        return new WriteBehind<>(
                writer,
                Duration.ofSeconds(1),
                100,
                100_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                WriteRetry.usual());
    }

    /**
     * How often each node looks for what is pending, so after how long the system of record has a write, if it is up; by
     * default every second. Writes of one key in between become one.
     */
    public WriteBehind<K, V> flushEvery(Duration period) {
        return new WriteBehind<>(
                writer, period, batchSize, maximumPending, maximumWait, leaseTerm, closeTimeout, retry);
    }

    /** How many writes {@link CacheWriter#writeAll} is given at a time; by default 100. From 1 to 10,000. */
    public WriteBehind<K, V> batchSize(int size) {
        return new WriteBehind<>(writer, flushEvery, size, maximumPending, maximumWait, leaseTerm, closeTimeout, retry);
    }

    /**
     * How many writes of the cache may be pending, those that are parked among them; by default 100,000. A key that is pending
     * already can be written beyond that. Other nodes' writes are counted as of the last look, so that together they may go
     * beyond it by what they put within {@link #flushEvery}.
     */
    public WriteBehind<K, V> maximumPending(long writes) {
        return new WriteBehind<>(writer, flushEvery, batchSize, writes, maximumWait, leaseTerm, closeTimeout, retry);
    }

    /**
     * How long a {@code put} waits when there are {@link #maximumPending} writes already, before it fails with a {@link
     * WriteBehindFullException}; by default 5 s.
     */
    public WriteBehind<K, V> maximumWait(Duration wait) {
        return new WriteBehind<>(writer, flushEvery, batchSize, maximumPending, wait, leaseTerm, closeTimeout, retry);
    }

    /**
     * For how long a node is the only one to write what is pending in a partition, unless it renews that, which it does for as
     * long as it is alive; so after how long another takes over when it died. By default 10 s. Longer than it takes the
     * writer to write a batch after its connection was cut.
     */
    public WriteBehind<K, V> leaseTerm(Duration term) {
        return new WriteBehind<>(writer, flushEvery, batchSize, maximumPending, maximumWait, term, closeTimeout, retry);
    }

    /** How long {@link Duet#close()} may take to write what is pending; by default 10 s. Other nodes write the rest. */
    public WriteBehind<K, V> closeTimeout(Duration timeout) {
        return new WriteBehind<>(writer, flushEvery, batchSize, maximumPending, maximumWait, leaseTerm, timeout, retry);
    }

    /** How writes that failed are tried again; by default after pauses from 100 ms to 30 s, up to 10 times. */
    public WriteBehind<K, V> retry(WriteRetry policy) {
        return new WriteBehind<>(
                writer, flushEvery, batchSize, maximumPending, maximumWait, leaseTerm, closeTimeout, policy);
    }
}
