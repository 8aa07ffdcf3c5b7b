/** Real servers, a fault proxy and the store contract suite, for tests of Duet and of stores for it. */
@NullMarked
package dev.duet.testkit;

import org.jspecify.annotations.NullMarked;
