package dev.duet.sim;

import java.util.Locale;
import java.util.SplittableRandom;

/** What a schedule is made of: the size of the cluster, its settings and how hostile its world is. Drawn from the seed. */
class Plan {

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

    /**
     * Whether the cache has more than a life and a loader, and the application more than single keys and threads that wait.
     * All that follows is off if not.
     */
    final boolean rich;

    final double ttlJitter;
    final double refreshBeta;
    /** In milliseconds, as all that follows; 0 for none. */
    final int refreshAfterWrite;

    final int staleIfError;
    final int retryAfter;
    final int softTimeout;
    final int hardTimeout;
    final int nearExpireAfterWrite;
    /** How one key is loaded. */
    final LoaderKind loader;
    /** Whether several keys are loaded by one call. */
    final boolean bulkLoader;
    /** Whether most loads take long, in comparison with lives. */
    final boolean slowLoads;
    /** Whether the application writes seldom, so that values live to their end. */
    final boolean readMostly;
    /** Whether no hint ever arrives. */
    final boolean noHints;

    /** Whether the store keeps everything when it is started again. */
    final boolean durable;

    /**
     * Whether the application announces its writes in all the ways there are, of keys in several partitions. What follows is
     * off if not.
     */
    final boolean announces;
    /** Whether the cache has a writer. */
    final boolean writesThrough;
    /** Whether that writes several keys in one transaction, instead of one by one. */
    final boolean bulkWriter;

    /** The loaders that a cache may have. */
    enum LoaderKind {
        /** One that blocks. */
        PLAIN,
        /** One that may find that nothing has changed. */
        CONDITIONAL,
        /** One that does not block. */
        ASYNC
    }

    /** A schedule with faults, or without any if it is to be calm. */
    Plan(SplittableRandom random, boolean calm) {
        this(random, calm, false, false);
    }

    /** As above; the store keeps everything when it is started again if it is to be {@code durable}. */
    Plan(SplittableRandom random, boolean calm, boolean durable) {
        this(random, calm, durable, false);
    }

    /** As above; the application {@code announces} its writes in all ways, or in the simplest. */
    Plan(SplittableRandom random, boolean calm, boolean durable, boolean announces) {
        this.durable = durable;
        this.announces = announces;
        nodes = random.nextInt(3, 9);
        keys = random.nextInt(2, 7);
        partitions = random.nextInt(1, announces ? 6 : 3);
        duration = random.nextInt(1_500, 5_000) * World.MILLIS;
        operations = random.nextInt(60, 160);
        faults = calm ? 0 : random.nextInt(1, 10);
        storeTimeoutMillis = calm ? 500 : pick(random, 100, 250, 500);
        rich = random.nextInt(4) > 0;
        lifeMillis = life(random, calm, rich);
        loadTimeoutMillis = calm ? 60_000 : pick(random, 200, 1_000, 3_000);
        maximumOwed = pick(random, 1, 2, 100);
        lost = calm ? 0 : pick(random, 0, 2, 10, 30);
        slowWriters = random.nextInt(5) == 0;
        twice = calm ? 0 : pick(random, 0, 0, 5, 30);
        ttlJitter = rich ? 0.05 : 0;
        refreshBeta = rich ? pick(random, 1, 1, 1, 10) : 0;
        refreshAfterWrite = rich ? Math.min(pick(random, 0, 0, 150, 600), lifeMillis / 2) : 0;
        staleIfError = rich ? pick(random, 0, 500, 3_000) : 0;
        retryAfter = pick(random, 50, 300, 1_000);
        softTimeout = staleIfError > 0 ? pick(random, 0, 0, 10, 80) : 0;
        hardTimeout = rich ? pick(random, 0, 0, 0, 150, 1_000) : 0;
        nearExpireAfterWrite = rich ? pick(random, 0, 0, lifeMillis / 3) : 0;
        loader = rich ? LoaderKind.values()[pick(random, 0, 0, 1, 2)] : LoaderKind.PLAIN;
        bulkLoader = rich && random.nextBoolean();
        slowLoads = rich && random.nextInt(3) == 0;
        readMostly = rich && random.nextInt(5) < 2;
        noHints = rich && random.nextInt(6) == 0;
        writesThrough = announces && random.nextBoolean();
        bulkWriter = writesThrough && random.nextBoolean();
    }

    /** Whether a failure of a load may be told some time after it. */
    boolean tellsLate() {
        return loader == LoaderKind.ASYNC;
    }

    private static int life(SplittableRandom random, boolean calm, boolean rich) {
        if (calm) {
            return rich ? pick(random, 500, 1_500, 600_000) : 600_000;
        }
        return rich
                ? pick(random, 300, 400, 800, 1_500, 3_000, 60_000)
                : pick(random, 400, 1_500, 3_000, 60_000, 60_000);
    }

    static int pick(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Override
    public String toString() {
        return nodes + " nodes, " + keys + " keys in " + partitions + " partitions, " + operations + " operations in "
                + duration / World.MILLIS + " ms, " + faults + " faults, " + lost + "/1000 lost, " + twice
                + "/1000 twice, storeTimeout " + storeTimeoutMillis + " ms, life " + lifeMillis + " ms, loadTimeout "
                + loadTimeoutMillis + " ms, maximumOwed " + maximumOwed + (slowWriters ? ", slow writers" : "")
                + (rich ? richly() : "")
                + (writesThrough ? bulkWriter ? ", writes through in bulk" : ", writes through" : "");
    }

    private String richly() {
        return ", refreshBeta " + refreshBeta + ", refreshAfterWrite " + refreshAfterWrite + " ms, staleIfError "
                + staleIfError + " ms, retryAfter " + retryAfter + " ms, softTimeout " + softTimeout
                + " ms, hardTimeout " + hardTimeout + " ms, nearExpireAfterWrite " + nearExpireAfterWrite + " ms, "
                + loader.name().toLowerCase(Locale.ROOT) + " loader"
                + (bulkLoader ? ", bulk loader" : "") + (slowLoads ? ", slow loads" : "")
                + (readMostly ? ", few writes" : "")
                + (noHints ? ", no hints" : "");
    }
}
