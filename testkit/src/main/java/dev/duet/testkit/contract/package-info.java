/** The contract of a store, as tests that a store passes by overriding one method. */
@NullMarked
package dev.duet.testkit.contract;

import org.jspecify.annotations.NullMarked;
