/**
 * How coherent the compared systems keep their nodes, in real processes, while connections, nodes and servers fail. Start at
 * {@link dev.duet.benchmarks.coherence.Coherence}.
 */
@NullMarked
package dev.duet.benchmarks.coherence;

import org.jspecify.annotations.NullMarked;
