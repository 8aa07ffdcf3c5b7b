package dev.duet.sim;

/** The state of the ways between the nodes and the store, as far as it is the same for all. */
final class Network {

    private final World world;
    private final Tally tally;
    private final boolean noHints;
    private int lost;
    private int twice;
    private long downUntil;
    private boolean refuses;
    private long slowUntil;

    Network(World world, Plan plan, Guards guards, Tally tally) {
        this.world = world;
        this.tally = tally;
        this.noHints = plan.noHints || guards.losesHints();
        this.lost = plan.lost;
        this.twice = guards.repeatsOften() ? 100 : plan.twice;
    }

    /** The store is gone for so long: it refuses connections, or swallows what is sent to it. */
    void goDown(long nanos, boolean refusing) {
        downUntil = world.now() + nanos;
        refuses = refusing;
    }

    /** Everything takes long for so long. */
    void slowDown(long nanos) {
        slowUntil = world.now() + nanos;
    }

    /** From now on nothing goes wrong any more. */
    void heal() {
        lost = 0;
        twice = 0;
        downUntil = 0;
        slowUntil = 0;
    }

    boolean isDown() {
        return world.now() < downUntil;
    }

    boolean refuses() {
        return refuses;
    }

    /** Whether the message at hand is lost. */
    boolean loses() {
        return strikes(lost);
    }

    /** Whether the hint at hand is lost. */
    boolean losesHint() {
        boolean loses = noHints || loses();
        if (loses) {
            tally.hintsLost++;
        } else {
            tally.hints++;
        }
        return loses;
    }

    /** Whether the request at hand is held up until its sender has given it up. */
    boolean holdsBack() {
        return strikes(lost);
    }

    /** Whether the request at hand is sent twice. */
    boolean repeats() {
        return strikes(twice);
    }

    private boolean strikes(int inThousand) {
        boolean strikes = inThousand > 0 && world.random.nextInt(1_000) < inThousand;
        if (strikes) {
            tally.faults++;
        }
        return strikes;
    }

    /** How long the message at hand takes. */
    long delay() {
        if (world.now() < slowUntil) {
            return world.random.nextInt(5, 700) * World.MILLIS;
        }
        return world.random.nextInt(100) < 97
                ? world.random.nextInt(100, 1_000) * World.MICROS
                : world.random.nextInt(1_000, 60_000) * World.MICROS;
    }
}
