package dev.duet.benchmarks.speed;

import com.zaxxer.hikari.HikariDataSource;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast what is pending gets into PostgreSQL: batches of one hundred, each in one transaction and one batched statement,
 * against single statements that commit for themselves. The writes wait, as the flusher looks for them once a day, until they
 * are flushed by hand.
 */
final class Flushes implements AutoCloseable {

    static final String SUITE = "flush";
    static final String ONE_BY_ONE = "Duet on Redis, one by one";
    static final String BATCHES = "Duet on Redis, batches of 100";

    /** How many writes are flushed in one go. */
    static final int WRITES = 2_000;

    private final HikariDataSource database = Clients.postgres();
    private final Duet duet = Items.duetOnRedis().build();
    private final TwoLevelCache<Long, String> cache;
    private int round;

    private Flushes(int batchSize) {
        cache = duet.cache("items", Long.class, String.class)
                .writeBehind(WriteBehind.<Long, String>to(new ItemWriter(database))
                        .flushEvery(Duration.ofDays(1))
                        .batchSize(batchSize))
                .build();
    }

    static List<Contender<Flushes>> contenders() {
        return List.of(
                new Contender<>(ONE_BY_ONE, ONE_BY_ONE, () -> new Flushes(1)),
                new Contender<>(BATCHES, ONE_BY_ONE, () -> new Flushes(100)));
    }

    /** Puts new values to the same keys. */
    void put() {
        round++;
        Map<Long, String> values = new HashMap<>();
        for (long key = 0; key < WRITES; key++) {
            values.put(key, Items.value(key) + round);
        }
        cache.putAll(values);
    }

    /** Flushes them. */
    void flush() {
        if (!cache.pendingWrites().flush(Duration.ofMinutes(5))) {
            throw new IllegalStateException("not flushed: " + cache.stats().writeBehind());
        }
    }

    @Override
    public void close() {
        duet.close();
        database.close();
    }
}
