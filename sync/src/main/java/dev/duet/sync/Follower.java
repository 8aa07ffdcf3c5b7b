package dev.duet.sync;

import dev.duet.store.Change;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Keeps, for each partition, the version up to which this node has acted, and says what a message, a replay from the log
 * or a look at the heads calls for. A pure state machine: events in, {@link Effects} out; no threads, no clock, no
 * network. Not thread-safe.
 *
 * @implNote What the rules rest on:
 *     <ul>
 *       <li>{@code applied} moves past a version only together with its effect: the key is dropped, or a floor at or
 *           above it is raised. So a change that was missed is never assumed to be harmless (anomalies A07, A11).
 *       <li>What is heard out of turn is held, and the part before it is asked for from the log. If the log does not
 *           have it, or cannot be read, the floor is raised to the highest version that is known to exist: costly, never
 *           wrong. A full buffer forgets its oldest message, which the log then has to replace.
 *       <li>A version that was heard before in this subscription, or a head below what had been applied or kept <em>when
 *           the head was asked for</em>, cannot come from a store that has all its changes, since the feed is in order. Then the
 *           store went back in time; everything is given up, and the store is told to {@linkplain Effects#startOver start
 *           the partition over} above every version seen here (A16, A17). A version that was applied from the log or by a
 *           floor, and is now heard for the first time, is only late.
 *       <li>An audit proves freshness when every partition has applied the head that it saw, and not before. A message may
 *           overtake the reply or be overtaken by it, so what is missing is waited for until the next audit, and asked for
 *           from the log then. Two audits in a row that find that the subscription has not delivered what the one before
 *           them saw ask for a new one (A08, A10); it takes more of them when that was in vain.
 *       <li>After a partition went back, nothing that was asked for before counts any more. A head that was asked for before
 *           its numbering stood, at the start or when it was started over, is compared to nothing and proves nothing: it may
 *           come from before that, or from after the store has gone back once more.
 *     </ul>
 */
public final class Follower {

    private static final long UNKNOWN = FollowedPartition.UNKNOWN;
    private static final int MOST_PENDING = 4;
    private static final int LEAST_PATIENCE = 2;
    private static final int MOST_PATIENCE = 64;

    private final FollowedPartition[] partitions;
    private final int maximumHeld;
    private final Effects effects;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Counts counts = new Counts();
    private long era;
    /** How many audits in a row have found the subscription behind. */
    private int behindRuns;
    /** How many of them it takes to subscribe anew; more after each time that this was in vain. */
    private int patience = LEAST_PATIENCE;

    /** What a follower has done. Called in the middle of a transition: must not call back into the follower. */
    public interface Effects {

        /** Drop what {@code change} made stale. */
        void apply(Change change);

        /** Drop what was read from {@code partition} before {@code version}: changes up to there may have been missed. */
        void raiseFloor(int partition, long version);

        /**
         * The highest version of {@code partition} that anything has which may still be served, or 0. It may be above all
         * that the follower heard of, since the store's replies are faster than its messages.
         */
        default long highestKept(int partition) {
            return 0;
        }

        /** Ask the log for the changes after {@code after}; answered by {@link #onReplay} or {@link #onReplayFailed}. */
        void replay(int partition, long after);

        /**
         * Have the store start the partition over, as {@link dev.duet.store.Namespace#startOver} says; answered by
         * {@link #onStartedOver} or {@link #onStartOverFailed}.
         */
        void startOver(int partition, long seen, long above);

        /** The subscription does not deliver: end it and subscribe anew. */
        void resubscribe();

        /** Every change made before {@code sentAt} has been acted upon. */
        void fresh(long sentAt);
    }

    /** An audit under way: what was known when the heads were asked for. Immutable. */
    public static final class Audit {
        private final long sentAt;
        private final boolean eager;
        private final long era;
        private final long subscription;
        private final long[] asked;

        private Audit(long sentAt, boolean eager, long era, long subscription, long[] asked) {
            this.sentAt = sentAt;
            this.eager = eager;
            this.era = era;
            this.subscription = subscription;
            this.asked = asked;
        }

        /** All that it knows, for logs and tests. */
        @Override
        public String toString() {
            return "Audit[sentAt=" + sentAt + ", eager=" + eager + ", era=" + era + ", subscription=" + subscription
                    + ", asked=" + Arrays.toString(asked)
                    + ']';
        }
    }

    /**
     * A follower that has heard nothing yet: each partition holds its messages until the first look at its head.
     *
     * @param partitions how many partitions there are
     * @param maximumHeld how many messages of a partition are held while those before them are fetched; positive
     * @param effects carries out what is called for
     */
    public Follower(int partitions, int maximumHeld, Effects effects) {
        this.partitions = new FollowedPartition[partitions];
        for (int p = 0; p < partitions; p++) {
            this.partitions[p] = new FollowedPartition(p);
        }
        this.maximumHeld = maximumHeld;
        this.effects = effects;
    }

