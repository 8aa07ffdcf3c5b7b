package dev.duet;

import dev.duet.Cluster.User;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A loader whose loads end when a test says so, and how. Thread-safe. */
final class HeldLoads implements AsyncCacheLoader<Long, User> {

    private final List<CompletableFuture<@Nullable User>> loads = new CopyOnWriteArrayList<>();

    @Override
    public CompletableFuture<@Nullable User> load(Long key, Executor executor) {
        CompletableFuture<@Nullable User> load = new CompletableFuture<>();
        loads.add(load);
        return load;
    }

    /** How many loads were begun. */
    int begun() {
        return loads.size();
    }

    /** Ends a load well; the first is 0. */
    void end(int load, @Nullable User user) {
        loads.get(load).complete(user);
    }

    /** Ends a load badly. */
    void fail(int load, Throwable failure) {
        loads.get(load).completeExceptionally(failure);
    }
}
