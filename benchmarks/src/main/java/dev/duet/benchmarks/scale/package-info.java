/** What more nodes cost: measured as far as one machine goes, and from there by a model. */
@NullMarked
package dev.duet.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
