package dev.duet.benchmarks.hitratio;

import java.util.LinkedHashMap;
import java.util.Map;

/** Evicts what was not asked for longest: a {@link LinkedHashMap} in the order of access. */
final class Lru implements ReplacementPolicy {

    @Override
    public String title() {
        return "LRU";
    }

    @Override
    public long countHits(int[] keys, int size) {
        Map<Integer, Boolean> cache = new LinkedHashMap<>(size, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
                return size() > size;
            }
        };
        long hits = 0;
        for (int key : keys) {
            if (cache.get(key) != null) {
                hits++;
            } else {
                cache.put(key, true);
            }
        }
        return hits;
    }
}
