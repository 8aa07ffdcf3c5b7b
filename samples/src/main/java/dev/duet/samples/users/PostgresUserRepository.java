package dev.duet.samples.users;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The users in PostgreSQL, in the tables that {@link UserDatabase} sets up. */
public final class PostgresUserRepository implements UserRepository {

    private final DataSource database;
    private final LongAdder queries = new LongAdder();

    /** Reads and writes through a data source, which stays the caller's to close. */
    public PostgresUserRepository(DataSource database) {
        this.database = database;
    }

    @Override
    public @Nullable User find(long id) throws SQLException {
        queries.increment();
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT id, name, email FROM find_user_slowly(?)")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new User(row.getLong(1), row.getString(2), row.getString(3)) : null;
            }
        }
    }

    @Override
    public boolean updateEmail(long id, String email) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE users SET email = ? WHERE id = ?")) {
            update.setString(1, email);
            update.setLong(2, id);
            return update.executeUpdate() == 1;
        }
    }

    @Override
    public long queries() {
        return queries.sum();
    }
}
