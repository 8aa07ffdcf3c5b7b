package dev.duet.chaos;

/**
 * A row of the system of record, and the value that is cached for it.
 *
 * @param version how often the row was written; grows by one with each commit
 * @param text what makes the value some kilobytes large
 */
record Row(long version, String text) {}
