package dev.duet.samples.users;

import dev.duet.CacheStats;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code GET /stats} answers.
 *
 * @param node the name of the node
 * @param queries how often it has asked the database for a user since it started
 * @param caches what its caches did, by name
 */
public record NodeStats(String node, long queries, Map<String, CacheStats> caches) {

    /** What one of the caches did. */
    CacheStats cache(String name) {
        return Objects.requireNonNull(caches.get(name), name);
    }
}
