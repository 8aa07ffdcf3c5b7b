/** The speed half of the benchmarks: what a call costs, in time, allocation and memory. */
@NullMarked
package dev.duet.benchmarks.speed;

import org.jspecify.annotations.NullMarked;
