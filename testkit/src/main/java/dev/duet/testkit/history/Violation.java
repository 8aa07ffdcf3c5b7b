package dev.duet.testkit.history;

/**
 * A read that breaks a promise.
 *
 * @param fault the kind of the last fault that had begun when the read did; {@code none} if there was none before
 * @param staleness by how much time the read came too late to miss what it missed, in nanoseconds; 0 if that is no matter
 * @param evidence the events that prove it, in words, with times in milliseconds since the history's first event
 */
public record Violation(Promise promise, String fault, long staleness, String evidence) {

    @Override
    public String toString() {
        return promise + " after " + fault + ": " + evidence;
    }
}
