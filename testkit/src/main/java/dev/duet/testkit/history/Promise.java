package dev.duet.testkit.history;

/** A promise of Duet that a history is checked for. */
public enum Promise {
    /** Bounded staleness: a read misses no write that took effect longer than the bound before it began. */
    P1,
    /** Own writes: a read misses no write that returned on the same node before it began. */
    P2,
    /** No residue: after all faults and writes, what is cached equals the system of record. */
    P3,
    /** Never worse than none: a read succeeds as long as the database does. */
    P5
}
