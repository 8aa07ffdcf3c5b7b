package dev.duet.exhaustive;

import org.jspecify.annotations.Nullable;

/**
 * What a near cache knows of the key. Immutable.
 *
 * @param copy the entry, if it would be served
 * @param floor the floor of the partition
 * @param last the version of the last change that advanced the key's stripe; zero if it does not matter
 */
record Near(@Nullable Copy copy, int floor, int last) {

    /**
     * An entry.
     *
     * @param value the version of the row in the database that it was made from
     * @param version the head at which it was true
     */
    record Copy(int value, int version) {}
}
