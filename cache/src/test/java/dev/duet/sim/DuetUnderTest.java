package dev.duet.sim;

import dev.duet.CacheBuilder;
import dev.duet.CacheEntry;
import dev.duet.CacheStats;
import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import dev.duet.Duet;
import dev.duet.Health;
import dev.duet.LoadResult;
import dev.duet.SimulatedMachinery;
import dev.duet.TwoLevelCache;
import dev.duet.store.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The real thing. */
class DuetUnderTest implements CacheUnderTest {

    private final Duet duet;
    private final TwoLevelCache<Integer, Long> rows;
    private final boolean writesThrough;

    /** Starts a node, on a strand of it: it waits for the feed. */
    DuetUnderTest(SimulatedNode node, Server server, Plan plan, Loader loader) {
        this(node, plan, loader, cache -> {});
    }

    /** As above, where {@code more} is configured of the cache. */
    DuetUnderTest(SimulatedNode node, Plan plan, Loader loader, Consumer<CacheBuilder<Integer, Long>> more) {
        duet = SimulatedMachinery.inject(
                        Duet.builder(),
                        node.name,
                        node.clock,
                        node.scheduler,
                        node.waiting(),
                        node.background(),
                        node.world.random::nextDouble)
                .store(node.link)
                .namespace(Server.CONFIG_NAME)
                .partitions(plan.partitions)
                .maxStaleness(Duration.ofNanos(Plan.BOUND))
                .storeTimeout(Duration.ofMillis(plan.storeTimeoutMillis))
                .maximumOwedInvalidations(plan.maximumOwed)
                .failFast(false)
                .build();
        writesThrough = plan.writesThrough;
        CacheBuilder<Integer, Long> builder = builder(plan, loader);
        more.accept(builder);
        rows = builder.codec(new VersionCodec())
                .expireAfterWrite(Duration.ofMillis(plan.lifeMillis))
                .loadTimeout(Duration.ofMillis(plan.loadTimeoutMillis))
                .ttlJitter(plan.ttlJitter)
                .refreshBeta(plan.refreshBeta)
                .build();
    }

    private CacheBuilder<Integer, Long> builder(Plan plan, Loader loader) {
        CacheBuilder<Integer, Long> builder = duet.cache(Server.CACHE, Integer.class, Long.class);
        if (plan.refreshAfterWrite > 0) {
            builder.refreshAfterWrite(Duration.ofMillis(plan.refreshAfterWrite));
        }
        if (plan.staleIfError > 0) {
            builder.staleIfError(Duration.ofMillis(plan.staleIfError), Duration.ofMillis(plan.retryAfter));
        }
        if (plan.softTimeout > 0) {
            builder.softTimeout(Duration.ofMillis(plan.softTimeout));
        }
        if (plan.hardTimeout > 0) {
            builder.hardTimeout(Duration.ofMillis(plan.hardTimeout));
        }
        if (plan.nearExpireAfterWrite > 0) {
            builder.nearExpireAfterWrite(Duration.ofMillis(plan.nearExpireAfterWrite));
        }
        if (plan.writesThrough) {
            builder.writer(writer(plan, loader));
        }
        if (plan.bulkLoader) {
            builder.bulkLoader(loader::loadAll);
        }
        return switch (plan.loader) {
            case PLAIN -> builder.loader(loader::load);
            case CONDITIONAL ->
                builder.conditionalLoader((key, previous) -> {
                    Long version = loader.load(key);
                    if (version == null) {
                        return LoadResult.absent();
                    }
                    return previous != null && previous.value().equals(version)
                            ? LoadResult.unchanged()
                            : LoadResult.of(version);
                });
            case ASYNC ->
                builder.asyncLoader((key, executor) -> {
                    CompletableFuture<Long> version = new CompletableFuture<>();
                    executor.execute(() -> {
                        try {
                            version.complete(loader.load(key));
                        } catch (LoadOrWriteFailed e) {
                            version.completeExceptionally(e);
                        }
                    });
                    return version;
                });
        };
    }

    private static CacheWriter<Integer, Long> writer(Plan plan, Loader loader) {
        return new CacheWriter<>() {
            @Override
            public void write(Integer key, Long value) throws LoadOrWriteFailed {
                loader.write(Map.of(key, value));
            }

            @Override
            public void delete(Integer key) throws LoadOrWriteFailed {
                loader.write(Collections.singletonMap(key, null));
            }

            @Override
            public void writeAll(List<CacheWrite<Integer, Long>> writes) throws Exception {
                if (!plan.bulkWriter) {
                    CacheWriter.super.writeAll(writes);
                    return;
                }
                Map<Integer, @Nullable Long> values = new LinkedHashMap<>();
                writes.forEach(write -> values.put(write.key(), write.value()));
                loader.write(values);
            }
        };
    }

