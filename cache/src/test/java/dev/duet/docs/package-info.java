/** Keeps what the documentation shows true of the code. */
@NullMarked
package dev.duet.docs;

import org.jspecify.annotations.NullMarked;