    /** The feed stands, for the first time or again; an eager {@linkplain #audit audit} is to follow. */
    public void onSubscribed() {
        counts.subscriptions++;
        for (FollowedPartition partition : partitions) {
            partition.subscribed();
        }
    }

    /** A message of the feed. */
    public void onChange(Change change) {
        FollowedPartition partition = partitions[change.partition()];
        long version = change.version();
        if (version <= partition.heard) {
            counts.repeated++;
            if (!partition.lost) {
                goBack(partition, version);
            }
            return;
        }
        partition.heard = version;
        patience = LEAST_PATIENCE;
        partition.see(version);
        if (partition.numbered() && version <= partition.applied) {
            counts.repeated++;
            return;
        }
        if (partition.numbered() && version == partition.applied + 1) {
            apply(partition, change);
        } else {
            hold(partition, change);
        }
        drain(partition);
    }

    /**
     * The log's answer to {@link Effects#replay}.
     *
     * @param after what was asked for
     * @param changes the changes, in order; with a gap at their beginning if the log is too short
     */
    public void onReplay(int p, long after, List<Change> changes) {
        FollowedPartition partition = partitions[p];
        if (!partition.endsReplay(after)) {
            return;
        }
        for (Change change : changes) {
            partition.see(change.version());
            if (change.version() == partition.applied + 1) {
                counts.replayed++;
                apply(partition, change);
            }
        }
        settle(partition);
    }

    /** The log could not be read. */
    public void onReplayFailed(int p, long after) {
        FollowedPartition partition = partitions[p];
        if (partition.endsReplay(after)) {
            settle(partition);
        }
    }

    /** The partition was started over, and {@code head} is its head now. */
    public void onStartedOver(int p, long head) {
        FollowedPartition partition = partitions[p];
        if (!partition.lost) {
            return;
        }
        partition.lost = false;
        partition.startingOver = false;
        number(partition, head);
        drain(partition);
    }

    /** The partition could not be started over; the next audit tries again. */
    public void onStartOverFailed(int p) {
        partitions[p].startingOver = false;
    }

    /**
     * Begins an audit, for which the heads are to be read now. What earlier audits are still waiting for is asked for from
     * the log.
     *
     * @param now the time, before the heads are asked for
     * @param eager whether messages have been missed for certain, so that what is missing is fetched at once: after a
     *     subscription
     */
    public Audit audit(long now, boolean eager) {
        for (FollowedPartition partition : partitions) {
            long head = highestWaitedFor(partition);
            if (partition.numbered() && partition.applied < head) {
                replay(partition, head);
            }
        }
        if (!eager) {
            judgeSubscription();
        }
        long[] asked = new long[partitions.length];
        for (FollowedPartition partition : partitions) {
            asked[partition.id] =
                    partition.numbered() ? Math.max(partition.applied, effects.highestKept(partition.id)) : UNKNOWN;
        }
        return new Audit(now, eager, era, counts.subscriptions, asked);
    }

    /** The heads that an audit saw. */
    public void onHeads(Audit audit, long[] heads) {
        counts.audits++;
        if (audit.era != era) {
            return;
        }
        boolean known = true;
        for (FollowedPartition partition : partitions) {
            known &= look(partition, audit.asked[partition.id], heads[partition.id]);
            if (audit.subscription == counts.subscriptions) {
                partition.expect(heads[partition.id]);
            }
        }
        if (!known) {
            return;
        }
        int behind = 0;
        for (FollowedPartition partition : partitions) {
            if (partition.applied < heads[partition.id]) {
                behind++;
            }
        }
        if (behind == 0) {
            effects.fresh(audit.sentAt);
            return;
        }
        pending.addLast(new Pending(audit.sentAt, heads.clone(), behind));
        if (pending.size() > MOST_PENDING) {
            pending.removeFirst();
        }
        if (audit.eager) {
            for (FollowedPartition partition : partitions) {
                if (partition.applied < heads[partition.id]) {
                    replay(partition, heads[partition.id]);
                }
            }
        }
    }

    /** Whether the subscription has delivered what the last audit saw; if not twice in a row, it is of no use. */
    private void judgeSubscription() {
        boolean behind = false;
        for (FollowedPartition partition : partitions) {
            behind |= partition.numbered() && partition.toHear > Math.max(partition.heard, partition.silentUpTo);
        }
        behindRuns = behind ? behindRuns + 1 : 0;
        if (behindRuns >= patience) {
            behindRuns = 0;
            patience = Math.min(MOST_PATIENCE, 2 * patience);
            effects.resubscribe();
        }
    }

    /** What it did so far. */
    public FollowerStats stats() {
        return counts.stats();
    }

