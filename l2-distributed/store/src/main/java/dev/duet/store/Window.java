package dev.duet.store;

/**
 * When an operation may be carried out, by the store's clock, both ends included. Whoever sends a value cannot call it back:
 * bytes that a network held up arrive after their sender has given up, and has written again (anomaly A44). Outside its window
 * such an operation changes nothing.
 *
 * <p>The sender knows the store's clock from its replies ({@link Namespace#window}). A clock that went back since then is seen by
 * the beginning of the window.
 *
 * @param from the beginning, in microseconds since the epoch
 * @param until the end, in microseconds since the epoch
 */
public record Window(long from, long until) {

    /** All time: for a caller that does not give up, such as a test. */
    public static final Window ALWAYS = new Window(0, StoredRecord.Value.NEVER);

    /**
     * How far the beginning lies before the sending, in microseconds: more than the estimate of the store's clock can be ahead of
     * it.
     */
    private static final long SLACK = 1_000_000;

    /**
     * Checks the ends.
     *
     * @throws IllegalArgumentException if one is negative or above {@link StoredRecord.Value#NEVER}
     */
    public Window {
        if (from < 0 || until < 0 || from > StoredRecord.Value.NEVER || until > StoredRecord.Value.NEVER) {
            throw new IllegalArgumentException(
                    "the ends of a window are times in microseconds, but are " + from + " and " + until);
        }
    }

    /**
     * The window of what is sent now and is waited for as long as {@code patience}.
     *
     * @param now the store's clock, or an estimate that is not ahead of it
     * @param patience for how long the sender waits, in microseconds
     */
    public static Window of(long now, long patience) {
        return new Window(Math.max(0, now - SLACK), new Moment(now, 0, 0).after(patience));
    }

    /** Whether an operation may be carried out at {@code moment}. */
    boolean has(Moment moment) {
        return from <= moment.now() && moment.now() <= until;
    }
}
