package dev.duet.internal;

import dev.duet.internal.Flights.Flight;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call of a loader, and what it waits for: the flights that it was called for wait for it, and it waits for what it asks
 * caches for itself. So a loader that asks for what waits for it is found out, on whichever threads and through whichever
 * caches of the node, before it would wait for ever.
 *
 * <p>Thread-safe. Two loaders that come to wait for each other at the same time see each other: each first says what it
 * waits for, then looks.
 */
public final class LoadScope {

    private final @Nullable LoadScope caller;
    private final Flights<?, ?> table;
    private final Set<?> keys;
    private final Set<Flight<?, ?>> waitsFor = ConcurrentHashMap.newKeySet();

    private LoadScope(@Nullable LoadScope caller, Flights<?, ?> table, Set<?> keys) {
        this.caller = caller;
        this.table = table;
        this.keys = keys;
    }

    /** The calls of loaders that the threads of one node are in. */
    public static final class Stack {
        @SuppressWarnings("ThreadLocalUsage") // one for each node: what a thread does on one concerns no other
        private final ThreadLocal<@Nullable LoadScope> current = new ThreadLocal<>();

        /** No thread is in any. */
        public Stack() {}

        /** The call that this thread is in, or null. */
        public @Nullable LoadScope current() {
            return current.get();
        }

        /**
         * This thread begins a call.
         *
         * @param caller the call in which it was asked for, on whichever thread, or null
         * @param table the table of the flights that it is to end
         * @param keys the keys of these flights
         */
        public <K> void enter(
                @Nullable LoadScope caller,
                Flights<K, ?> table,
                Set<K> keys,
                Collection<? extends Flight<K, ?>> flights) {
            LoadScope scope = new LoadScope(caller, table, keys);
            flights.forEach(flight -> flight.load = scope);
            current.set(scope);
        }

        /** An executor whose tasks belong to the call that this thread is in now. */
        public Executor carrying(Executor executor) {
            LoadScope scope = current.get();
            return task -> executor.execute(() -> {
                LoadScope before = current.get();
                current.set(scope);
                try {
                    task.run();
                } finally {
                    leave(before);
                }
            });
        }

        /** This thread goes back to the call that it was in before, if any; the other may go on elsewhere. */
        public void leave(@Nullable LoadScope before) {
            if (before == null) {
                current.remove();
            } else {
                current.set(before);
            }
        }
    }

    /** Whether this call, or one that waits for it on the way here, loads {@code key}. */
    public boolean loads(Flights<?, ?> asked, Object key) {
        for (LoadScope scope = this; scope != null; scope = scope.caller) {
            if (scope.table == asked && scope.keys.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /** Says that this call waits for a flight. Returns whether that would have no end, and takes it back then. */
    public boolean waitsInVainFor(Flight<?, ?> flight) {
        waitsFor.add(flight);
        Set<LoadScope> mine = new HashSet<>();
        for (LoadScope scope = this; scope != null; scope = scope.caller) {
            mine.add(scope);
        }
        if (!reaches(flight, mine, new HashSet<>())) {
            return false;
        }
        waitsFor.remove(flight);
        return true;
    }

    private static boolean reaches(Flight<?, ?> flight, Set<LoadScope> mine, Set<Flight<?, ?>> seen) {
        LoadScope load = flight.load;
        if (load == null || flight.result.isDone() || !seen.add(flight)) {
            return false;
        }
        return mine.contains(load) || load.waitsFor.stream().anyMatch(next -> reaches(next, mine, seen));
    }
}
