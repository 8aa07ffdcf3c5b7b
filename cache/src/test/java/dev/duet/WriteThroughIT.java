package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.testkit.PostgresExtension;
import dev.duet.testkit.RedisExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Caches of several nodes on a real Redis that write through to a real PostgreSQL. */
class WriteThroughIT {

    private static final long ID = 456;

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.create();

    record User(long id, String email) {}

    /** Rows that keep the version of a write that was made together with others, and refuse one that comes late. */
    private static final class UserWriter implements CacheWriter<Long, User> {

        private volatile boolean losesAnswers;

        @Override
        public void write(Long id, User user) throws SQLException {
            execute("""
                    insert into users (id, email, version) values (?, ?, 0)
                    on conflict (id) do update set email = excluded.email
                    """, id, user.email());
        }

        @Override
        public void delete(Long id) throws SQLException {
            execute("delete from users where id = ?", id);
        }

        private void execute(String sql, Object... values) throws SQLException {
            try (Connection connection = POSTGRES.server().dataSource().getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                statement.executeUpdate();
            }
            if (losesAnswers) {
                throw new SQLException("the connection broke");
            }
        }

        @Override
        public void writeAll(List<CacheWrite<Long, User>> writes) throws SQLException {
            try (Connection connection = POSTGRES.server().dataSource().getConnection();
                    PreparedStatement upsert = connection.prepareStatement("""
                            insert into users (id, email, version) values (?, ?, ?)
                            on conflict (id) do update set email = excluded.email, version = excluded.version
                                where users.version < excluded.version
                            """);
                    PreparedStatement delete =
                            connection.prepareStatement("delete from users where id = ? and version < ?")) {
                connection.setAutoCommit(false);
                for (CacheWrite<Long, User> write : writes.stream()
                        .sorted((a, b) -> a.key().compareTo(b.key()))
                        .toList()) {
                    User user = write.value();
                    PreparedStatement statement = user == null ? delete : upsert;
                    statement.setLong(1, write.key());
                    if (user != null) {
                        statement.setString(2, user.email());
                    }
                    statement.setLong(user == null ? 2 : 3, write.version());
                    statement.executeUpdate();
                }
                connection.commit();
            }
        }
    }

