package dev.duet.samples.users;

import java.util.Locale;

/** Who answered a read. */
public enum AnsweredBy {
    /** The near cache, in the heap of the node. */
    NEAR,
    /** The store, which all nodes share. */
    STORE,
    /** The database, asked by the thread that read. */
    DATABASE,
    /** Another thread of the node, which was at it already. */
    SHARED;

    /** The name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
