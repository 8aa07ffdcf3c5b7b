package dev.duet;

import dev.duet.Cluster.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes users to a map, and remembers in which batches; fails when a test says so. Thread-safe. */
final class BatchRecorder implements CacheWriter<Long, User> {

    private final Map<Long, User> database;
    final List<List<CacheWrite<Long, User>>> batches = new CopyOnWriteArrayList<>();
    final Set<Long> poisoned = ConcurrentHashMap.newKeySet();
    /** What every call fails with; null if it does not. */
    volatile @Nullable Exception failure;

    private volatile @Nullable AssertionError broken;

    /** Runs in the middle of every call, before anything is written. */
    volatile Runnable before = () -> {};

    /** Fails if something failed in the middle of a call that ought not to. */
    void check() {
        if (broken != null) {
            throw broken;
        }
    }

    BatchRecorder(Map<Long, User> database) {
        this.database = database;
    }

    @Override
    public void write(Long id, User user) {
        throw new AssertionError("a batch is written together");
    }

    @Override
    public void delete(Long id) {
        throw new AssertionError("a batch is written together");
    }

    @Override
    public void writeAll(List<CacheWrite<Long, User>> writes) throws Exception {
        try {
            before.run();
        } catch (AssertionError e) {
            broken = e; // the cache takes it for a failure of the writer's
            throw e;
        }
        if (failure != null) {
            throw failure;
        }
        for (CacheWrite<Long, User> write : writes) {
            if (poisoned.contains(write.key())) {
                throw new IllegalArgumentException("user " + write.key() + " breaks a constraint");
            }
        }
        batches.add(List.copyOf(writes));
        for (CacheWrite<Long, User> write : writes) {
            User user = write.value();
            if (user == null) {
                database.remove(write.key());
            } else {
                database.put(write.key(), user);
            }
        }
    }

    /** All writes, in the order in which they were made. */
    List<CacheWrite<Long, User>> writes() {
        List<CacheWrite<Long, User>> all = new ArrayList<>();
        batches.forEach(all::addAll);
        return all;
    }
}
