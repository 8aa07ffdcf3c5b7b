package dev.duet.sim;

/**
 * Counts loads, for P4: while nothing fails, a key is loaded once at first, and once for each time that its value is
 * dropped; not counted are loads while a writer is at work on a key that has no value, which every reader makes.
 */
final class Loads {

    private final History history;
    private final Tally tally;
    private final int[] loads;

    Loads(History history, Tally tally, int keys) {
        this.history = history;
        this.tally = tally;
        this.loads = new int[keys];
    }

    void began(int key) {
        tally.loads++;
        if (!history.isBeingWritten(key)) {
            loads[key]++;
        }
    }

    /** Checks the count, at the end of a schedule without faults. */
    void check() {
        for (int key = 0; key < loads.length; key++) {
            if (loads[key] > 1 + history.drops(key)) {
                history.violated("P4: key " + key + " was loaded " + loads[key] + " times, and dropped "
                        + history.drops(key) + " times");
            }
        }
    }
}
