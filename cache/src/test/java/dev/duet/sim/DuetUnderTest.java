package dev.duet.sim;

import dev.duet.Duet;
import dev.duet.Health;
import dev.duet.SimulatedMachinery;
import dev.duet.TwoLevelCache;
import dev.duet.WriteIntent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The real thing. */
final class DuetUnderTest implements CacheUnderTest {

    private final Duet duet;
    private final TwoLevelCache<Integer, Long> rows;

    /** Starts a node, on a strand of it: it waits for the feed. */
    DuetUnderTest(SimulatedNode node, Server server, Plan plan, Loader loader) {
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
        rows = duet.cache(Server.CACHE, Integer.class, Long.class)
                .codec(new VersionCodec())
                .expireAfterWrite(Duration.ofMillis(plan.lifeMillis))
                .loadTimeout(Duration.ofMillis(plan.loadTimeoutMillis))
                .loader(loader::load)
                .build();
    }

    @Override
    public @Nullable Long get(int key) throws LoadOrWriteFailed {
        return rows.get(key);
    }

    @Override
    public @Nullable Long getIfPresent(int key) {
        return rows.getIfPresent(key);
    }

    @Override
    public void update(int key, Write write) throws LoadOrWriteFailed {
        rows.update(key, write::run);
    }

    @Override
    public void updateAll(List<Integer> keys, Write write) throws LoadOrWriteFailed {
        WriteIntent intent = rows.beginWrite(keys);
        try {
            write.run();
        } finally {
            intent.close();
        }
    }

    @Override
    public void put(int key, long version) {
        rows.put(key, version);
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
}
