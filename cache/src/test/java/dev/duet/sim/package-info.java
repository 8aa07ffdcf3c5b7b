/** Clusters simulated in virtual time. */
@NullMarked
package dev.duet.sim;

import org.jspecify.annotations.NullMarked;
