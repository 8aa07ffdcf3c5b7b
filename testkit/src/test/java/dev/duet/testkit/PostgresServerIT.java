package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {

    private static final Duration CLEANUP = Duration.ofSeconds(15);

    @Test
    void start_defaults_runsPostgres14FastRatherThanDurable() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            assertThat(postgres.isRunning()).isTrue();
            assertThat(query(postgres, "SHOW server_version")).startsWith("14.");
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("off");
            assertThat(query(postgres, "SHOW synchronous_commit")).isEqualTo("off");
            assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl())) {
                assertThat(connection.isValid(1)).isTrue();
            }
        }
    }

    @Test
    void start_durableWithSettings_appliesThem() throws Exception {
        try (PostgresServer postgres = PostgresServer.builder()
                .durable()
                .setting("max_connections", "17")
                .start()) {
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "SHOW max_connections")).isEqualTo("17");
        }
    }

    @Test
    void start_withUnknownSetting_failsWithTheLogAndLeavesNothing() {
        PostgresServerBuilder builder = PostgresServer.builder().setting("no_such", "1");

        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("unrecognized configuration parameter \"no_such\"");
    }

    @Test
    void stop_thenRestart_keepsDataAndPort() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            int port = postgres.port();
            update(postgres, "CREATE TABLE t (v text)");
            update(postgres, "INSERT INTO t VALUES ('kept')");

            postgres.stop();
            postgres.stop();
            assertThat(postgres.isRunning()).isFalse();
            assertThatThrownBy(() -> query(postgres, "SELECT 1")).isInstanceOf(SQLException.class);

            postgres.restart();
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "SELECT v FROM t")).isEqualTo("kept");
        }
    }

    @Test
    void kill_thenRestart_keepsWhatWasCommitted() throws Exception {
        try (PostgresServer postgres =
                PostgresServer.builder().setting("synchronous_commit", "on").start()) {
            update(postgres, "CREATE TABLE t (v text)");
            update(postgres, "INSERT INTO t VALUES ('kept')");

            postgres.kill();
            postgres.kill();
            assertThat(postgres.isRunning()).isFalse();

            postgres.restart();
            assertThat(query(postgres, "SELECT v FROM t")).isEqualTo("kept");
        }
    }

    @Test
    void close_runningServer_endsItsProcessesAndRemovesItsDirectory() {
        PostgresServer postgres = PostgresServer.start();
        long pid = postgres.pid();

        postgres.close();
        postgres.close();

        assertThat(ChildJvm.isRunning(pid)).isFalse();
        assertThat(postgres.directory()).doesNotExist();
        assertThat(ChildJvm.processesIn(postgres.directory())).isEmpty();
        assertThatThrownBy(postgres::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void jvmsKilled_whileTheirServersRun_takeServersAndDirectoriesWithThem(@TempDir Path temporary) throws Exception {
        // Two at once, with no executables extracted yet: neither may disturb the other.
        try (ChildJvm one = ChildJvm.start("postgres", temporary);
                ChildJvm two = ChildJvm.start("postgres", temporary)) {
            List<Long> pids = List.of(one.awaitServer(), two.awaitServer());
            assertThat(pids).allMatch(ChildJvm::isRunning);

            one.kill();
            two.kill();

            await().atMost(CLEANUP).until(() -> pids.stream().noneMatch(ChildJvm::isRunning));
            awaitNothingLeft(temporary);
        }
    }

    @Test
    void jvmKilled_whileServerStarts_leavesNothing(@TempDir Path temporary) throws Exception {
        for (String reached : List.of("binaries", "data", "data/postmaster.pid")) {
            try (ChildJvm jvm = ChildJvm.start("postgres", temporary)) {
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> ChildJvm.serverDirectories(temporary).stream()
                                .anyMatch(directory ->
                                        directory.resolve(reached).toFile().exists()));
                jvm.kill();

                awaitNothingLeft(temporary);
            }
            if (reached.equals("binaries")) {
                try (ChildJvm jvm = ChildJvm.start("postgres", temporary)) {
                    jvm.awaitServer(); // what was extracted in part is extracted anew
                }
                awaitNothingLeft(temporary);
            }
        }
    }

    private static void awaitNothingLeft(Path temporary) {
        await().atMost(CLEANUP)
                .until(() -> ChildJvm.serverDirectories(temporary).isEmpty());
        await().atMost(CLEANUP).until(() -> ChildJvm.processesIn(temporary).isEmpty());
    }

    private static String query(PostgresServer postgres, String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void update(PostgresServer postgres, String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
