/** The near cache: a bounded map in the heap of one JVM that never serves what an invalidation has made stale. */
@NullMarked
package dev.duet.local;

import org.jspecify.annotations.NullMarked;
