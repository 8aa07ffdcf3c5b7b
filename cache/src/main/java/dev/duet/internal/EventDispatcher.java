package dev.duet.internal;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners of one cache what happens in it: every event to every listener, one at a time and in the order in
 * which they were published, on an executor. Thread-safe.
 *
 * <p>Publishing never waits for a listener, unless the executor runs its tasks on the thread that hands them in. Beyond
 * {@link #CAPACITY} waiting events, further ones are dropped and counted, with one warning until they have caught up. Nothing that a
 * listener or the executor throws reaches the publisher.
 *
 * <p>Implementation note. One task at most is handed to the executor at a time: {@code draining} is set, under the lock, by
 * the publisher who hands it in, and unset, under the lock, by the task when it finds the queue empty. So no event is left
 * behind, and none overtakes another. Listeners and executor are called without the lock. A task tells a limited number
 * and then hands itself in again, so that it does not keep a thread of a shared pool for long.
 *
 * @param <E> the type of the events
 */
public final class EventDispatcher<E> {

    /** How many events wait at most. */
    public static final int CAPACITY = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
    private static final int TURN = 256;

    private final String cache;
    private final List<Consumer<? super E>> listeners;
    private final Executor executor;
    private final Object lock = new Object();
    private final Queue<E> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean draining; // guarded by lock
    private boolean gap; // guarded by lock
    private long dropped; // guarded by lock

    /**
     * Creates one.
     *
     * @param cache the name of the cache, for the log
     * @param listeners are told, in this order; copied
     * @param executor runs them; not shut down
     */
    public EventDispatcher(String cache, List<? extends Consumer<? super E>> listeners, Executor executor) {
        this.cache = cache;
        this.listeners = List.copyOf(listeners);
        this.executor = executor;
    }

    /** Whether nobody listens, so that an event need not be made. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** Has the listeners told; does nothing if there are none. Never throws. */
    public void publish(E event) {
        if (listeners.isEmpty()) {
            return;
        }
        boolean start;
        boolean firstOfGap = false;
        synchronized (lock) {
            if (waiting.size() < CAPACITY) {
                waiting.add(event);
            } else {
                dropped++;
                firstOfGap = !gap;
                gap = true;
            }
            start = !draining;
            draining = true;
        }
        if (firstOfGap) {
            LOG.warn(
                    "The listeners of cache '{}' are behind by {} events; further ones are dropped until they catch up",
                    cache,
                    CAPACITY);
        }
        if (start) {
            start();
        }
    }

    /** How many events were dropped so far. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    private void start() {
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException e) {
            abandon();
            LOG.warn("The executor takes no events of cache '{}'; they are dropped: {}", cache, e.toString());
        } catch (RuntimeException | Error e) { // an executor of the application's own may throw anything
            abandon();
            LOG.warn("The executor failed on the events of cache '{}'; they are dropped", cache, e);
        }
    }

    /** Drops what waits, so that what is published later does not come after a gap that nobody counted. */
    private void abandon() {
        synchronized (lock) {
            dropped += waiting.size();
            waiting.clear();
            draining = false;
            gap = false;
        }
    }

    private void drain() {
        for (int told = 0; told < TURN; told++) {
            E event = next();
            if (event == null) {
                return;
            }
            tell(event);
        }
        start();
    }

    private @Nullable E next() {
        synchronized (lock) {
            E event = waiting.poll();
            if (event == null) {
                draining = false;
                gap = false;
            }
            return event;
        }
    }

    private void tell(E event) {
        for (Consumer<? super E> listener : listeners) {
            try {
                listener.accept(event);
            } catch (Throwable e) { // a listener harms neither the others nor the cache, whatever it throws
                LOG.warn("A listener of cache '{}' failed on {}", cache, event, e);
            }
        }
    }
}
