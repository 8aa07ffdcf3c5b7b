package dev.duet.store;

/**
 * The reply to an operation that may store a value.
 *
 * @param version the version of the change or of the value; the head if there was neither
 * @param stored whether the value was stored
 */
public record WriteReply(long version, boolean stored) {}
