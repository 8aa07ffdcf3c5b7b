package dev.duet.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The readers of one cache on this node that wait for a load elsewhere, and are woken by hints and changes. Thread-safe.
 *
 * <p>Implementation note. A hint may arrive before the reply that says that there is something to wait for. So a reader
 * takes a mark before it asks, and does not wait if there was a hint since.
 *
 * @param <K> the type of the keys
 */
public final class WaitingReaders<K> {

    private static final int STRIPES = 256;

    private final AtomicLongArray hints = new AtomicLongArray(STRIPES);
    private final AtomicLong hintsToAll = new AtomicLong();
    private final ConcurrentHashMap<K, CompletableFuture<@Nullable Void>> waiting = new ConcurrentHashMap<>();

    /** Nobody waits. */
    public WaitingReaders() {}

    /** How often there was a hint for {@code key}, or for one that shares its counter. */
    public long mark(K key) {
        return hints.get(stripe(key)) + hintsToAll.get(); // neither ever falls
    }

    /** Completes at the next hint for {@code key} after {@code mark}. To be given back by {@link #leave}. */
    public CompletableFuture<@Nullable Void> join(K key, long mark) {
        CompletableFuture<@Nullable Void> hint = waiting.computeIfAbsent(key, k -> new CompletableFuture<>());
        if (mark(key) != mark) {
            hint.complete(null);
        }
        return hint;
    }

    /** Waits no longer. If others wait by the same hint, they will look again after their pause. */
    public void leave(K key, CompletableFuture<@Nullable Void> hint) {
        waiting.remove(key, hint);
    }

    /** Wakes those who wait for {@code key}. */
    public void wake(K key) {
        hints.incrementAndGet(stripe(key));
        CompletableFuture<@Nullable Void> hint = waiting.remove(key);
        if (hint != null) {
            hint.complete(null);
        }
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
