package dev.duet.benchmarks.hitratio;

/** What decides which entries a bounded cache keeps. */
interface ReplacementPolicy {

    /** What results call it. */
    String title();

    /**
     * Asks an empty cache for every key of a trace; what it does not have, it is given.
     *
     * @param keys what is asked for
     * @param size how many entries there may be
     * @return how many times it had the key
     */
    long countHits(int[] keys, int size);
}
