package dev.duet.sim;

import dev.duet.WriteBehind;
import dev.duet.WriteRetry;
import java.time.Duration;
import java.util.SplittableRandom;

/** As any plan, and how the cache writes behind to what kind of database. */
final class BehindPlan extends Plan {

    /** Whether the database refuses versions that are not above the row's. */
    final boolean fenced;

    final int flushEvery;
    final int batchSize;
    final int maximumPending;
    final int maximumWait;
    final int leaseTerm;
    final int firstPause;
    final int longestPause;
    final int attempts;
    /** For how long it is kept that there is no value, in milliseconds; 0 if it is not. */
    final int absence;
    /** How many times something goes wrong with the database for a while. */
    final int troubles;
    /** How many calls of the writer in a thousand go wrong by themselves. */
    final int failures;
    /** Whether the database fails by nothing but outages. */
    final boolean onlyOutages;

    BehindPlan(SplittableRandom random, boolean calm, boolean fenced) {
        super(random, calm, true);
        this.fenced = fenced;
        flushEvery = pick(random, 20, 100, 300);
        batchSize = pick(random, 1, 2, 3, 10);
        maximumPending = pick(random, 2, 4, 100, 100);
        maximumWait = pick(random, 50, 500, 2_000);
        leaseTerm = calm ? 2_000 : pick(random, 300, 800, 2_000);
        firstPause = pick(random, 20, 100);
        longestPause = pick(random, 200, 1_000);
        attempts = pick(random, 1, 2, 4, 10);
        absence = pick(random, 0, 0, 500, 60_000);
        troubles = random.nextInt(6);
        failures = pick(random, 0, 30, 100, 300);
        onlyOutages = random.nextInt(4) == 0;
    }

    /** The settings of the cache, with a writer. */
    WriteBehind<Integer, Long> settings(WrittenDatabase.Writer writer) {
        return WriteBehind.<Integer, Long>to(writer)
                .flushEvery(Duration.ofMillis(flushEvery))
                .batchSize(batchSize)
                .maximumPending(maximumPending)
                .maximumWait(Duration.ofMillis(maximumWait))
                .leaseTerm(Duration.ofMillis(leaseTerm))
                .retry(WriteRetry.exponential(Duration.ofMillis(firstPause), Duration.ofMillis(longestPause))
                        .withMaximumAttempts(attempts));
    }

    @Override
    public String toString() {
        return super.toString() + ", " + (fenced ? "fenced" : "not fenced") + ", flushEvery " + flushEvery
                + " ms, batchSize " + batchSize + ", maximumPending " + maximumPending + ", maximumWait " + maximumWait
                + " ms, leaseTerm " + leaseTerm + " ms, pauses " + firstPause + " to " + longestPause + " ms, "
                + attempts + " attempts, absence " + absence + " ms, " + troubles + " troubles, " + failures
                + "/1000 calls fail" + (onlyOutages ? " by outages alone" : "");
    }
}
