package dev.duet.samples.users;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A database in the heap, which can be made to fail. */
final class FakeUsers implements UserRepository {

    private final Map<Long, User> users = new ConcurrentHashMap<>();
    private final AtomicLong queries = new AtomicLong();
    private volatile boolean broken;

    FakeUsers(User... users) {
        for (User user : users) {
            this.users.put(user.id(), user);
        }
    }

    void breakDown() {
        broken = true;
    }

    @Override
    public @Nullable User find(long id) throws SQLException {
        check();
        queries.incrementAndGet();
        return users.get(id);
    }

    @Override
    public boolean updateEmail(long id, String email) throws SQLException {
        check();
        return users.computeIfPresent(id, (key, user) -> new User(id, user.name(), email)) != null;
    }

    @Override
    public long queries() {
        return queries.get();
    }

    private void check() throws SQLException {
        if (broken) {
            throw new SQLException("the fake database is broken");
        }
    }
}
