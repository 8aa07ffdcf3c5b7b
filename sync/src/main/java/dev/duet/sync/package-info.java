/** Follows the change feed of a store and tells the near caches what to drop. */
@NullMarked
package dev.duet.sync;

import org.jspecify.annotations.NullMarked;
