package dev.duet.benchmarks.coherence;

/**
 * One call of {@code update}, in nanoseconds of the machine's monotonic clock.
 *
 * @param node the process that wrote
 * @param begin before the call
 * @param commit when the database committed; 0 if the writer was not told
 * @param end after the call
 * @param version that the database gave; 0 if the writer was not told
 * @param acknowledged whether the call returned; one that threw or took too long has an unknown outcome
 */
record Write(String node, long key, long begin, long commit, long end, long version, boolean acknowledged) {}
