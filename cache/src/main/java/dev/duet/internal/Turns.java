package dev.duet.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls begin in the order in which they come, as long as those that are under way do not weigh too much together.
 * Thread-safe, and blocks nobody.
 */
public final class Turns {

    private final int most;
    private final Queue<Waiting> waiting = new ArrayDeque<>(); // guarded by this
    /** Those that begin before all others that wait. Guarded by this. */
    private final Queue<Waiting> urgent = new ArrayDeque<>();

    private int underWay; // guarded by this
    private boolean letting; // guarded by this

    private record Waiting(int weight, Runnable call) {}

    /** Lets calls begin that weigh so much together, or a single one that weighs more. */
    public Turns(int most) {
        this.most = most;
    }

    /**
     * Begins a call when it is its turn, on this thread or on that of a call that has ended.
     *
     * @return what the call returns
     */
    public <T> CompletableFuture<T> take(int weight, Supplier<CompletableFuture<T>> call) {
        return take(waiting, weight, call);
    }

    /** As {@link #take}, before all calls that wait for their turn and were not to be first. */
    public <T> CompletableFuture<T> takeFirst(int weight, Supplier<CompletableFuture<T>> call) {
        return take(urgent, weight, call);
    }

    private <T> CompletableFuture<T> take(Queue<Waiting> queue, int weight, Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        int counted = Math.min(weight, most);
        synchronized (this) {
            queue.add(new Waiting(counted, () -> begin(counted, call, result)));
        }
        let();
        return result;
    }

    private <T> void begin(int weight, Supplier<CompletableFuture<T>> call, CompletableFuture<T> result) {
        CompletableFuture<T> begun;
        try {
            begun = call.get();
        } catch (RuntimeException | Error e) {
            begun = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> unused = begun.whenComplete((value, failure) -> {
            synchronized (this) {
                underWay -= weight;
            }
            let();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    /** Lets begin what may, one after the other: a call that ends at once does not begin the next one on top of itself. */
    private void let() {
        synchronized (this) {
            if (letting) {
                return;
            }
            letting = true;
        }
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Queue<Waiting> queue = urgent.isEmpty() ? waiting : urgent;
        Waiting first = queue.peek();
        if (first == null || underWay + first.weight() > most) {
            letting = false;
            return null;
        }
        queue.remove();
        underWay += first.weight();
        return first.call();
    }
}
