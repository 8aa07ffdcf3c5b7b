/** Duet: a two-level cache for the JVM. */
@NullMarked
package dev.duet;

import org.jspecify.annotations.NullMarked;
