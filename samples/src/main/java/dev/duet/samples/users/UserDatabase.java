package dev.duet.samples.users;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The database behind the user service: a table of users, a way to find one that takes 200 ms, and a count of how often
 * that was done. The count is kept in sequences, by node, so that neither a rollback nor the death of a node loses any.
 * A node is who its connections say they are, in {@code application_name}. Thread-safe.
 */
public final class UserDatabase {

    private static final String TABLE = """
            CREATE TABLE users (
                id bigint PRIMARY KEY,
                name text NOT NULL,
                email text NOT NULL
            )
            """;

    /** Reads first and sleeps then, as a slow query does: its answer is as old as its beginning. */
    private static final String SLOW_QUERY = """
            CREATE FUNCTION find_user_slowly(wanted bigint) RETURNS SETOF users LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('queries_' || current_setting('application_name'));
                RETURN QUERY SELECT * FROM users WHERE id = wanted;
                PERFORM pg_sleep(0.2);
            END $$
            """;

    private final DataSource database;
    private final List<String> nodes;

    private UserDatabase(DataSource database, List<String> nodes) {
        this.database = database;
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Sets up an empty database.
     *
     * @param database the database
     * @param users how many users there are, with ids from 1
     * @param nodes the names of the nodes, in lower case
     */
    public static UserDatabase create(DataSource database, int users, List<String> nodes) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
            statement.execute("""
                    INSERT INTO users
                        SELECT id, 'User ' || id, 'user' || id || '@example.com' FROM generate_series(1, %d) AS id
                    """.formatted(users));
            statement.execute(SLOW_QUERY);
            for (String node : nodes) {
                statement.execute("CREATE SEQUENCE queries_" + node);
            }
        }
        return new UserDatabase(database, nodes);
    }

    /** The queries for a user so far, by node, as the database counted them. */
    public Map<String, Long> queries() throws SQLException {
        Map<String, Long> queries = new LinkedHashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT coalesce(pg_sequence_last_value(?::regclass), 0)")) {
            for (String node : nodes) {
                select.setString(1, "queries_" + node);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    queries.put(node, row.getLong(1));
                }
            }
        }
        return queries;
    }

    /** Changes an email address the way a script would that knows of no cache. */
    public void updateEmail(long id, String email) throws SQLException {
        new PostgresUserRepository(database).updateEmail(id, email);
    }

    /** The version of the server, such as {@code 14.20}. */
    public String version() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }
}
