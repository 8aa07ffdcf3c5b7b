package dev.duet.samples.users;

import dev.duet.CacheStats;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Users, cached. What an application would write is short: build the cache with the query as its loader, {@code get} to
 * read, {@code update} to write. The rest of this class is for the story's sake: two more caches with other settings, and
 * the question who answered. Thread-safe.
 */
public final class UserService {

    /** The life of a user in the cache {@code users-short}. */
    static final Duration SHORT_LIFE = Duration.ofSeconds(2);

    /** The bound of the near cache of {@code users-small}. */
    static final int SMALL_SIZE = 50;

    private final UserRepository repository;
    private final TwoLevelCache<Long, User> users;
    private final Map<String, TwoLevelCache<Long, User>> caches = new LinkedHashMap<>();
    private final ThreadLocal<@Nullable Boolean> loaded = new ThreadLocal<>();

    /** Builds the caches of a node. */
    public UserService(Duet duet, UserRepository repository) {
        this.repository = repository;
        users = duet.cache("users", Long.class, User.class)
                .maximumSize(10_000)
                .expireAfterWrite(Duration.ofMinutes(10))
                .loader(this::load)
                .build();
        TwoLevelCache<Long, User> shortLived = duet.cache("users-short", Long.class, User.class)
                .expireAfterWrite(SHORT_LIFE)
                .loader(this::load)
                .build();
        TwoLevelCache<Long, User> small = duet.cache("users-small", Long.class, User.class)
                .maximumSize(SMALL_SIZE)
                .loader(this::load)
                .build();
        caches.put("on", users);
        caches.put("short", shortLived);
        caches.put("small", small);
    }

    /**
     * Reads a user.
     *
     * @param cache {@code on}, {@code short} or {@code small}, for one of the caches; or {@code off}
     * @throws IllegalArgumentException if there is no such cache
     */
    public Answer find(long id, String cache) throws SQLException {
        if (cache.equals("off")) {
            long start = System.nanoTime();
            User user = repository.find(id);
            return new Answer(user, AnsweredBy.DATABASE, since(start));
        }
        TwoLevelCache<Long, User> chosen = caches.get(cache);
        if (chosen == null) {
            throw new IllegalArgumentException("cache must be one of off, " + String.join(", ", caches.keySet()));
        }
        CacheStats before = chosen.stats();
        loaded.remove();
        long start = System.nanoTime();
        User user = chosen.get(id);
        Duration took = since(start);
        return new Answer(user, answeredBy(before, chosen.stats()), took);
    }

    /**
     * Changes an email address so that no node serves the old one afterwards, whatever happens in between.
     *
     * @return whether there is such a user
     */
    public boolean updateEmail(long id, String email) throws SQLException {
        return users.update(id, () -> repository.updateEmail(id, email));
    }

    /**
     * Changes an email address by cache-aside: first the database, then the cache. Right as long as this node lives to do
     * the second thing.
     *
     * @return whether there is such a user
     */
    public boolean updateEmailAside(long id, String email) throws SQLException {
        boolean found = repository.updateEmail(id, email);
        users.invalidate(id);
        return found;
    }

    /** What the caches did so far on this node, by name. */
    public Map<String, CacheStats> stats() {
        Map<String, CacheStats> stats = new LinkedHashMap<>();
        caches.values().forEach(cache -> stats.put(cache.name(), cache.stats()));
        return stats;
    }

    /** How often this node has asked the database for a user. */
    public long queries() {
        return repository.queries();
    }

    private @Nullable User load(long id) throws SQLException {
        loaded.set(true);
        return repository.find(id);
    }

    private AnsweredBy answeredBy(CacheStats before, CacheStats after) {
        if (loaded.get() != null) {
            return AnsweredBy.DATABASE;
        }
        if (after.nearHits() > before.nearHits()) {
            return AnsweredBy.NEAR;
        }
        return after.joined() > before.joined() ? AnsweredBy.SHARED : AnsweredBy.STORE;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
