/** A clustered user service. */
@NullMarked
package dev.duet.samples.users;

import org.jspecify.annotations.NullMarked;
