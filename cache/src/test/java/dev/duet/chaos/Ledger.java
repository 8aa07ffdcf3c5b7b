package dev.duet.chaos;

import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The system of record of what is written behind, and its writer: items with the version that they were written with, also of
 * those that are removed, which refuse what is older; and beside them, in the same transaction, each write that was made, in the
 * order in which the writes of a key were. Keeps connections, and none after a failure. Thread-safe.
 */
final class Ledger implements CacheWriter<Long, String> {

    private static final String UPSERT = "INSERT INTO items AS item (id, version, value) VALUES (?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET version = excluded.version, value = excluded.value"
            + " WHERE item.version < excluded.version";

    private final DataSource database;
    private final String node;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    /**
     * The ledger in the database at a JDBC URL.
     *
     * @param node who writes
     */
    Ledger(String url, String node) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setConnectTimeout(2);
        source.setSocketTimeout(5);
        database = source;
        this.node = node;
    }

    /** An item; its value is null if it was removed. */
    record Item(@Nullable String value, long version) {}

    /**
     * A write that was made.
     *
     * @param value null if it was a removal
     * @param accepted whether it was newer than what was there
     */
    record Made(long key, long version, @Nullable String value, boolean accepted) {}

    /** What is done with a connection. */
    private interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    /** Creates the tables. */
    void create() throws SQLException {
        int unused = with(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE items (id bigint PRIMARY KEY, version bigint NOT NULL, value text)");
                statement.execute("CREATE TABLE made (serial bigserial PRIMARY KEY, id bigint NOT NULL,"
                        + " version bigint NOT NULL, value text, node text NOT NULL, accepted boolean NOT NULL)");
                return 0;
            }
        });
    }

    /** The value of an item, or null if it has none. */
    @Nullable
    String find(long key) throws SQLException {
        return with(connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT value FROM items WHERE id = ?")) {
                select.setLong(1, key);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? row.getString(1) : null;
                }
            }
        });
    }

    @Override
    public void write(Long key, String value) {
        throw new AssertionError("a batch is written together");
    }

    @Override
    public void delete(Long key) {
        throw new AssertionError("a batch is written together");
    }

    @Override
    public void writeAll(List<CacheWrite<Long, String>> writes) throws SQLException {
        List<CacheWrite<Long, String>> inOrder = new ArrayList<>(writes);
        inOrder.sort(Comparator.comparing(CacheWrite::key)); // two flushers do not wait for each other in a circle
        int unused = with(connection -> {
            connection.setAutoCommit(false);
            note(connection, inOrder, write(connection, inOrder));
            connection.commit();
            connection.setAutoCommit(true);
            return 0;
        });
    }

    /** Which of them were newer than what was there: 1 for each, else 0. */
    private static int[] write(Connection connection, List<CacheWrite<Long, String>> writes) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            for (CacheWrite<Long, String> write : writes) {
                upsert.setLong(1, write.key());
                upsert.setLong(2, write.version());
                upsert.setString(3, write.value());
                upsert.addBatch();
            }
            return upsert.executeBatch();
        }
    }

    private void note(Connection connection, List<CacheWrite<Long, String>> writes, int[] accepted)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO made (id, version, value, node, accepted) VALUES (?, ?, ?, ?, ?)")) {
            for (int i = 0; i < writes.size(); i++) {
                insert.setLong(1, writes.get(i).key());
                insert.setLong(2, writes.get(i).version());
                insert.setString(3, writes.get(i).value());
                insert.setString(4, node);
                insert.setBoolean(5, accepted[i] == 1);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** All items. */
    Map<Long, Item> items() throws SQLException {
        return with(connection -> {
            try (Statement select = connection.createStatement();
                    ResultSet row = select.executeQuery("SELECT id, value, version FROM items")) {
                Map<Long, Item> items = new TreeMap<>();
                while (row.next()) {
                    items.put(row.getLong(1), new Item(row.getString(2), row.getLong(3)));
                }
                return items;
            }
        });
    }

    /** All writes that were made, those of a key in the order in which they were. */
    List<Made> made() throws SQLException {
        return with(connection -> {
            try (Statement select = connection.createStatement();
                    ResultSet row =
                            select.executeQuery("SELECT id, version, value, accepted FROM made ORDER BY serial")) {
                List<Made> made = new ArrayList<>();
                while (row.next()) {
                    made.add(new Made(row.getLong(1), row.getLong(2), row.getString(3), row.getBoolean(4)));
                }
                return made;
            }
        });
    }

    private <T extends @Nullable Object> T with(Work<T> work) throws SQLException {
        Connection kept = idle.poll();
        Connection connection = kept == null ? database.getConnection() : kept;
        boolean done = false;
        try {
            T result = work.on(connection);
            done = true;
            return result;
        } finally {
            if (done) {
                idle.push(connection);
            } else {
                abandon(connection);
            }
        }
    }

    /** Closes a connection that failed, and those beside it, which may have failed with it. */
    private void abandon(Connection failed) {
        Connection connection = failed;
        while (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // it is gone
            }
            connection = idle.poll();
        }
    }
}
