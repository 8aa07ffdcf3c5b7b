package dev.duet.exhaustive;

/** How a writer makes its write. */
enum WriterKind {
    /** {@code update}: begin, commit, complete with nothing. */
    UPDATE,
    /** {@code put} with a writer, or {@code updateAndPut}: begin, commit, complete with the new value. */
    WRITE_THROUGH,
    /** Cache-aside: commit, then {@code invalidate}. */
    INVALIDATE,
    /** Commit, then {@code invalidateAll}. */
    INVALIDATE_ALL,
    /** Commit, then {@code put}. */
    PUT;

    /** Whether others are told before the commit. */
    boolean announces() {
        return this == UPDATE || this == WRITE_THROUGH;
    }
}
