package dev.duet.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The readers of one cache on this node that wait for a load elsewhere, and are woken by hints and changes. Thread-safe.
 *
 * <p>Implementation note. A hint may arrive before the reply that says that there is something to wait for. So a reader
 * takes a mark before it asks, and does not wait if there was a hint since. Keys share marks, which may cost a question in
 * vain. Whether a load has ended decides about another load, so each reader remembers that for its key alone.
 *
 * @param <K> the type of the keys
 */
public final class WaitingReaders<K> {

    private static final int STRIPES = 256;

    private final AtomicLongArray hints = new AtomicLongArray(STRIPES);
    private final AtomicLong hintsToAll = new AtomicLong();
    private final ConcurrentHashMap<K, List<Reader>> waiting = new ConcurrentHashMap<>();

    /** Nobody waits. */
    public WaitingReaders() {}

    /** One reader of one key, from when it begins to wait until it has its result. */
    public final class Reader {
        private final K key;
        private final AtomicReference<CompletableFuture<@Nullable Void>> next =
                new AtomicReference<>(new CompletableFuture<@Nullable Void>());
        private volatile boolean loadFailed;

        private Reader(K key) {
            this.key = key;
        }

        /** Completes at the next hint or change after {@code mark}. */
        public CompletableFuture<@Nullable Void> next(long mark) {
            CompletableFuture<@Nullable Void> wake = next.get();
            return mark(key) == mark ? wake : CompletableFuture.completedFuture(null);
        }

        /** Whether a load of the key has ended without a value while this reader waited, and the key has not changed since. */
        public boolean hasSeenLoadFail() {
            return loadFailed;
        }

        /** Waits no longer. */
        public void leave() {
            waiting.computeIfPresent(key, (k, readers) -> {
                List<Reader> others =
                        readers.stream().filter(reader -> reader != this).toList();
                return others.isEmpty() ? null : others;
            });
        }

        private void wake() {
            next.getAndSet(new CompletableFuture<@Nullable Void>()).complete(null);
        }
    }

    /** How often there was a hint for {@code key}, or for one that shares its counter. */
    public long mark(K key) {
        return hints.get(stripe(key)) + hintsToAll.get(); // neither ever falls
    }

    /** Begins to wait for {@code key}. */
    public Reader join(K key) {
        Reader reader = new Reader(key);
        waiting.merge(
                key,
                List.of(reader),
                (before, one) -> Stream.concat(before.stream(), one.stream()).toList());
        return reader;
    }

    /** A load of {@code key} has ended without a value: wakes those who wait for it. */
    public void loadFailed(K key) {
        wake(key, true);
    }

    /** {@code key} has changed: wakes those who wait for it. */
    public void wake(K key) {
        wake(key, false);
    }

    private void wake(K key, boolean loadFailed) {
        List<Reader> readers = waiting.getOrDefault(key, List.of());
        readers.forEach(
                reader -> reader.loadFailed = loadFailed); // before the mark, which is taken before this is read
        hints.incrementAndGet(stripe(key));
        waiting.getOrDefault(key, List.of()).forEach(Reader::wake);
    }

    /** Wakes all who wait. */
    public void wakeAll() {
        hintsToAll.incrementAndGet();
        waiting.keySet().forEach(this::wake);
    }

    private static int stripe(Object key) {
        return (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES));
    }
}
