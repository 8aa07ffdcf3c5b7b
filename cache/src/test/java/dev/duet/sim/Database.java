package dev.duet.sim;

import java.util.Arrays;

/** The system of record: a row for each key, which is its version. */
final class Database {

    /** The version of every row at the beginning. */
    static final long FIRST = 1;

    private final long[] rows;

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
}
