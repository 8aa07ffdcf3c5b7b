package dev.duet.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The system of record: rows with ids from 1, each with its version. Keeps one connection per thread. Thread-safe. */
final class Rows {

    private static final int TEXT = 2_048;

    private final DataSource database;
    private final ThreadLocal<Connection> connections = ThreadLocal.withInitial(this::connect);

    /** The rows of the database at a JDBC URL. */
    Rows(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        database = source;
    }

    /** Creates the table, with rows of version 1. */
    void create(int rows) throws SQLException {
        try (Statement statement = connections.get().createStatement()) {
            statement.execute("CREATE TABLE rows (id bigint PRIMARY KEY, version bigint NOT NULL, text text NOT NULL)");
            statement.execute("INSERT INTO rows SELECT id, 1, repeat('x', %d) FROM generate_series(1, %d) AS id"
                    .formatted(TEXT, rows));
        }
    }

    /** Reads a row. */
    Row find(long id) throws SQLException {
        try (PreparedStatement select =
                connections.get().prepareStatement("SELECT version, text FROM rows WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Row(row.getLong(1), row.getString(2));
            }
        }
    }

    /** Writes a row, commits, and returns its new version. */
    long write(long id) throws SQLException {
        try (PreparedStatement update = connections
                .get()
                .prepareStatement("UPDATE rows SET version = version + 1 WHERE id = ? RETURNING version")) {
            update.setLong(1, id);
            try (ResultSet row = update.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Writes a row in a transaction that stays open for as long as this process lives. */
    void writeWithoutCommit(long id) throws SQLException {
        connections.get().setAutoCommit(false);
        write(id);
    }

    /** The versions of all rows. */
    Map<Long, Long> versions() throws SQLException {
        try (Statement select = connections.get().createStatement();
                ResultSet row = select.executeQuery("SELECT id, version FROM rows")) {
            Map<Long, Long> versions = new TreeMap<>();
            while (row.next()) {
                versions.put(row.getLong(1), row.getLong(2));
            }
            return versions;
        }
    }

    private Connection connect() {
        try {
            return database.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException("no connection to the database", e);
        }
    }
}
