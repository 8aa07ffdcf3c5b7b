package dev.duet.sync;

import dev.duet.store.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A follower, a store with a log, and a network between them that loses, delays, repeats and reorders. Nothing happens but
 * what {@link #step} is told, so that a run is its list of steps.
 *
 * <p>The store goes back in time in one of two ways. If its head is then below what the follower has applied, or is about to
 * be told, it stays there until it is started over: the numbers show it. If not, the store notices by itself that it is
 * another incarnation, and starts over for good, as {@link dev.duet.store.Namespace#heads()} says. A change that is lost need not be
 * acted upon any more; that the store went back has to be.
 */
final class FollowerWorld implements Follower.Effects {

    static final int PARTITIONS = 2;
    private static final int MOST_HELD = 4;
    private static final long FIRST_HEAD = 10;

    /** What can happen; each takes one number, to choose between what there is. */
    enum Event {
        CHANGE,
        DELIVER,
        DELIVER_OUT_OF_TURN,
        LOSE,
        REPEAT,
        SHORTEN_LOG,
        GO_BACK,
        AUDIT,
        AUDIT_EAGERLY,
        RECONNECT,
        CARRY_OUT,
        ANSWER,
        FAIL
    }

    record Step(Event event, int choice) {}

    final Follower follower = new Follower(PARTITIONS, MOST_HELD, this);
    /** When the last audit was sent by which the follower was fresh. */
    long freshSince;

    private final ModelPartition[] store = new ModelPartition[PARTITIONS];
    private final long[] floors = new long[PARTITIONS];
    private final long[] applied = new long[PARTITIONS];
    private final Set<Change> acted = new HashSet<>();
    private final List<Due> due = new ArrayList<>();
    private final List<Change> wire = new ArrayList<>();
    private final List<Call<?>> calls = new ArrayList<>();
    private long now;

    FollowerWorld() {
        for (int p = 0; p < PARTITIONS; p++) {
            store[p] = new ModelPartition(p, FIRST_HEAD);
        }
        reconnect();
    }

    void step(Step step) {
        now++;
        ModelPartition partition = store[step.choice % PARTITIONS];
        switch (step.event) {
            case CHANGE -> change(partition);
            case DELIVER -> take(wire, 0, follower::onChange);
            case DELIVER_OUT_OF_TURN -> take(wire, step.choice, follower::onChange);
            case LOSE -> take(wire, step.choice, lost -> {});
            case REPEAT ->
                take(wire, step.choice, change -> {
                    wire.add(0, change);
                    follower.onChange(change);
                });
            case SHORTEN_LOG -> partition.log.clear();
            case GO_BACK -> goBack(partition, 1 + step.choice / PARTITIONS % 5);
            case AUDIT -> audit(false);
            case AUDIT_EAGERLY -> audit(true);
            case RECONNECT -> reconnect();
            case CARRY_OUT -> pick(calls, step.choice, Call::carryOut);
            case ANSWER -> take(calls, step.choice, Call::answer);
            case FAIL -> take(calls, step.choice, Call::fail);
        }
    }

    /** From now on nothing is lost or late: the faults are over. */
    void heal() {
        reconnect();
        for (int round = 0; round < 4; round++) {
            now++;
            audit(false);
            while (!calls.isEmpty() || !wire.isEmpty()) {
                take(wire, 0, follower::onChange);
                take(calls, 0, Call::answer);
            }
        }
    }

    long now() {
        return now;
    }

    private void change(ModelPartition partition) {
        if (partition.head + 1 < partition.limit) {
            Change change = partition.change(now);
            due.add(new Due(now, change.partition(), change.version(), change));
            wire.add(change);
        }
    }

    private void goBack(ModelPartition partition, int by) {
        due.add(new Due(now, partition.id, partition.highest, null));
        partition.goBack(by);
        due.removeIf(each -> each.change != null && each.partition == partition.id && each.version > partition.head);
        long known = Math.max(applied[partition.id], partition.promised);
        if (partition.head < known) {
            partition.limit = Math.min(partition.limit, known);
        } else {
            partition.startOver();
            partition.past.clear();
        }
    }

    private void reconnect() {
        wire.clear();
        follower.onSubscribed();
        audit(true);
    }

    private void audit(boolean eager) {
        Follower.Audit audit = follower.audit(now, eager);
        calls.add(new Call<>(
                () -> {
                    long[] heads = new long[PARTITIONS];
                    for (ModelPartition partition : store) {
                        heads[partition.id] = partition.head;
                    }
                    return heads;
                },
                heads -> follower.onHeads(audit, heads),
                () -> {}));
    }

    @Override
    public void apply(Change change) {
        acted.add(change);
        applied[change.partition()] = change.version();
    }

    @Override
    public void raiseFloor(int partition, long version) {
        floors[partition] = Math.max(floors[partition], version);
        applied[partition] = Math.max(applied[partition], version);
    }

    @Override
    public void replay(int partition, long after) {
        calls.add(new Call<>(
                () -> store[partition].changesAfter(after),
                changes -> follower.onReplay(partition, after, changes),
                () -> follower.onReplayFailed(partition, after)));
    }

    @Override
    public void startOver(int partition, long seen, long above) {
        calls.add(new Call<>(
                () -> store[partition].startOver(seen, above),
                head -> follower.onStartedOver(partition, head),
                () -> follower.onStartOverFailed(partition)));
    }

    @Override
    public void resubscribe() {
        calls.add(new Call<>(() -> wire, cut -> reconnect(), this::reconnect));
    }

    @Override
    public void fresh(long sentAt) {
        freshSince = Math.max(freshSince, sentAt);
        for (Due each : due) {
            if (each.madeAt < sentAt && !isActedUpon(each)) {
                throw new AssertionError("fresh since " + sentAt + " without " + each);
            }
        }
    }

    private boolean isActedUpon(Due each) {
        return each.change == null
                ? floors[each.partition] > each.version
                : acted.contains(each.change) || floors[each.partition] >= each.version;
    }

    private static <T> void pick(List<T> from, int choice, Consumer<T> action) {
        if (!from.isEmpty()) {
            action.accept(from.get(choice % from.size()));
        }
    }

    private static <T> void take(List<T> from, int choice, Consumer<T> action) {
        if (!from.isEmpty()) {
            action.accept(from.remove(choice % from.size()));
        }
    }

    /**
     * What is to be acted upon before the follower may call itself fresh: a change, or that the store went back, after it had
     * given out {@code version}.
     */
    private record Due(
            long madeAt,
            int partition,
            long version,
            @Nullable Change change) {}

    /** A call under way: it may be carried out long before it is answered, and also if it is said to have failed. */
    private static final class Call<T> {
        private final Supplier<T> request;
        private final Consumer<T> answer;
        private final Runnable failure;
        private @Nullable T result;

        Call(Supplier<T> request, Consumer<T> answer, Runnable failure) {
            this.request = request;
            this.answer = answer;
            this.failure = failure;
        }

        void carryOut() {
            if (result == null) {
                result = request.get();
            }
        }

        void answer() {
            carryOut();
            answer.accept(result);
        }

        void fail() {
            failure.run();
        }
    }

    /** A partition of the store, and what it was before. */
    private static final class ModelPartition {
        private final int id;
        private final List<Change> log = new ArrayList<>();
        private final Deque<State> past = new ArrayDeque<>();
        private long head;
        /** The head when it was started over last. */
        private long base;
        /** The highest version ever given out, also to those who have lost it. */
        private long highest;
        /** The head that the follower was told, or will be, of the last time when it was started over. */
        private long promised;
        /** The head that is not reached while changes are lost. */
        private long limit = Long.MAX_VALUE;

        ModelPartition(int id, long head) {
            this.id = id;
            this.head = head;
            this.base = head;
            this.highest = head;
        }

        Change change(long serial) {
            become(head + 1, base);
            Change change = new Change(id, head, "users", Long.toString(serial), "n2");
            log.add(change);
            return change;
        }

        private void become(long newHead, long newBase) {
            past.push(new State(head, base));
            head = newHead;
            base = newBase;
            highest = Math.max(highest, head);
        }

        void goBack(int by) {
            for (int i = 0; i < by && !past.isEmpty(); i++) {
                State before = past.pop();
                head = before.head;
                base = before.base;
            }
            log.removeIf(change -> change.version() > head);
        }

        List<Change> changesAfter(long version) {
            return log.stream().filter(change -> change.version() > version).toList();
        }

        long startOver(long seen, long above) {
            if (base <= seen || head <= above) {
                highest = Math.max(highest, above);
                startOver();
            }
            promised = head;
            return head;
        }

        void startOver() {
            become(highest + 10, highest + 10);
            log.clear();
            limit = Long.MAX_VALUE;
        }

        private record State(long head, long base) {}
    }
}
