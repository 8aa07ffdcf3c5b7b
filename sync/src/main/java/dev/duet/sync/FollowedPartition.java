package dev.duet.sync;

import dev.duet.store.Change;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far a {@link Follower} has come in one partition, and what it waits for there. Versions are {@link #UNKNOWN} until there
 * is one. Not thread-safe.
 */
final class FollowedPartition {

    static final long UNKNOWN = -1;

    final int id;
    final NavigableMap<Long, Change> held = new TreeMap<>();
    /** The version up to which this node has acted, or {@link #UNKNOWN}. */
    long applied = UNKNOWN;
    /** The highest version heard since the feed was subscribed to, or {@link #UNKNOWN}. */
    long heard = UNKNOWN;
    /** The highest version seen anywhere, or {@link #UNKNOWN}. */
    long highest = UNKNOWN;
    /** Whether the log was asked for what comes after {@link #after}, to reach {@link #target} at least. */
    boolean replaying;

    long after;
    long target;
    /** The head that the last audit saw, up to which the subscription has to deliver, or {@link #UNKNOWN}. */
    long toHear = UNKNOWN;
    /** What the feed need not deliver: the head that the first audit since the subscription saw, and what was given up. */
    long silentUpTo = UNKNOWN;
    /** Whether the store went back: at its head {@link #lostAt}, after it had given out {@link #above}. */
    boolean lost;

    boolean startingOver;
    long lostAt;
    long above;

    FollowedPartition(int id) {
        this.id = id;
    }

    boolean numbered() {
        return applied != UNKNOWN && !lost;
    }

    void subscribed() {
        heard = UNKNOWN;
        toHear = UNKNOWN;
        silentUpTo = UNKNOWN;
    }

    void expect(long head) {
        toHear = head;
        if (silentUpTo == UNKNOWN) {
            silentUpTo = head;
        }
    }

    boolean endsReplay(long asked) {
        boolean mine = replaying && after == asked;
        if (mine) {
            replaying = false;
        }
        return mine;
    }

    void see(long version) {
        highest = Math.max(highest, version);
    }

    void lose(long at, long kept) {
        see(kept);
        lost = true;
        lostAt = at;
        above = highest;
        subscribed();
        replaying = false;
        held.clear();
    }

    @Override
    public String toString() {
        return "FollowedPartition[applied=" + applied + ", heard=" + heard + ", toHear=" + toHear + ", silentUpTo="
                + silentUpTo
                + ", highest=" + highest + ", held=" + held.values()
                + (replaying ? ", replaying after " + after + " to " + target : "")
                + (lost ? ", lost " + above + " at " + lostAt + (startingOver ? ", starting over" : "") : "") + ']';
    }
}
