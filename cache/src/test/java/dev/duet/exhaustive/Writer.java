package dev.duet.exhaustive;

/**
 * How far a writer has come. Immutable.
 *
 * @param step the last step it made
 * @param row the version of the row that it committed, or zero
 * @param ticket how often the key was invalidated on its node since it took its ticket, at most 2
 * @param version the version at which it began, if it is to leave a value; then that under which the store keeps it, or zero
 * @param renewal whether its intent was renewed, or is to be announced again; or whether its put is still to arrive
 */
record Writer(Step step, int row, int ticket, int version, Renewal renewal) {

    enum Step {
        IDLE,
        BEGUN,
        READY,
        COMMITTED,
        TICKETED,
        COMPLETED,
        CLEARED,
        DONE,
        CRASHED
    }

    enum Renewal {
        NONE,
        ANNOUNCES_ANEW,
        OVER,
        /** It has given up its put, which is still on its way. */
        PUT_ON_ITS_WAY
    }

    static final Writer START = new Writer(Step.IDLE, 0, 0, 0, Renewal.NONE);

    Writer at(Step newStep) {
        return new Writer(newStep, row, ticket, version, renewal);
    }

    Writer begun(int newVersion) {
        return new Writer(Step.BEGUN, row, ticket, newVersion, renewal);
    }

    /** Takes another announcement for the one that it began with, if it is still to leave a value. */
    Writer takes(int newVersion) {
        return version > 0 && (isWorking() || step == Step.TICKETED)
                ? new Writer(step, row, ticket, newVersion, renewal)
                : this;
    }

    Writer committed(int newRow) {
        return new Writer(Step.COMMITTED, newRow, ticket, version, renewal);
    }

    Writer ticketed() {
        return new Writer(Step.TICKETED, row, 0, version, renewal);
    }

    Writer stored(int newVersion) {
        return new Writer(Step.COMPLETED, row, ticket, newVersion, renewal);
    }

    Writer with(Renewal newRenewal) {
        return new Writer(step, row, ticket, version, newRenewal);
    }

    /** After {@code times} invalidations of the key on its node. */
    Writer invalidated(int times) {
        boolean minds = step == Step.TICKETED || step == Step.COMPLETED;
        return minds && ticket < 2 ? new Writer(step, row, Math.min(2, ticket + times), version, renewal) : this;
    }

    /** Done with all steps: what was put does not matter any more. */
    Writer done() {
        return new Writer(Step.DONE, row, 0, 0, renewal);
    }

    /** Whether it keeps its intent alive. */
    boolean isWorking() {
        return switch (step) {
            case BEGUN, READY, COMMITTED -> true;
            default -> false;
        };
    }

    boolean isOver() {
        return step == Step.DONE || step == Step.CRASHED;
    }

    /** The version of the row that the store has been told of in full, or zero. */
    int told() {
        return switch (step) {
            case COMPLETED, CLEARED, DONE -> row;
            default -> 0;
        };
    }
}
