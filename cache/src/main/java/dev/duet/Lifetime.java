package dev.duet;

/**
 * Whether a node is open: who calls a cache asks first, before anything is touched (anomaly A48). What has begun by then goes on.
 * Thread-safe.
 */
final class Lifetime {

    private final String node;
    private volatile boolean over;

    /** Of a node of this name, which is open. */
    Lifetime(String node) {
        this.node = node;
    }

    /** Ends it; false if it has ended already. */
    synchronized boolean end() {
        boolean first = !over;
        over = true;
        return first;
    }

    boolean isOver() {
        return over;
    }

    /**
     * Lets a call begin.
     *
     * @throws IllegalStateException if the node is closed
     */
    void check() {
        if (over) {
            throw new IllegalStateException("this Duet is closed (node " + node
                    + "), and so are its caches; close it after whoever uses them, or build another one");
        }
    }
}
