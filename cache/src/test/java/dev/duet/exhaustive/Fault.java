package dev.duet.exhaustive;

/** What may happen besides reads and writes, each as often as the scope allows. */
enum Fault {
    /** A writer or a loader dies. */
    CRASH,
    /** An intent runs out under its writer, who is slow. */
    SLOW_WRITER,
    /** A message, a subscription or an answer of the log is lost. */
    LOSS,
    /** A message comes twice, as from a store that went back in time. */
    REPEAT,
    /** Another key of the partition changes. */
    OTHER_KEY,
    /** A node makes an audit. */
    AUDIT,
    /** A near cache evicts its entry. */
    NEAR_EVICTION,
    /** The bytes of a put arrive after its writer has given it up. */
    LATE_PUT
}
