/** What is measured, as it is written down: rows of JSON, each of which says where it comes from. */
@NullMarked
package dev.duet.benchmarks.results;

import org.jspecify.annotations.NullMarked;
