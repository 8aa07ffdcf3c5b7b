package dev.duet.internal;

import dev.duet.local.CoarseClock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are being read at this moment, so that whoever comes meanwhile waits for the result instead of reading too.
 * Thread-safe.
 *
 * <p>Implementation note. A flight is joined only while it is in the map, and an invalidation takes it out: so whoever
 * comes after an invalidation never gets what was read before it (anomalies A04, A25). Those who had joined get it all
 * the same, which is right, since they came before. A flight older than the window is not joined either, so that a
 * result is never older than the window when its reader comes (promise P1).
 *
 * @param <K> the type of the keys
 * @param <R> the type of the results
 */
public final class Flights<K, R> {

    private final ConcurrentHashMap<K, Flight<K, R>> flights = new ConcurrentHashMap<>();
    private final CoarseClock clock;
    private final long window;

    /**
     * Creates an empty table.
     *
     * @param clock the clock that {@code window} is measured by
     * @param window for how long after its start a flight may be joined, in nanoseconds
     */
    public Flights(CoarseClock clock, long window) {
        this.clock = clock;
        this.window = window;
    }

    /**
     * The read of a key that is under way.
     *
     * @param <K> the type of the key
     * @param <R> the type of the result
     */
    public static final class Flight<K, R> {
        /** The key. */
        public final K key;
        /** What is read; to be completed through {@link Flights} alone, and not to be cancelled. */
        public final CompletableFuture<R> result = new CompletableFuture<>();
        /** What may be served instead if the load fails or takes too long; may never come. */
        public final CompletableFuture<R> fallback = new CompletableFuture<>();

        private final long start;
        /** The load that will end this flight, once it runs. */
        volatile @Nullable LoadScope load;

        private Flight(K key, long start) {
            this.key = key;
            this.start = start;
        }
    }

    /** The flight of {@code key} that may be joined, or null: then {@code mine} can be from now on. */
    public @Nullable Flight<K, R> joinOrStart(Flight<K, R> mine) {
        while (true) {
            Flight<K, R> other = flights.putIfAbsent(mine.key, mine);
            if (other == null) {
                return null;
            }
            if (mine.start - other.start < window) {
                return other;
            }
            if (flights.replace(mine.key, other, mine)) {
                return null;
            }
        }
    }

    /** A flight that has not been started. */
    public Flight<K, R> prepare(K key) {
        return new Flight<>(key, clock.read());
    }

    /** Ends a flight well. */
    public void land(Flight<K, R> flight, R result) {
        flights.remove(flight.key, flight);
        flight.result.complete(result);
    }

    /** Ends a flight with a failure. */
    public void fail(Flight<K, R> flight, Throwable failure) {
        flights.remove(flight.key, flight);
        flight.result.completeExceptionally(failure);
    }

    /** Lets nobody join the flight of {@code key} any more. */
    public void detach(K key) {
        flights.remove(key);
    }

    /** Lets nobody join any flight any more. */
    public void detachAll() {
        flights.clear();
    }

    /** The keys that are being read, for tests. */
    public Set<K> keys() {
        return Set.copyOf(flights.keySet());
    }
}
