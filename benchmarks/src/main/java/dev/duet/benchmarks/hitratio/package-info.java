/** How often a near cache has what is asked for: Duet's, beside plain LRU and the best that there could be. */
@NullMarked
package dev.duet.benchmarks.hitratio;

import org.jspecify.annotations.NullMarked;