    /** All that what it does next depends on, for logs and tests: two followers of one text behave alike. */
    @Override
    public String toString() {
        return "Follower[era=" + era + ", subscriptions=" + counts.subscriptions + ", behindRuns=" + behindRuns
                + ", patience=" + patience + ", partitions=" + Arrays.toString(partitions)
                + ", pending=" + pending + ']';
    }

    /** Takes a head, and says whether the partition's numbering stands. */
    private boolean look(FollowedPartition partition, long asked, long head) {
        if (partition.lost) {
            startOver(partition);
            return false;
        }
        if (partition.applied == UNKNOWN) {
            number(partition, head);
            drain(partition);
            return true;
        }
        if (asked == UNKNOWN) {
            return false;
        }
        if (head < asked) {
            goBack(partition, head);
            return false;
        }
        partition.see(head);
        return true;
    }

    /** The highest head that an audit waits for; none waits while a partition is not numbered. */
    private long highestWaitedFor(FollowedPartition partition) {
        long highest = UNKNOWN;
        for (Pending audit : pending) {
            highest = Math.max(highest, audit.heads[partition.id]);
        }
        return highest;
    }

    private void hold(FollowedPartition partition, Change change) {
        partition.held.put(change.version(), change);
        if (partition.held.size() > maximumHeld) {
            partition.held.pollFirstEntry();
        }
    }

    /** Applies what is held and in turn; asks for what is missing before the rest. */
    private void drain(FollowedPartition partition) {
        if (!partition.numbered()) {
            return;
        }
        Map.Entry<Long, Change> next = partition.held.firstEntry();
        while (next != null && next.getKey() <= partition.applied + 1) {
            partition.held.pollFirstEntry();
            if (next.getKey() == partition.applied + 1) {
                apply(partition, next.getValue());
            }
            next = partition.held.firstEntry();
        }
        if (next != null && !partition.replaying) {
            counts.gaps++;
            replay(partition, partition.held.lastKey());
        }
    }

    private void replay(FollowedPartition partition, long target) {
        if (!partition.replaying) {
            counts.replays++;
            partition.replaying = true;
            partition.after = partition.applied;
            partition.target = target;
            effects.replay(partition.id, partition.applied);
        }
    }

    /** After a replay: what it was to bring and did not is given up. */
    private void settle(FollowedPartition partition) {
        drainInTurn(partition);
        if (partition.applied < partition.target) {
            number(partition, partition.target);
        }
        drain(partition);
    }

    private void drainInTurn(FollowedPartition partition) {
        partition.replaying = true; // so that nothing is asked for in between
        drain(partition);
        partition.replaying = false;
    }

    private void apply(FollowedPartition partition, Change change) {
        counts.applied++;
        effects.apply(change);
        advance(partition, change.version());
    }

    /** Starts the numbering at {@code version}, and gives up what was read before. */
    private void number(FollowedPartition partition, long version) {
        partition.silentUpTo = Math.max(partition.silentUpTo, version);
        raiseFloor(partition, version);
        advance(partition, version);
    }

    private void raiseFloor(FollowedPartition partition, long version) {
        counts.floorsRaised++;
        effects.raiseFloor(partition.id, version);
    }

    private void advance(FollowedPartition partition, long version) {
        long before = partition.applied;
        partition.applied = version;
        partition.see(version);
        Pending met = null;
        for (Pending audit : pending) {
            long head = audit.heads[partition.id];
            if (before < head && head <= version && --audit.behind == 0) {
                met = audit;
            }
        }
        if (met != null) {
            for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
                Pending audit = all.next();
                all.remove();
                if (audit == met) {
                    break;
                }
            }
            effects.fresh(met.sentAt);
        }
    }

    private void goBack(FollowedPartition partition, long seen) {
        counts.wentBack++;
        era++;
        pending.clear();
        partition.lose(seen, effects.highestKept(partition.id));
        raiseFloor(partition, partition.above + 1);
        startOver(partition);
    }

    private void startOver(FollowedPartition partition) {
        if (!partition.startingOver) {
            partition.startingOver = true;
            effects.startOver(partition.id, partition.lostAt, partition.above);
        }
    }

    /** An audit that waits for messages: in {@code behind} partitions less was applied than it saw. */
    private static final class Pending {
        final long sentAt;
        final long[] heads;
        int behind;

        Pending(long sentAt, long[] heads, int behind) {
            this.sentAt = sentAt;
            this.heads = heads;
            this.behind = behind;
        }

        @Override
        public String toString() {
            return "Pending[sentAt=" + sentAt + ", heads=" + Arrays.toString(heads) + ", behind=" + behind + ']';
        }
    }

    private static final class Counts {
        long applied;
        long repeated;
        long gaps;
        long replays;
        long replayed;
        long floorsRaised;
        long wentBack;
        long subscriptions;
        long audits;

        FollowerStats stats() {
            return new FollowerStats(
                    applied, repeated, gaps, replays, replayed, floorsRaised, wentBack, subscriptions, audits);
        }
    }
}
