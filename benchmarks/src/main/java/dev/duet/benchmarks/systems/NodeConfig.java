package dev.duet.benchmarks.systems;

import java.time.Duration;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What all systems of a comparison have in common.
 *
 * @param servers where the second level is
 * @param size the most near entries
 * @param timeToLive the life of a value in both levels
 * @param loader loads what no level holds; null for a cache that nothing is loaded into. Null from it is no value
 */
public record NodeConfig(
        Servers servers,
        int size,
        Duration timeToLive,
        @Nullable LongFunction<@Nullable String> loader) {

    /** The same name on all nodes. */
    static final String CACHE = "items";
}
