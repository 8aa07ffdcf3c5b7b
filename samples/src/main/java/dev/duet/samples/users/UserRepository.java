package dev.duet.samples.users;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The system of record of the users. Knows nothing of caches. Thread-safe. */
public interface UserRepository {

    /** The user, read from the database: slowly. Null if there is none. */
    @Nullable
    User find(long id) throws SQLException;

    /**
     * Changes an email address, and commits.
     *
     * @return whether there is such a user
     */
    boolean updateEmail(long id, String email) throws SQLException;

    /** How often {@link #find} has asked the database, on this node, since it started. */
    long queries();
}