    /** The cache. */
    final TwoLevelCache<Integer, Long> rows() {
        return rows;
    }

    @Override
    public @Nullable Long get(int key) throws LoadOrWriteFailed {
        return rows.get(key);
    }

    @Override
    public @Nullable Found entry(int key) throws LoadOrWriteFailed {
        return found(rows.getEntry(key));
    }

    private static @Nullable Found found(@Nullable CacheEntry<Long> entry) {
        if (entry == null || entry.value() == null) {
            return null;
        }
        boolean near = entry.level() == Level.NEAR;
        Found.How how = entry.stale()
                ? near ? Found.How.STALE_NEAR : Found.How.STALE_FAR
                : near ? Found.How.NEAR : Found.How.FAR;
        return new Found(entry.value(), how);
    }

    @Override
    public Map<Integer, Long> getAll(List<Integer> keys) throws LoadOrWriteFailed {
        return rows.getAll(keys);
    }

    @Override
    public CompletableFuture<Map<Integer, Found>> readAsync(List<Integer> keys) {
        if (keys.size() == 1) {
            return rows.async().getEntry(keys.get(0)).thenApply(entry -> {
                Found found = found(entry);
                return found == null ? Map.of() : Map.of(keys.get(0), found);
            });
        }
        return rows.async().getAll(keys).thenApply(versions -> {
            Map<Integer, Found> found = new LinkedHashMap<>();
            versions.forEach((key, version) -> found.put(key, Found.somehow(version)));
            return found;
        });
    }

    @Override
    public @Nullable Long getIfPresent(int key) {
        return rows.getIfPresent(key);
    }

    @Override
    public @Nullable Found entryIfPresent(int key) {
        return found(rows.getEntryIfPresent(key));
    }

    @Override
    public void update(int key, Write write) throws LoadOrWriteFailed {
        rows.update(key, write::run);
    }

    @Override
    public void updateAll(List<Integer> keys, Write write) throws LoadOrWriteFailed {
        rows.updateAll(keys, write::run);
    }

    @Override
    public Intent beginWrite(List<Integer> keys) {
        return rows.beginWrite(keys)::close;
    }

    @Override
    public void updateAndPut(int key, Returning write) throws LoadOrWriteFailed {
        rows.updateAndPut(key, write::run);
    }

    @Override
    public CompletableFuture<?> updateAsync(List<Integer> keys, boolean keeps, AsyncWrite write) {
        return keeps
                ? rows.async().updateAndPut(keys.get(0), write::run)
                : rows.async().updateAll(keys, write::run);
    }

    @Override
    public void put(int key, long version) {
        rows.put(key, version);
    }

    @Override
    public void putAll(Map<Integer, Long> versions) {
        rows.putAll(versions);
    }

    @Override
    public CompletableFuture<@Nullable Void> putAsync(Map<Integer, Long> versions) {
        if (versions.size() == 1) {
            int key = versions.keySet().iterator().next();
            return rows.async().put(key, versions.get(key));
        }
        return rows.async().putAll(versions);
    }

    @Override
    public void drop(int key) throws LoadOrWriteFailed {
        if (writesThrough) {
            rows.refresh(key);
        } else {
            rows.invalidate(key);
        }
    }

    @Override
    public void invalidateAll(List<Integer> keys) {
        rows.invalidateAll(keys);
    }

    @Override
    public CompletableFuture<@Nullable Void> invalidateAsync(List<Integer> keys) {
        return rows.async().invalidateAll(keys);
    }

    @Override
    public void invalidate(int key) {
        rows.invalidate(key);
    }

    @Override
    public void invalidateAll() {
        rows.invalidateAll();
    }

    @Override
    public boolean owesNothing() {
        return duet.health().owedInvalidations() == 0;
    }

    @Override
    public boolean isSettled() {
        return duet.health().status() == Health.Status.UP && owesNothing();
    }

    @Override
    public String state() {
        return duet.health() + " " + duet.stats();
    }

    @Override
    public void count(Tally tally) {
        CacheStats stats = rows.stats();
        tally.refreshes += stats.refreshes();
        tally.leaseWaits += stats.leaseWaits();
        tally.timeouts += stats.loadTimeouts();
    }
}
