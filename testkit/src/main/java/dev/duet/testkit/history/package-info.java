/**
 * What the processes of a cluster read and wrote, recorded so that it survives them, and a checker that finds in it each
 * read that breaks a promise of Duet.
 *
 * <p>All moments are {@link java.lang.System#nanoTime()} of one machine. On Linux that is the machine's monotonic clock, the
 * same for all its processes.
 */
@NullMarked
package dev.duet.testkit.history;

import org.jspecify.annotations.NullMarked;
