/** How the store speaks to Redis. Not for use outside this module. */
@NullMarked
package dev.duet.redis.internal;

import org.jspecify.annotations.NullMarked;
