package dev.duet.samples.users;

import dev.duet.CacheStats;
import java.util.Map;

/**
 * What {@code GET /stats} answers.
 *
 * @param node the name of the node
 * @param queries how often it has asked the database for a user since it started
 * @param caches what its caches did, by name
 */
public record NodeStats(String node, long queries, Map<String, CacheStats> caches) {}
