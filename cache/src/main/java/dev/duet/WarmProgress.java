package dev.duet;

/**
 * How far the warming of a cache has come. Immutable.
 *
 * @param total the keys that were asked for
 * @param done the keys that are dealt with: held already, loaded, found to have no value, or failed
 * @param loaded the keys of these that were loaded
 * @param failed the keys of these that could not be read or loaded
 */
public record WarmProgress(long total, long done, long loaded, long failed) {

    /** Whether all keys are dealt with. */
    public boolean isComplete() {
        return done >= total;
    }
}
