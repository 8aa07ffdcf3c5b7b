package dev.duet;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Accounts in a PostgreSQL, each row with its version. What a thread does in a transaction it does on one connection, reads of
 * a loader included, as with the transaction managers that applications use. Thread-safe.
 */
final class Accounts {

    /** A row. */
    record Account(long id, long balance, long version) {}

    /** Work in a transaction. */
    @FunctionalInterface
    interface Work {
        void in(Connection transaction) throws SQLException;
    }

    /** How a transaction ends. */
    enum End {
        COMMIT,
        ROLL_BACK,
        /** It is committed, and the connection breaks before its answer comes. */
        COMMIT_UNANSWERED
    }

    private final DataSource database;

    @SuppressWarnings("ThreadLocalUsage") // one for each of few objects
    private final ThreadLocal<@Nullable Connection> transaction = new ThreadLocal<>();

    Accounts(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        database = source;
    }

    /** Creates the table anew, with accounts from 1 on of version 1. */
    void create(int accounts, long balance) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS accounts");
            statement.execute(
                    "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL, version bigint NOT NULL)");
            statement.execute("INSERT INTO accounts SELECT id, %d, 1 FROM generate_series(1, %d) AS id"
                    .formatted(balance, accounts));
        }
    }

    /** Does work in a transaction of the calling thread. */
    void transact(int isolation, End end, Work work) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            transaction.set(connection);
            try {
                work.in(connection);
                if (end == End.ROLL_BACK) {
                    connection.rollback();
                    return;
                }
                connection.commit();
                if (end == End.COMMIT_UNANSWERED) {
                    connection.abort(Runnable::run);
                    throw new SQLException("the connection broke", "08006");
                }
            } catch (SQLException | RuntimeException e) {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
                throw e;
            } finally {
                transaction.remove();
            }
        }
    }

    /** Loads an account, in the calling thread's transaction if it is in one; null if there is none. */
    @Nullable
    Account find(long id) throws SQLException {
        Connection current = transaction.get();
        if (current != null) {
            return find(current, id);
        }
        try (Connection connection = database.getConnection()) {
            return find(connection, id);
        }
    }

    private static @Nullable Account find(Connection connection, long id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT balance, version FROM accounts WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Account(id, row.getLong(1), row.getLong(2)) : null;
            }
        }
    }

    /** Locks a row until the end of the transaction. */
    static void lock(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM accounts WHERE id = ? FOR UPDATE")) {
            select.setLong(1, id);
            select.executeQuery().close();
        }
    }

    /** Adds to a balance; the row's new version. */
    static long add(Connection connection, long id, long amount) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE accounts SET balance = balance + ?, version = version + 1 WHERE id = ? RETURNING version")) {
            update.setLong(1, amount);
            update.setLong(2, id);
            try (ResultSet row = update.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** All rows. */
    Map<Long, Account> all() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT id, balance, version FROM accounts ORDER BY id")) {
            Map<Long, Account> all = new LinkedHashMap<>();
            while (row.next()) {
                all.put(row.getLong(1), new Account(row.getLong(1), row.getLong(2), row.getLong(3)));
            }
            return all;
        }
    }
}
