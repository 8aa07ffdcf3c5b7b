/** Sees that an application that goes takes its classes with it. */
@NullMarked
package dev.duet.redeploy;

import org.jspecify.annotations.NullMarked;
