package dev.duet.store;

/** Where a value can come from. */
public enum Level {
    /** The near cache, in the heap of this JVM. */
    NEAR,
    /** The distributed store. */
    STORE,
    /** The system of record, through the application's loader or writer. */
    SOURCE
}
