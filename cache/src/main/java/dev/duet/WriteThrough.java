package dev.duet;

import dev.duet.AnnouncedWrite.Known;
import dev.duet.store.RecordKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The way of a write of a cache that has a {@link CacheBuilder#writer}: announce, have the writer write, complete with the new
 * value. Several keys go to the store together, and to the writer. Thread-safe.
 *
 * <p>Implementation note. Values are encoded before anything is announced, so that one that cannot be encoded is written
 * nowhere. A writer that throws leaves no value, since whether its database committed is not known (anomaly A14); so does a
 * write beside which there was another of the same key, whichever of the two the database has now (A38).
 */
final class WriteThrough<K, V> {

    private final CacheCore<K, V> core;
    private final WritePath<K, V> path;

    WriteThrough(CacheCore<K, V> core, WritePath<K, V> path) {
        this.core = core;
        this.path = path;
    }

    /** Whether the cache writes through. */
    boolean isOn() {
        return core.config.writer() != null;
    }

    /** The call of the writer that makes a write. */
    private interface Call<K, V> {
        void make(CacheWriter<K, V> writer, AnnouncedWrite<K, V> announced) throws Exception;
    }

    /** A write: how the writer is called, the keys, and what they are known to have afterwards. */
    private record Plan<K, V>(Map<K, RecordKey> records, Map<K, Known<V>> known, Call<K, V> call) {}

    void put(K key, V value) {
        make(putting(key, value));
    }

    void putAll(Map<? extends K, ? extends V> values) {
        make(puttingAll(values));
    }

    void remove(K key) {
        make(removing(key));
    }

    void removeAll(Collection<? extends K> keys) {
        make(removingAll(keys));
    }

    CompletableFuture<@Nullable Void> putAsync(K key, V value, Executor steps) {
        return makeAsync(putting(key, value), steps);
    }

    CompletableFuture<@Nullable Void> putAllAsync(Map<? extends K, ? extends V> values, Executor steps) {
        return makeAsync(puttingAll(values), steps);
    }

    CompletableFuture<@Nullable Void> removeAsync(K key, Executor steps) {
        return makeAsync(removing(key), steps);
    }

    CompletableFuture<@Nullable Void> removeAllAsync(Collection<? extends K> keys, Executor steps) {
        return makeAsync(removingAll(keys), steps);
    }

    private Plan<K, V> putting(K key, V value) {
        return plan(Collections.singletonMap(key, value), (writer, announced) -> writer.write(key, value));
    }

    private Plan<K, V> puttingAll(Map<? extends K, ? extends V> values) {
        Map<K, @Nullable V> changes = new LinkedHashMap<>();
        values.forEach((key, value) -> changes.put(
                Objects.requireNonNull(key, "key is null"),
                Objects.requireNonNull(value, DefaultTwoLevelCache.NULL_VALUE)));
        return planAll(changes);
    }

    private Plan<K, V> removing(K key) {
        return plan(Collections.singletonMap(key, null), (writer, announced) -> writer.delete(key));
    }

    private Plan<K, V> removingAll(Collection<? extends K> keys) {
        Map<K, @Nullable V> changes = new LinkedHashMap<>();
        keys.forEach(key -> changes.put(key, null));
        return planAll(changes);
    }

    private Plan<K, V> planAll(Map<K, @Nullable V> changes) {
        return plan(changes, (writer, announced) -> {
            List<CacheWrite<K, V>> writes = new ArrayList<>(changes.size());
            changes.forEach((key, value) -> writes.add(new CacheWrite<>(key, value, announced.version(key))));
            writer.writeAll(writes);
        });
    }

    private Plan<K, V> plan(Map<K, @Nullable V> changes, Call<K, V> call) {
        Map<K, RecordKey> records = path.records(changes.keySet());
        return new Plan<>(records, path.known(records, changes), call);
    }

    /** Makes a write on the calling thread. */
    private void make(Plan<K, V> plan) {
        if (plan.records().isEmpty()) {
            return;
        }
        AnnouncedWrite<K, V> announced = AnnouncedWrite.begin(core, plan.records(), null);
        Map<K, Known<V>> known = Map.of();
        try {
            call(plan, announced);
            known = plan.known();
        } finally {
            announced.close(known);
        }
    }

    /** Makes a write, and returns at once. */
    private CompletableFuture<@Nullable Void> makeAsync(Plan<K, V> plan, Executor steps) {
        if (plan.records().isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return AnnouncedWrite.beginAsync(core, plan.records(), steps)
                .thenComposeAsync(
                        announced -> {
                            CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
                            try {
                                written.complete(announced.call(() -> call(plan, announced)));
                            } catch (Throwable e) { // the writer's, whatever it is
                                written.completeExceptionally(e);
                            }
                            Map<K, Known<V>> known = written.isCompletedExceptionally() ? Map.of() : plan.known();
                            return announced.closeAsync(known, steps).thenCompose(closed -> written);
                        },
                        steps);
    }

    /** Calls the writer; what it throws comes as itself, checked or not. */
    private @Nullable Void call(Plan<K, V> plan, AnnouncedWrite<K, V> announced) {
        try {
            plan.call().make(writer(), announced);
            return null;
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw Thrown.asItself(e);
        }
    }

    @SuppressWarnings("unchecked") // it only takes keys and values
    private CacheWriter<K, V> writer() {
        return (CacheWriter<K, V>) Objects.requireNonNull(core.config.writer());
    }
}
