package dev.duet.sim;

import java.util.SplittableRandom;

/** What a schedule is made of: the size of the cluster, its settings and how hostile its world is. Drawn from the seed. */
final class Plan {

    /** The bound B of every schedule. */
    static final long BOUND = 1_000 * World.MILLIS;

    final int nodes;
    final int keys;
    final int partitions;
    /** For how long the application works and faults happen. */
    final long duration;

    final int operations;
    final int faults;
    final int storeTimeoutMillis;
    final int lifeMillis;
    final int loadTimeoutMillis;
    final int maximumOwed;
    /** How many messages in a thousand are lost, and how many requests are sent twice. */
    final int lost;

    final int twice;
    /** Whether most writers take long, so that they overlap and outlive one another. */
    final boolean slowWriters;

    /** A schedule with faults, or without any if it is to be calm. */
    Plan(SplittableRandom random, boolean calm) {
        nodes = random.nextInt(3, 9);
        keys = random.nextInt(2, 7);
        partitions = random.nextInt(1, 3);
        duration = random.nextInt(1_500, 5_000) * World.MILLIS;
        operations = random.nextInt(60, 160);
        faults = calm ? 0 : random.nextInt(1, 10);
        storeTimeoutMillis = pick(random, 100, 250, 500);
        lifeMillis = calm ? 600_000 : pick(random, 400, 1_500, 3_000, 60_000, 60_000);
        loadTimeoutMillis = calm ? 60_000 : pick(random, 200, 1_000, 3_000);
        maximumOwed = pick(random, 1, 2, 100);
        lost = calm ? 0 : pick(random, 0, 2, 10, 30);
        slowWriters = random.nextInt(5) == 0;
        twice = calm ? 0 : pick(random, 0, 0, 5, 30);
    }

    private static int pick(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Override
    public String toString() {
        return nodes + " nodes, " + keys + " keys in " + partitions + " partitions, " + operations + " operations in "
                + duration / World.MILLIS + " ms, " + faults + " faults, " + lost + "/1000 lost, " + twice
                + "/1000 twice, storeTimeout " + storeTimeoutMillis + " ms, life " + lifeMillis + " ms, loadTimeout "
                + loadTimeoutMillis + " ms, maximumOwed " + maximumOwed + (slowWriters ? ", slow writers" : "");
    }
}
