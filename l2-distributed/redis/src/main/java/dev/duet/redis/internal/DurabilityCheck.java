package dev.duet.redis.internal;

import dev.duet.store.Namespace.Durability;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNodeAsync;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.config.Config;

/**
 * Whether servers keep what they have acknowledged, by what they tell of themselves. What one does not tell, as managed
 * servers may not, is not known, and nothing is said of it.
 */
final class DurabilityCheck {

    private DurabilityCheck() {}

    /**
     * The setting {@code appendfsync} of each server that tells it; none if the client may not ask. Never fails.
     */
    static CompletableFuture<List<String>> appendFsync(RedissonClient client) {
        List<CompletableFuture<@Nullable String>> asked = new ArrayList<>();
        try {
            for (RedisNodeAsync server : masters(client)) {
                asked.add(server.getConfigAsync("appendfsync")
                        .handle((found, failure) -> failure == null ? found.get("appendfsync") : null)
                        .toCompletableFuture());
            }
        } catch (RuntimeException e) {
            // A kind of servers that the client cannot ask one by one: not known.
            asked.clear();
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .handle((done, failure) -> asked.stream()
                        .map(CompletableFuture::join)
                        .filter(Objects::nonNull)
                        .toList());
    }

    private static Collection<? extends RedisNodeAsync> masters(RedissonClient client) {
        Config config = client.getConfig();
        if (config.isClusterConfig()) {
            return client.getRedisNodes(RedisNodes.CLUSTER).getMasters();
        }
        if (config.isSentinelConfig()) {
            return List.of(
                    client.getRedisNodes(RedisNodes.SENTINEL_MASTER_SLAVE).getMaster());
        }
        return config.isSingleConfig()
                ? List.of(client.getRedisNodes(RedisNodes.SINGLE).getInstance())
                : List.of(client.getRedisNodes(RedisNodes.MASTER_SLAVE).getMaster());
    }

    /**
     * What is to be said.
     *
     * @param infos what each server replies to INFO
     * @param appendFsync from {@link #appendFsync}
     * @param sendsAgain whether the client sends a command again that is not answered
     * @param address where the servers are
     */
    static Durability of(List<String> infos, List<String> appendFsync, boolean sendsAgain, String address) {
        Set<String> refusals = new LinkedHashSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        for (String info : infos) {
            String policy = field(info, "maxmemory_policy");
            if (policy != null && policy.startsWith("allkeys-")) {
                refusals.add("Redis at " + address + " has maxmemory-policy " + policy
                        + ", by which it evicts writes that are"
                        + " acknowledged and not yet in the database; set maxmemory-policy to noeviction, or to volatile-lru,"
                        + " which leaves pending writes alone since they have no expiry");
            }
            boolean appends = "1".equals(field(info, "aof_enabled"));
            if ("0".equals(field(info, "aof_enabled")) && "0".equals(field(info, "connected_slaves"))) {
                warnings.add("Redis at " + address
                        + " has no append-only file and no replica, so that a restart loses what is"
                        + " acknowledged and not yet in the database; set appendonly yes, and appendfsync always for no loss"
                        + " at all");
            }
            if (appends) {
                appendFsync.stream()
                        .filter(fsync -> !fsync.equals("always"))
                        .forEach(fsync -> warnings.add("Redis at " + address + " has appendfsync " + fsync
                                + ", so that a crash may lose what was acknowledged in the last second"
                                + (fsync.equals("no") ? " or many" : "")
                                + "; set appendfsync always for no loss at all"));
            }
        }
        if (sendsAgain) {
            warnings.add("the Redisson client for " + address
                    + " sends commands again that are not answered, and a write that"
                    + " is sent twice may take effect after a later one; set retryAttempts to 0");
        }
        return new Durability(joined(refusals), joined(warnings));
    }

    private static @Nullable String joined(Set<String> texts) {
        return texts.isEmpty() ? null : String.join("; moreover, ", texts);
    }

    /** A field of a reply to INFO, or null if it has none. */
    private static @Nullable String field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ':'))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }
}
