package dev.duet;

import dev.duet.Cluster.User;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes to a cluster's database, and notes what it was told. */
final class RecordingWriter implements CacheWriter<Long, User> {

    /** What a test does in the middle of a write. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** What was written one by one. */
    final List<String> calls = new CopyOnWriteArrayList<>();
    /** What was written together. */
    final List<List<CacheWrite<Long, User>>> batches = new CopyOnWriteArrayList<>();

    final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Map<Long, User> database;
    private volatile Step before = () -> {};
    private volatile Step after = () -> {};

    RecordingWriter(Map<Long, User> database) {
        this.database = database;
    }

    /** Runs this before each write; what it throws, the writer throws. */
    void before(Step step) {
        before = step;
    }

    /** Runs this after each write; what it throws, the writer throws. */
    void after(Step step) {
        after = step;
    }

    @Override
    public void write(Long key, User value) throws Exception {
        calls.add("write " + key + " " + value.email());
        make(() -> database.put(key, value));
    }

    @Override
    public void delete(Long key) throws Exception {
        calls.add("delete " + key);
        make(() -> database.remove(key));
    }

    @Override
    public void writeAll(List<CacheWrite<Long, User>> writes) throws Exception {
        batches.add(List.copyOf(writes));
        make(() -> writes.forEach(write -> {
            if (write.isRemoval()) {
                database.remove(write.key());
            } else {
                database.put(write.key(), write.value());
            }
        }));
    }

    private void make(Runnable write) throws Exception {
        threads.add(Thread.currentThread());
        before.run();
        write.run();
        after.run();
    }
}
