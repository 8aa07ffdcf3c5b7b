package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes of what is cached to a database that takes no time, a map in the heap, in the way that leaves no stale value according to each system's
 * documentation: Duet announces the write before and completes it after, the others invalidate after it.
 */
final class Updates {

    static final String SUITE = "update";
    static final String SET_TWICE = "Redisson SET twice";
    static final String MAP_SET_TWICE = "Hazelcast IMap set twice";
    private static final int KEYS = 10_000;

    private Updates() {}

    static List<Contender<Operation>> contenders() {
        List<Contender<Operation>> all = new ArrayList<>();
        all.add(new Contender<>(SET_TWICE, SET_TWICE, () -> new Writes.RedisSet(2)));
        all.add(new Contender<>(MAP_SET_TWICE, MAP_SET_TWICE, () -> new Writes.MapSet(2)));
        for (CacheSystem system : Items.SYSTEMS) {
            all.add(new Contender<>(
                    system.title(),
                    Items.baseline(system, SET_TWICE, MAP_SET_TWICE),
                    () -> new Update(Items.start(system, KEYS))));
        }
        return all;
    }

    private static final class Update extends NodeOperation {
        private final Map<Long, String> database = new HashMap<>();
        private final String value = Items.value(0);
        private long next;

        Update(CacheNode node) {
            super(node);
            prepare();
            run();
            if (node.get(next) != null || !database.containsKey(next)) {
                throw new IllegalStateException("not updated");
            }
        }

        @Override
        public void prepare() {
            next = (next + 1) % KEYS;
            node.put(next, value);
        }

        @Override
        public @Nullable Object run() {
            Long key = next;
            node.update(key, () -> database.put(key, value));
            return null;
        }
    }
}
