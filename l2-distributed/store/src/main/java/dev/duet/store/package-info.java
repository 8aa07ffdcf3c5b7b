/** The store port: records, the atomic operations that change them, and the feed of their changes. */
@NullMarked
package dev.duet.store;

import org.jspecify.annotations.NullMarked;
