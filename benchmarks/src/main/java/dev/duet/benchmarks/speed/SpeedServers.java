package dev.duet.benchmarks.speed;

import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.benchmarks.systems.HazelcastNode;
import dev.duet.benchmarks.systems.InfinispanServer;
import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.PostgresServer;
import dev.duet.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The servers that all suites share: a Redis that saves nothing, one member of Hazelcast and one server of Infinispan, which
 * live in this JVM, and a PostgreSQL that commits to the disk. Started when one is first asked for. Where they are is told in system properties,
 * to this JVM and to those that measure. Not thread-safe.
 */
final class SpeedServers implements AutoCloseable {

    private static final String PREFIX = "duet.benchmark.";
    private static final String REDIS = PREFIX + "redis";
    private static final String HAZELCAST = PREFIX + "hazelcast";
    private static final String INFINISPAN = PREFIX + "infinispan";
    private static final String CLUSTER = PREFIX + "cluster";
    private static final String POSTGRES = PREFIX + "postgres";

    private final Map<String, String> properties = new TreeMap<>();
    private @Nullable RedisServer redis;
    private @Nullable HazelcastInstance member;
    private @Nullable InfinispanServer infinispan;
    private @Nullable PostgresServer postgres;

    /** Starts the servers of second levels if they do not run yet, and empties them. */
    void prepareStores() {
        if (redis == null) {
            redis = RedisServer.start();
            tell(REDIS, redis.uri());
        }
        if (member == null) {
            String cluster = "speed-" + UUID.randomUUID();
            member = Hazelcast.newHazelcastInstance(HazelcastNode.memberConfig(cluster));
            tell(
                    HAZELCAST,
                    "127.0.0.1:"
                            + member.getCluster().getLocalMember().getAddress().getPort());
            tell(CLUSTER, cluster);
        }
        if (infinispan == null) {
            infinispan = InfinispanServer.start(0);
            tell(INFINISPAN, "127.0.0.1:" + infinispan.port());
        }
        redis.command("FLUSHALL");
        infinispan.clear();
        new ArrayList<>(member.getDistributedObjects()).forEach(DistributedObject::destroy);
    }

    /** Starts a PostgreSQL if it does not run yet. */
    void preparePostgres() {
        if (postgres == null) {
            postgres = PostgresServer.builder().durable().start();
            tell(POSTGRES, postgres.jdbcUrl());
        }
    }

    private void tell(String name, String value) {
        properties.put(name, value);
        System.setProperty(name, value);
    }

    /** What tells another JVM where the servers are. */
    List<String> jvmArguments() {
        return properties.entrySet().stream()
                .map(property -> "-D" + property.getKey() + "=" + property.getValue())
                .toList();
    }

    @Override
    public void close() {
        // None throws; and what is left ends with this JVM.
        if (member != null) {
            member.shutdown();
        }
        if (infinispan != null) {
            infinispan.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /** The address of the Redis, in any JVM that was told. */
    static String redis() {
        return setting(REDIS);
    }

    /** The JDBC URL of the PostgreSQL. */
    static String postgres() {
        return setting(POSTGRES);
    }

    /** Where the second level of a system is. */
    static Servers of(CacheSystem.Backend backend) {
        return switch (backend) {
            case REDIS -> Servers.redis(redis());
            case HAZELCAST -> Servers.hazelcast(setting(HAZELCAST), setting(CLUSTER));
            case INFINISPAN -> Servers.infinispan(setting(INFINISPAN));
        };
    }

    private static String setting(String name) {
        return Objects.requireNonNull(System.getProperty(name), () -> name + " is not set");
    }
}
