package dev.duet.exhaustive;

import dev.duet.store.Change;
import dev.duet.sync.Follower;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a follower: what led to it, and how the follower describes itself. Two that describe themselves alike are
 * equal, whatever led to them. Immutable.
 */
final class Following {

    private final String description;
    private final List<Event> history;

    Following(String description, List<Event> history) {
        this.description = description;
        this.history = history;
    }

    List<Event> history() {
        return history;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Following that && description.equals(that.description);
    }

    @Override
    public int hashCode() {
        return description.hashCode();
    }

    @Override
    public String toString() {
        return description;
    }

    /** A follower, and the audit that it has under way. */
    static final class Machine {
        final Follower follower;

        private Follower.@Nullable Audit audit;

        Machine(Follower follower) {
            this.follower = follower;
        }

        String description() {
            return follower + (audit == null ? "" : " " + audit);
        }
    }

    /** What happens to a follower. */
    sealed interface Event {

        void happenTo(Machine machine);

        /** The feed stands. */
        record Subscribed() implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onSubscribed();
            }
        }

        /** A message came. */
        record Heard(Change change) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onChange(change);
            }
        }

        /** An audit begins; its time is what the database is known to have been at. */
        record AuditSent(long row, boolean eager) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.audit = machine.follower.audit(row, eager);
            }
        }

        /** The head came. */
        record HeadRead(long head) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onHeads(machine.audit, new long[] {head});
                machine.audit = null;
            }
        }

        /** The log answered. */
        record LogRead(long after, List<Change> changes) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onReplay(0, after, changes);
            }
        }

        /** The log did not answer. */
        record LogFailed(long after) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onReplayFailed(0, after);
            }
        }

        /** The partition was started over. */
        record StartedOver(long head) implements Event {
            @Override
            public void happenTo(Machine machine) {
                machine.follower.onStartedOver(0, head);
            }
        }
    }

    /** What a follower calls for. */
    sealed interface Effect {
        /** Drop what the change made stale. */
        record Apply(Change change) implements Effect {}

        /** Drop what was read before the version. */
        record RaiseFloor(long version) implements Effect {}

        /** Ask the log. */
        record Replay(long after) implements Effect {}

        /** Have the partition started over. */
        record StartOver(long seen, long above) implements Effect {}

        /** Subscribe anew. */
        record Resubscribe() implements Effect {}

        /** All is acted upon that happened before an audit. */
        record Fresh(long row) implements Effect {}
    }
}
