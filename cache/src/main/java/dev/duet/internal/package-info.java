/** What the read path and the write path are made of. Not for applications. */
@NullMarked
package dev.duet.internal;

import org.jspecify.annotations.NullMarked;
