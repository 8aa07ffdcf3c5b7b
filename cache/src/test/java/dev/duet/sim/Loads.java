package dev.duet.sim;

import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.WriteReply;
import java.util.Arrays;

/**
 * Counts loads, for P4: while nothing fails, one lease is granted for each value, be it to refresh it or after its life, one
 * after each change, and one at first; a refresh comes at the times that the cache is configured for; and nobody loads
 * without a lease, except while a writer is at work on a key that has no value.
 */
final class Loads implements Witness {

    /** What a request may take longer than the one before it, on a network where nothing goes wrong. */
    private static final long EARLY = 150 * World.MILLIS;

    private final World world;
    private final Plan plan;
    private final History history;
    private final Tally tally;
    private final int[] loads;
    private final int[] allowed;
    /** By key, how many leases were granted since the store's record was last changed, and when it was filled. */
    private final int[] granted;

    private final long[] refreshableFrom;

    Loads(World world, Plan plan, History history, Tally tally) {
        this.world = world;
        this.plan = plan;
        this.history = history;
        this.tally = tally;
        this.loads = new int[plan.keys];
        this.allowed = new int[plan.keys];
        this.granted = new int[plan.keys];
        this.refreshableFrom = new long[plan.keys];
    }

    /** The loader was called. */
    void began(int key) {
        tally.loads++;
        loads[key]++;
    }

    @Override
    public void applied(int key, Operation<?> operation, Object reply) {
        if (plan.faults > 0) {
            return;
        }
        if (operation instanceof Operation.Fill fill && ((WriteReply) reply).stored()) {
            filled(key, fill.content().life());
        } else if (operation instanceof Operation.Put put) {
            filled(key, put.content().life());
        } else if (operation instanceof Operation.Complete complete
                && complete.content() != null
                && ((WriteReply) reply).stored()) {
            filled(key, complete.content().life());
        } else if (reply instanceof LeaseReply.Granted) {
            granted(key, operation instanceof Operation.Refresh);
        } else if (reply instanceof LeaseReply.Refused refused
                && refused.reading() instanceof Reading.Writing writing
                && writing.old() == null) {
            allowed[key]++;
        } else if (operation instanceof Operation.Begin
                || operation instanceof Operation.Complete
                || operation instanceof Operation.Invalidate) {
            granted[key] = 0;
        }
    }

    private void filled(int key, long lifeMicros) {
        granted[key] = 0;
        long life = lifeMicros * World.MICROS;
        long age = plan.refreshAfterWrite == 0 ? life / 2 : Math.min(life / 2, plan.refreshAfterWrite * World.MILLIS);
        refreshableFrom[key] = world.now() + age - EARLY;
    }

    private void granted(int key, boolean refresh) {
        allowed[key]++;
        if (++granted[key] > 1) {
            history.violated("P4: key " + key + " is to be loaded " + granted[key] + " times for one value");
        }
        if (refresh && world.now() < refreshableFrom[key]) {
            history.violated("P4: key " + key + " is refreshed " + (refreshableFrom[key] - world.now()) / World.MILLIS
                    + " ms too early");
        }
    }

    @Override
    public void invalidatedAll() {
        Arrays.fill(granted, 0);
    }

    /** Checks the count, at the end of a schedule without faults. */
    void check() {
        for (int key = 0; key < loads.length; key++) {
            if (loads[key] > allowed[key]) {
                history.violated("P4: key " + key + " was loaded " + loads[key] + " times, instead of " + allowed[key]);
            }
        }
    }
}
