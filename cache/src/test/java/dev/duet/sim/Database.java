package dev.duet.sim;

import java.util.Arrays;

/** The system of record: a row for each key, which is its version. Loads may fail for a while. */
final class Database {

    /** The version of every row at the beginning. */
    static final long FIRST = 1;

    private final long[] rows;
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

    /** Lets every load fail that begins before {@code time}. */
    void goDown(long time) {
        downUntil = time;
    }

    boolean isDown(long now) {
        return now < downUntil;
    }
}
