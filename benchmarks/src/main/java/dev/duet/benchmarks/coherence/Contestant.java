package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.benchmarks.systems.NodeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What takes part: each {@link CacheSystem}, and bare pub/sub as the yardstick of propagation.
 *
 * @param id as options name it
 * @param title as results name it
 * @param start joins a node
 */
record Contestant(String id, String title, CacheSystem.Backend backend, Function<NodeConfig, CacheNode> start) {

    /** No cache, but the messages alone. */
    static final Contestant BARE_PUB_SUB =
            new Contestant("BARE_PUB_SUB", "Bare pub/sub", CacheSystem.Backend.REDIS, BarePubSub::new);

    /** All there are. */
    static List<Contestant> all() {
        List<Contestant> all = new ArrayList<>();
        for (CacheSystem system : CacheSystem.values()) {
            all.add(new Contestant(system.name(), system.title(), system.backend(), system::start));
        }
        all.add(BARE_PUB_SUB);
        return all;
    }

    /** The one that options name so. */
    static Contestant of(String id) {
        return all().stream()
                .filter(contestant -> contestant.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no system " + id));
    }

    /** Whether it is a cache, and not the yardstick. */
    boolean isCache() {
        return !id.equals(BARE_PUB_SUB.id());
    }
}
