/** How the store speaks to Hazelcast, and what runs on its members. Not for use outside this module. */
@NullMarked
package dev.duet.hazelcast.internal;

import org.jspecify.annotations.NullMarked;
