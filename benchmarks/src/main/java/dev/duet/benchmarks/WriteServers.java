package dev.duet.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.duet.testkit.PostgresServer;
import dev.duet.testkit.RedisServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;

/** The Redis and the PostgreSQL that all forks of a suite write to, and how a fork connects to them. */
final class WriteServers implements AutoCloseable {

    private static final String REDIS = "duet.benchmark.redis";
    private static final String POSTGRES = "duet.benchmark.postgres";

    private final RedisServer redis;
    private final PostgresServer postgres;

    private WriteServers(RedisServer redis, PostgresServer postgres) {
        this.redis = redis;
        this.postgres = postgres;
    }

    /** Starts both. PostgreSQL commits to the disk, as it does by default; Redis saves nothing. */
    static WriteServers start() {
        RedisServer redis = RedisServer.start();
        try {
            return new WriteServers(redis, PostgresServer.builder().durable().start());
        } catch (RuntimeException | Error e) {
            redis.close();
            throw e;
        }
    }

    /** What tells a fork where they are. */
    String[] jvmArguments() {
        return new String[] {"-D" + REDIS + "=" + redis.uri(), "-D" + POSTGRES + "=" + postgres.jdbcUrl()};
    }

    @Override
    public void close() {
        try (redis;
                postgres) {
            // both, whatever the other does
        }
    }

    /** A new client in a fork, set up as a store's own is; Redis is emptied. */
    static RedissonClient redis() {
        Config config =
                new Config().setCodec(ByteArrayCodec.INSTANCE).setThreads(2).setNettyThreads(2);
        config.useSingleServer()
                .setAddress(setting(REDIS))
                .setRetryAttempts(0)
                .setPingConnectionInterval(1_000)
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1);
        RedissonClient client = Redisson.create(config);
        client.getKeys().flushall();
        return client;
    }

    /** A new pool in a fork; the table of items is made, or emptied. */
    static HikariDataSource postgres() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(setting(POSTGRES) + "&reWriteBatchedInserts=true");
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

    private static String setting(String name) {
        return Objects.requireNonNull(System.getProperty(name), () -> name + " is not set: run main");
    }
}
