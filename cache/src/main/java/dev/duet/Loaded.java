package dev.duet;

import dev.duet.store.Reading;
import org.jspecify.annotations.Nullable;

/**
 * What a loader found, for the store and for readers.
 *
 * @param value the value, or null if there is none
 * @param result what the loader said of its life
 * @param validator the validator to keep with it, or null
 * @param same what the store has already, if it has this value with this validator; else null
 */
record Loaded<V>(
        @Nullable V value, LoadResult<V> result, @Nullable String validator, Reading.@Nullable Hit same) {}
