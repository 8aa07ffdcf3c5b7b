package dev.duet.sim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The system of record: a row for each key, which is its version. One that is written through the cache has a value first,
 * and a version once it is committed. Loads may fail for a while.
 */
final class Database {

    /** The version of every row at the beginning. */
    static final long FIRST = 1;

    /** From here on, values of rows that were written by the application, and not read from here. */
    private static final long DRAFTS = 1L << 40;

    private final long[] rows;
    /** The versions of the values that were committed. */
    private final Map<Long, Long> committed = new HashMap<>();

    private long drafts = DRAFTS;
    private long downUntil;

    Database(int keys) {
        rows = new long[keys];
        Arrays.fill(rows, FIRST);
    }

    long select(int key) {
        return rows[key];
    }

    /** Commits the next version, and returns it. */
    long commit(int key) {
        return ++rows[key];
    }

    /** A value that no row has had, whose version is not known until it is committed. */
    long draft() {
        return drafts++;
    }

    /** Commits a value that is the next version, and returns that. */
    long commit(int key, long draft) {
        long version = commit(key);
        committed.put(draft, version);
        return version;
    }

    /** The version that a value is; 0 if it was never committed. */
    long version(long value) {
        return value < DRAFTS ? value : committed.getOrDefault(value, 0L);
    }

    /** Lets every load fail that begins before {@code time}. */
    void goDown(long time) {
        downUntil = time;
    }

    boolean isDown(long now) {
        return now < downUntil;
    }
}
