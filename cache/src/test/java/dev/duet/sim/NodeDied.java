package dev.duet.sim;

/** Unwinds the threads of a node that was killed. An error, so that no code of the node takes it for a failure of its own. */
final class NodeDied extends Error {

    private static final long serialVersionUID = 1L;

    NodeDied() {
        super("the node was killed", null, false, false);
    }
}
