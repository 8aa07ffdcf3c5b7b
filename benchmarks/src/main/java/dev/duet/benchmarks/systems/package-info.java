/** The systems that are compared, each set up as its documentation has it, behind one small interface. */
@NullMarked
package dev.duet.benchmarks.systems;

import org.jspecify.annotations.NullMarked;
