/** The store on Redis. */
@NullMarked
package dev.duet.redis;

import org.jspecify.annotations.NullMarked;
