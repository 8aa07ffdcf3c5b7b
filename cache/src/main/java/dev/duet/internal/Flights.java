package dev.duet.internal;

import dev.duet.local.CoarseClock;
import dev.duet.store.CacheException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread do the work of a key while others wait for its result. The work runs on the thread of the caller who
 * came first. Thread-safe.
 *
 * <p>Implementation note. A flight is joined only while it is in the map, and an invalidation takes it out: so whoever
 * comes after an invalidation never gets what was read before it (anomalies A04, A25). Those who had joined get it all
 * the same, which is right, since they came before. A flight older than the window is not joined either, so that a
 * result is never older than the window when its reader comes (promise P1).
 *
 * @param <K> the type of the keys
 * @param <V> the type of the results
 */
public final class Flights<K, V> {

    private final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
    private final CoarseClock clock;
    private final Waiting waiting;
    private final long window;

    /**
     * Creates an empty table.
     *
     * @param clock the clock that {@code window} is measured by
     * @param waiting how those who join wait
     * @param window for how long after its start a flight may be joined, in nanoseconds
     */
    public Flights(CoarseClock clock, Waiting waiting, long window) {
        this.clock = clock;
        this.waiting = waiting;
        this.window = window;
    }

    /**
     * Joins the flight of {@code key}, or starts one.
     *
     * @param key the key
     * @param joined called if this caller waits for another's flight
     * @param work what to do if there is none to join
     * @return the result of the work, by whomever it was done; may be null
     * @throws Exception what the work threw, as itself
     */
    public @Nullable V join(K key, Runnable joined, Callable<@Nullable V> work) throws Exception {
        Flight<V> mine = new Flight<>(clock.read());
        while (true) {
            Flight<V> other = flights.get(key);
            if (other == null) {
                if (flights.putIfAbsent(key, mine) == null) {
                    return fly(key, mine, work);
                }
            } else if (other.owner == Thread.currentThread()) {
                throw new CacheException(
                        "the loader of key '" + key
                                + "' asks the cache for the same key; let it ask its source instead",
                        null);
            } else if (mine.start - other.start < window) {
                joined.run();
                return other.await(waiting);
            } else if (flights.replace(key, other, mine)) {
                return fly(key, mine, work);
            }
        }
    }

    /** Lets nobody join the flight of {@code key} any more. */
    public void detach(K key) {
        flights.remove(key);
    }

    /** Lets nobody join any flight any more. */
    public void detachAll() {
        flights.clear();
    }

    private @Nullable V fly(K key, Flight<V> mine, Callable<@Nullable V> work) throws Exception {
        try {
            V result = work.call();
            mine.result.complete(result);
            return result;
        } catch (Throwable e) {
            mine.result.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, mine);
        }
    }

    private static final class Flight<V> {
        final Thread owner = Thread.currentThread();
        final CompletableFuture<@Nullable V> result = new CompletableFuture<>();
        final long start;

        Flight(long start) {
            this.start = start;
        }

        @Nullable
        V await(Waiting waiting) throws Exception {
            try {
                return waiting.await(result, Waiting.FOREVER);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (Exception) e.getCause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CacheException("interrupted while waiting for another thread to load", e);
            }
        }
    }
}
