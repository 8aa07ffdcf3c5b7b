package dev.duet;

import dev.duet.store.PendingOperation.PendingWrite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the writer with batches of pending writes, and finds those that are to blame when it fails: it makes the writes of a
 * batch that failed one by one. Blocks as the writer does. Used by one thread at a time.
 */
final class WriterCalls<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(WriterCalls.class);

    /** After so many writes in a row that fail one by one, and none that does not, the rest of a batch is left for later. */
    private static final int FAILURES_IN_A_ROW = 3;

    private final CacheWriter<? super K, ? super V> writer;
    private final WriteRetry retry;
    private final LongAdder calls;
    private final LongSupplier clock;
    private final Predicate<PendingWrite> mine;
    private volatile long began;

    /**
     * Calls the writer of {@code settings}.
     *
     * @param calls counts the calls
     * @param clock the node's clock
     * @param mine whether this node is still the one to make a write
     */
    WriterCalls(WriteBehind<K, V> settings, LongAdder calls, LongSupplier clock, Predicate<PendingWrite> mine) {
        this.writer = settings.writer();
        this.retry = settings.retry();
        this.calls = calls;
        this.clock = clock;
        this.mine = mine;
        this.began = clock.getAsLong();
    }

    /** A pending write, decoded. Equal to itself alone, whatever values are equal to. */
    static final class Due<K, V> {
        final PendingWrite pending;
        final K key;
        final @Nullable V value;

        Due(PendingWrite pending, K key, @Nullable V value) {
            this.pending = pending;
            this.key = key;
            this.value = value;
        }
    }

    /**
     * What came of a batch.
     *
     * @param written the writes that were made
     * @param failed those that failed by themselves, and why
     * @param unavailable why the system of record is down; null if it is not known to be
     */
    record Outcome<K, V>(
            List<Due<K, V>> written,
            Map<Due<K, V>, Throwable> failed,
            @Nullable Throwable unavailable) {}

    Outcome<K, V> write(List<Due<K, V>> batch) {
        Throwable failure = call(batch);
        if (failure == null) {
            return new Outcome<>(batch, Map.of(), null);
        }
        if (isUnavailable(failure)) {
            return new Outcome<>(List.of(), Map.of(), failure);
        }
        if (batch.size() == 1) {
            return new Outcome<>(List.of(), Map.of(batch.get(0), failure), null);
        }
        return oneByOne(batch);
    }

    private Outcome<K, V> oneByOne(List<Due<K, V>> batch) {
        List<Due<K, V>> written = new ArrayList<>(batch.size());
        Map<Due<K, V>, Throwable> failed = new LinkedHashMap<>();
        for (Due<K, V> due : batch) {
            if (!mine.test(due.pending)) {
                continue; // it took that long to get here
            }
            Throwable failure = call(List.of(due));
            if (failure == null) {
                written.add(due);
            } else if (isUnavailable(failure)) {
                return new Outcome<>(written, failed, failure);
            } else {
                failed.put(due, failure);
                if (written.isEmpty() && failed.size() == FAILURES_IN_A_ROW) {
                    break;
                }
            }
        }
        return new Outcome<>(written, failed, null);
    }

    /** When the call that is on its way began, or the last one, by the node's clock. */
    long began() {
        return began;
    }

    private @Nullable Throwable call(List<Due<K, V>> batch) {
        List<CacheWrite<K, V>> writes = batch.stream()
                .map(due -> new CacheWrite<>(due.key, due.value, due.pending.version()))
                .toList();
        calls.increment();
        began = clock.getAsLong();
        try {
            writeAll(writer, writes);
            return null;
        } catch (Throwable e) { // whatever it throws, nothing may be lost
            return e;
        }
    }

    @SuppressWarnings("unchecked") // a writer of what is more general than these writes can take these
    private static <K, V> void writeAll(CacheWriter<? super K, ? super V> writer, List<CacheWrite<K, V>> writes)
            throws Exception {
        ((CacheWriter<K, V>) writer).writeAll(writes);
    }

    private boolean isUnavailable(Throwable failure) {
        try {
            return failure instanceof InterruptedException
                    || retry.unavailable().test(failure);
        } catch (RuntimeException e) {
            LOG.warn("WriteRetry.unavailable failed, and counts as false for {}", failure.toString(), e);
            return false;
        }
    }
}
