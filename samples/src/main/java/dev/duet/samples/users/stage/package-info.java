/**
 * What a story is played on: processes that end when it does, a table on the console, a report. Knows nothing of
 * users.
 */
@NullMarked
package dev.duet.samples.users.stage;

import org.jspecify.annotations.NullMarked;
