package dev.duet.exhaustive;

/**
 * How far a reader has come. Immutable.
 *
 * @param step what it is to do next
 * @param left how many reads it has left, this one included
 * @param ticket how often the key was invalidated on its node since it took its ticket, at most 2
 * @param value the version of the row that it has found
 * @param version the head at which that was true, or at which its lease was granted
 * @param floor the oldest version of the row that it may return
 * @param leader the reader whose flight it has joined, or {@link Node#NONE}
 */
record Reader(Step step, int left, int ticket, int value, int version, int floor, int leader) {

    enum Step {
        IDLE,
        MISSED,
        ASKING,
        LOADING,
        LOADING_ALONE,
        FILLING,
        FILLING_NEAR,
        RETURNING,
        JOINED
    }

    static Reader start(int reads) {
        return new Reader(Step.IDLE, reads, 0, 0, 0, 0, Node.NONE);
    }

    Reader missed(int newFloor) {
        return new Reader(Step.MISSED, left, 0, 0, 0, newFloor, Node.NONE);
    }

    Reader at(Step newStep) {
        return new Reader(newStep, left, ticket, value, version, floor, leader);
    }

    /** It has the lease. */
    Reader leased(int head) {
        return new Reader(Step.LOADING, left, ticket, value, head, floor, leader);
    }

    Reader ticketed() {
        return new Reader(Step.ASKING, left, 0, 0, 0, floor, Node.NONE);
    }

    Reader joined(int newLeader) {
        return new Reader(Step.JOINED, left, 0, 0, 0, floor, newLeader);
    }

    Reader loaded(int newValue) {
        return new Reader(Step.FILLING, left, ticket, newValue, version, floor, leader);
    }

    /** It has a value that may be kept near. */
    Reader keeping(int newValue, int newVersion) {
        return new Reader(Step.FILLING_NEAR, left, ticket, newValue, newVersion, floor, leader);
    }

    Reader returning(int newValue) {
        return new Reader(Step.RETURNING, left, 0, newValue, 0, floor, Node.NONE);
    }

    /** The read has ended, with a value or without. */
    Reader ended() {
        return start(left - 1);
    }

    /** After {@code times} invalidations of the key on its node. */
    Reader invalidated(int times) {
        boolean minds = switch (step) {
            case ASKING, LOADING, FILLING, FILLING_NEAR -> ticket < 2;
            default -> false;
        };
        return minds ? new Reader(step, left, Math.min(2, ticket + times), value, version, floor, leader) : this;
    }
}
