package dev.duet.local;

/**
 * What became of a {@linkplain NearCache#fill fill}. Every outcome but {@link #FILLED} left the near cache as it was,
 * and costs one more miss; the value itself may still be returned to the caller who asked for it.
 */
public enum FillOutcome {

    /** The value is in the near cache. */
    FILLED,

    /**
     * Since the ticket was taken the key was invalidated, or another key of its stripe was: the value may be from
     * before that change.
     */
    INVALIDATED,

    /** The near cache holds an entry of a higher version. */
    OLDER,

    /** The version is below the floor of its partition. */
    BELOW_FLOOR,

    /** The deadline is past. */
    EXPIRED
}
