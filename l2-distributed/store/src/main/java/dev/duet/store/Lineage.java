package dev.duet.store;

import java.util.ArrayList;
import java.util.List;

/**
 * From what a partition comes: each time when its numbers went on elsewhere, as its owner was another one. Of two that went on
 * apart, it says up to which version they are the same. Not thread-safe.
 */
final class Lineage {

    /** How many forks are kept; who went on apart longer ago than that counts as unrelated. */
    static final int MOST = 64;

    private final List<Effect.Forked> forks = new ArrayList<>();

    void add(Effect.Forked fork) {
        forks.add(fork);
        if (forks.size() > MOST) {
            forks.remove(0);
        }
    }

    void clear() {
        forks.clear();
    }

    List<Effect.Forked> forks() {
        return List.copyOf(forks);
    }

    /**
     * The last version that this partition and another have in common; 0 if they are not related.
     *
     * @param head the head of this one
     * @param otherHead the head of the other one
     */
    long commonWith(Lineage other, long head, long otherHead) {
        for (int i = forks.size() - 1; i >= 0; i--) {
            int there = other.forks.lastIndexOf(forks.get(i));
            if (there >= 0) {
                return Math.min(endOf(i, head), other.endOf(there, otherHead));
            }
        }
        return 0;
    }

    /** The last version of what began with a fork. */
    private long endOf(int fork, long head) {
        return fork + 1 < forks.size() ? forks.get(fork + 1).from() : head;
    }
}
