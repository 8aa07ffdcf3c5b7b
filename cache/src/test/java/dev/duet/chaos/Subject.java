package dev.duet.chaos;

import dev.duet.redis.RedisStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A cache under test, as one node has it. Thread-safe. */
interface Subject extends AutoCloseable {

    /** How many values a node keeps near: fewer than there are rows, so that the second level is read too. */
    int NEAR_SIZE = 300;

    /** What is under test. */
    enum Kind {
        /** Duet, on Redis. */
        DUET,
        /** Duet, on Hazelcast. */
        DUET_ON_HAZELCAST,
        /** What one would write without it: {@link NaiveSubject}. */
        NAIVE;

        /** Joins a node of this kind to the cluster. */
        Subject join(String store, Duration bound, Rows rows) {
            return switch (this) {
                case DUET -> new DuetSubject(RedisStore.connect(store), bound, rows);
                case DUET_ON_HAZELCAST -> new DuetSubject(MemberPorts.store(store), bound, rows);
                case NAIVE -> new NaiveSubject(store, rows);
            };
        }
    }

    /** A write to the system of record. */
    interface Write {
        /** Writes and commits. */
        void run() throws Exception;
    }

    /** Reads through the cache. */
    @Nullable
    Row get(long key) throws Exception;

    /** What is cached, at any level. */
    @Nullable
    Row getIfPresent(long key);

    /** Writes in the way that the cache recommends. */
    void update(long key, Write write) throws Exception;

    /** Drops a key everywhere. */
    void invalidate(long key);

    /** Drops everything everywhere. */
    void invalidateAll();

    @Override
    void close();
}
