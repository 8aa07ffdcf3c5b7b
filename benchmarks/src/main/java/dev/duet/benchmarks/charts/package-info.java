/** The results as charts and as tables of the results page, made from the JSON files and from nothing else. */
@NullMarked
package dev.duet.benchmarks.charts;

import org.jspecify.annotations.NullMarked;
