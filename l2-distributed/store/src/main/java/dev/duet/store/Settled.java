package dev.duet.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last pending writes of a partition that were made, one for each key. Not thread-safe. */
final class Settled {

    /** How many are remembered. */
    static final int MOST = 1_024;

    private final Map<RecordKey, Effect.Settled> made = new LinkedHashMap<>();

    void add(Effect.Settled settled) {
        made.remove(settled.key()); // to the end
        made.put(settled.key(), settled);
        if (made.size() > MOST) {
            made.remove(made.keySet().iterator().next());
        }
    }

    /** The last one of a key; null if there is none, or it is forgotten. */
    Effect.@Nullable Settled of(RecordKey key) {
        return made.get(key);
    }

    void clear() {
        made.clear();
    }

    List<Effect.Settled> all() {
        return List.copyOf(made.values());
    }
}
