/** JMH benchmarks. */
@NullMarked
package dev.duet.benchmarks;

import org.jspecify.annotations.NullMarked;
