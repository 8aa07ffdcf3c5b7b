package dev.duet;

/**
 * A part of a cache that is reached only while the node is open, so that no method can forget to ask. Thread-safe.
 *
 * @param lifetime the node's
 * @param part the part
 */
record Guarded<T>(Lifetime lifetime, T part) {

    /**
     * The part, for a call that begins now.
     *
     * @throws IllegalStateException if the node is closed
     */
    T open() {
        lifetime.check();
        return part;
    }
}
