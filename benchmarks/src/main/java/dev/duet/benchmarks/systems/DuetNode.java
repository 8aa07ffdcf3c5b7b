package dev.duet.benchmarks.systems;

import dev.duet.CacheBuilder;
import dev.duet.Duet;
import dev.duet.DuetBuilder;
import dev.duet.TwoLevelCache;
import dev.duet.store.Store;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Duet, over some store. */
public final class DuetNode implements CacheNode {

    private final Duet duet;
    private final TwoLevelCache<Long, String> cache;

    /** Joins a node with the defaults; the store is closed with it. */
    public DuetNode(Store store, NodeConfig config) {
        this(Duet.builder().store(store), config);
    }

    /** Joins a node with settings of its own; the store is closed with it. */
    public DuetNode(DuetBuilder settings, NodeConfig config) {
        duet = settings.build();
        CacheBuilder<Long, String> builder = duet.cache(NodeConfig.CACHE, Long.class, String.class)
                .maximumSize(config.size())
                .expireAfterWrite(config.timeToLive());
        LongFunction<@Nullable String> loader = config.loader();
        cache = (loader == null ? builder : builder.loader(loader::apply)).build();
        this.loads = loader != null;
    }

    private final boolean loads;

    /** The cache itself. */
    public TwoLevelCache<Long, String> cache() {
        return cache;
    }

    /** The node itself. */
    public Duet duet() {
        return duet;
    }

    @Override
    public @Nullable String get(Long key) {
        return loads ? cache.get(key) : cache.getIfPresent(key);
    }

    @Override
    public void put(Long key, String value) {
        cache.put(key, value);
    }

    @Override
    public void invalidate(Long key) {
        cache.invalidate(key);
    }

    @Override
    public Map<Long, String> getAll(Collection<Long> keys) {
        return cache.getAll(keys);
    }

    @Override
    public void update(Long key, Runnable write) {
        cache.<RuntimeException>update(key, write::run);
    }

    @Override
    public boolean isNear(Long key) {
        long hits = cache.stats().nearHits();
        cache.getIfPresent(key);
        return cache.stats().nearHits() > hits;
    }

    @Override
    public void close() {
        duet.close();
    }
}
