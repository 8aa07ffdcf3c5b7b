/** The store on Hazelcast. */
@NullMarked
package dev.duet.hazelcast;

import org.jspecify.annotations.NullMarked;
