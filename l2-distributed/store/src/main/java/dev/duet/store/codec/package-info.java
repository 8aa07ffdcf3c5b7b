/** How values and keys become bytes and text. */
@NullMarked
package dev.duet.store.codec;

import org.jspecify.annotations.NullMarked;
