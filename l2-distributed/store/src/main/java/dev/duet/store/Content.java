package dev.duet.store;

import java.util.Objects;

/**
 * What an operation hands to a store to keep: a payload, how long it lives and is retained after that, and what it cost to
 * load.
 *
 * @param payload the encoded value, or the encoded fact that there is none
 * @param life for how long the value lives, in microseconds from the moment the store takes it, or {@link #FOREVER}
 * @param retention for how long it is retained after its life, in microseconds, to be served if it cannot be loaded anew; 0
 *     for not at all
 * @param cost how long loading it took, in microseconds; 0 if it was not loaded
 */
public record Content(Payload payload, long life, long retention, long cost) {

    /** A life without end. */
    public static final long FOREVER = StoredRecord.Value.NEVER;

    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if {@code life} is not positive, or {@code retention} or {@code cost} is negative
     */
    public Content {
        Objects.requireNonNull(payload, "payload");
        if (life <= 0) {
            throw new IllegalArgumentException("life must be positive, in microseconds, but is " + life);
        }
        if (retention < 0) {
            throw new IllegalArgumentException("retention must not be negative, in microseconds, but is " + retention);
        }
        if (cost < 0) {
            throw new IllegalArgumentException("cost must not be negative, in microseconds, but is " + cost);
        }
    }

    /** As above, for what is not retained after its life. */
    public Content(Payload payload, long life, long cost) {
        this(payload, life, 0, cost);
    }
}
