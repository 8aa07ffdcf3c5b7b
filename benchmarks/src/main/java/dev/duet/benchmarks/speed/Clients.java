package dev.duet.benchmarks.speed;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.core.HazelcastInstance;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.duet.benchmarks.systems.CacheSystem.Backend;
import dev.duet.benchmarks.systems.HazelcastNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;

/** Bare clients of the servers, for the baselines. Each is the caller's to close. */
final class Clients {

    private Clients() {}

    /** A client of Redis, set up as the store's own is. */
    static RedissonClient redis() {
        Config config =
                new Config().setCodec(ByteArrayCodec.INSTANCE).setThreads(2).setNettyThreads(2);
        config.setReferenceEnabled(false);
        config.useSingleServer()
                .setAddress(SpeedServers.redis())
                .setRetryAttempts(0)
                .setPingConnectionInterval(1_000)
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1);
        return Redisson.create(config);
    }

    /** A client of Hazelcast, without a near cache. */
    static HazelcastInstance hazelcast() {
        return HazelcastClient.newHazelcastClient(HazelcastNode.clientConfig(SpeedServers.of(Backend.HAZELCAST)));
    }

    /** A pool of connections to PostgreSQL; the table of items is made, or emptied. */
    static HikariDataSource postgres() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(SpeedServers.postgres() + "&reWriteBatchedInserts=true");
        config.setMaximumPoolSize(2);
        HikariDataSource pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists items (id bigint primary key, text text not null, version bigint not null)");
            statement.execute("truncate items");
        } catch (SQLException e) {
            pool.close();
            throw new IllegalStateException("no table", e);
        }
        return pool;
    }
}
