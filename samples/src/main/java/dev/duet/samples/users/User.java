package dev.duet.samples.users;

/**
 * A user, as the {@code users} table has it. Immutable, as everything should be that a cache hands to many.
 *
 * @param id the primary key
 * @param name the full name
 * @param email the address
 */
public record User(long id, String name, String email) {}
