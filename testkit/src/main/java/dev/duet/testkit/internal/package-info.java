/** Child processes, their directories and their binaries. Not for use outside this module. */
@NullMarked
package dev.duet.testkit.internal;

import org.jspecify.annotations.NullMarked;
