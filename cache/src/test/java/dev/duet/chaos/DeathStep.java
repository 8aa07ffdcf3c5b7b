package dev.duet.chaos;

/** The step of an update at which its process is killed. */
enum DeathStep {
    /** The announcement is on its way, and never arrives. */
    BEFORE_BEGIN,
    /** The write is announced and runs, in a transaction that is not committed. */
    BEFORE_COMMIT,
    /** The database has committed. */
    AFTER_COMMIT,
    /** The completion is on its way, and never arrives. */
    BEFORE_COMPLETE,
    /** The call has returned. */
    AFTER_COMPLETE
}
