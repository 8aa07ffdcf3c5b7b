package dev.duet.testkit.history;

import dev.duet.testkit.history.HistoryEvent.Effect;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.WriteBegun;
import dev.duet.testkit.history.HistoryEvent.WriteCommitted;
import dev.duet.testkit.history.HistoryEvent.WriteEnded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts writes together from their events, and says from when on the promises hold for each.
 *
 * <p>Versions come from the database, which gives them out under the lock of the row. So it does no harm that the commit
 * itself is not seen, only when the writer knew of it.
 */
final class Writes {

    private final List<Fault> cutOffs;
    private final Map<String, Long> deaths = new HashMap<>();
    private final Terms terms;

    /** Prepares for the faults of a history. */
    Writes(List<Fault> faults, Terms terms) {
        this.terms = terms;
        cutOffs = faults.stream()
                .filter(fault -> fault.effect() == Effect.CUT_OFF || fault.effect() == Effect.WENT_BACK)
                .sorted(Comparator.comparingLong(Fault::from))
                .toList();
        faults.stream()
                .filter(fault -> fault.effect() == Effect.KILLED)
                .forEach(fault -> deaths.merge(fault.target(), fault.to(), Math::min));
    }

    /** The writes whose commit is known. Of the others nobody knows which version they made, if any. */
    List<Write> committed(List<HistoryEvent> events) {
        Map<Id, WriteCommitted> commits = new HashMap<>();
        Map<Id, WriteEnded> ends = new HashMap<>();
        for (HistoryEvent event : events) {
            if (event instanceof WriteCommitted commit) {
                commits.put(new Id(commit.node(), commit.id()), commit);
            } else if (event instanceof WriteEnded end) {
                ends.put(new Id(end.node(), end.id()), end);
            }
        }
        List<Write> writes = new ArrayList<>();
        for (HistoryEvent event : events) {
            if (event instanceof WriteBegun begun) {
                Id id = new Id(begun.node(), begun.id());
                WriteCommitted commit = commits.get(id);
                if (commit != null) {
                    writes.add(write(begun, commit, ends.get(id)));
                }
            }
        }
        return writes;
    }

    private Write write(WriteBegun begun, WriteCommitted commit, @Nullable WriteEnded end) {
        return new Write(
                begun.node(),
                begun.id(),
                begun.key(),
                begun.kind(),
                commit.version(),
                begun.at(),
                commit.at(),
                end == null ? Write.NEVER : end.at(),
                end != null && end.returned(),
                end == null ? afterDeath(begun.node()) : afterReturn(begun, end));
    }

    /** A dead writer's intent keeps the old value in the store until it runs out. */
    private long afterDeath(String node) {
        Long death = deaths.get(node);
        return death == null ? Write.NEVER : death + terms.bound().toNanos();
    }

    /** A writer that cannot reach the store owes the invalidation, and makes up for it when it can. */
    private long afterReturn(WriteBegun begun, WriteEnded end) {
        long recovery = terms.recovery().toNanos();
        long effective = end.returned() ? end.at() : end.at() + recovery;
        for (Fault fault : cutOffs) {
            long recovered = fault.to() + recovery;
            if (fault.hits(begun.node()) && fault.from() <= effective && begun.at() <= recovered) {
                effective = Math.max(effective, recovered);
            }
        }
        return effective;
    }

    private record Id(String node, long id) {}
}