    private final UserWriter writer = new UserWriter();
    private final AtomicLong loads = new AtomicLong();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void create() throws Exception {
        try (Connection connection = POSTGRES.server().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists users");
            statement.execute(
                    "create table users (id bigint primary key, email text not null, version bigint not null)");
            statement.execute("insert into users values (456, 'v1', 1)");
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private TwoLevelCache<Long, User> node() {
        return node(settings -> settings);
    }

    private TwoLevelCache<Long, User> node(UnaryOperator<CacheBuilder<Long, User>> settings) {
        Duet duet = Duet.builder()
                .store(RedisStore.connect(REDIS.server().uri()))
                .storeTimeout(Duration.ofSeconds(10)) // a busy machine is no outage
                .build();
        open.add(0, duet);
        return settings.apply(duet.cache("users", Long.class, User.class)
                        .loader(this::select)
                        .writer(writer))
                .build();
    }

    private User select(long id) throws SQLException {
        loads.incrementAndGet();
        return rows().get(id);
    }

    private static Map<Long, User> rows() throws SQLException {
        try (Connection connection = POSTGRES.server().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, email from users order by id")) {
            Map<Long, User> rows = new LinkedHashMap<>();
            while (row.next()) {
                rows.put(row.getLong(1), new User(row.getLong(1), row.getString(2)));
            }
            return rows;
        }
    }

    private static String email(TwoLevelCache<Long, User> users, long id) {
        User user = users.get(id);
        return user == null ? "" : user.email();
    }

    @Test
    void put_isInTheDatabaseAndOnAllNodes() throws Exception {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        assertThat(email(n2, ID)).isEqualTo("v1");

        n1.put(ID, new User(ID, "v2"));

        assertThat(rows()).containsValue(new User(ID, "v2"));
        assertThat(email(n1, ID)).isEqualTo("v2");
        await().untilAsserted(() -> assertThat(email(n2, ID)).isEqualTo("v2"));
        assertThat(node().getIfPresent(ID)).as("left in the store").isEqualTo(new User(ID, "v2"));
        assertThat(loads).as("of the old value").hasValue(1);
    }

    @Test
    void everyShape_endsUpInTheDatabase() throws Exception {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        n1.putAll(Map.of(1L, new User(1, "a"), 2L, new User(2, "b"), 3L, new User(3, "c")));
        n2.invalidate(ID);
        n2.invalidateAll(List.of(1L, 2L));
        n1.async().put(4L, new User(4, "d")).get(10, TimeUnit.SECONDS);
        n1.async().invalidate(3L).get(10, TimeUnit.SECONDS);
        n1.invalidateAll();

        assertThat(rows()).containsOnlyKeys(4L);
        for (TwoLevelCache<Long, User> node : List.of(n1, n2)) {
            await().untilAsserted(() -> assertThat(LongStream.of(1, 2, 3, 4, ID).mapToObj(id -> email(node, id)))
                    .containsExactly("", "", "", "d", ""));
        }
    }

    @Test
    void invalidate_absenceIsCached_isSeenOnAllNodes() {
        UnaryOperator<CacheBuilder<Long, User>> settings = builder -> builder.cacheAbsence(Duration.ofMinutes(1));
        TwoLevelCache<Long, User> n1 = node(settings);
        TwoLevelCache<Long, User> n2 = node(settings);
        email(n2, ID);

        n1.invalidate(ID);

        assertThat(n1.get(ID)).isNull();
        await().untilAsserted(() -> assertThat(n2.get(ID)).isNull());
        n2.put(ID, new User(ID, "back"));
        await().untilAsserted(() -> assertThat(email(n1, ID)).isEqualTo("back"));
    }

    @Test
    void A14_answerToTheCommitIsLost_theNewRowIsSeen() {
        TwoLevelCache<Long, User> n1 = node();
        TwoLevelCache<Long, User> n2 = node();
        email(n1, ID);
        email(n2, ID);
        writer.losesAnswers = true;

        assertThatThrownBy(() -> n1.put(ID, new User(ID, "v2"))).hasMessage("the connection broke");

        assertThat(email(n1, ID)).isEqualTo("v2");
        await().untilAsserted(() -> assertThat(email(n2, ID)).isEqualTo("v2"));
    }

    @Test
    void writersOfTheSameKeysOnThreeNodes_cachesEqualTheDatabaseAfterwards() throws Exception {
        List<TwoLevelCache<Long, User>> nodes = List.of(node(), node(), node());
        ExecutorService threads = Executors.newCachedThreadPool();
        open.add(0, threads::shutdownNow);
        List<Future<?>> writers = new ArrayList<>();
        for (int w = 0; w < 6; w++) {
            int number = w;
            TwoLevelCache<Long, User> node = nodes.get(w % 3);
            writers.add(threads.submit(() -> {
                Random random = new Random(number);
                for (int i = 0; i < 50; i++) {
                    write(node, random, number + "-" + i);
                    node.get(1 + (long) random.nextInt(4));
                }
                return null;
            }));
        }
        for (Future<?> writing : writers) {
            writing.get(120, TimeUnit.SECONDS);
        }

        Map<Long, User> rows = rows();
        List<TwoLevelCache<Long, User>> all = new ArrayList<>(nodes);
        all.add(node()); // which has nothing near, and so shows what the store has
        for (TwoLevelCache<Long, User> node : all) {
            for (long id = 1; id <= 4; id++) {
                long key = id;
                await().untilAsserted(() -> {
                    assertThat(node.getIfPresent(key)).isIn(rows.get(key), null);
                    assertThat(node.get(key)).isEqualTo(rows.get(key));
                });
            }
        }
    }

    private static void write(TwoLevelCache<Long, User> node, Random random, String email) {
        long id = 1L + random.nextInt(4);
        long other = 1 + id % 4;
        switch (random.nextInt(4)) {
            case 0 -> node.invalidateAll(List.of(id));
            case 1 -> node.putAll(Map.of(id, new User(id, email), other, new User(other, email)));
            default -> node.putAll(Map.of(id, new User(id, email)));
        }
        assertThat(node.get(id))
                .satisfiesAnyOf(
                        user -> assertThat(user).isNull(),
                        user -> assertThat(user.id()).isEqualTo(id));
    }
}
