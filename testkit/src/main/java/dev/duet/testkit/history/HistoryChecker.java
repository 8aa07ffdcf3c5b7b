package dev.duet.testkit.history;

import java.util.List;

/**
 * Checks a history against the promises of Duet, in time linear in its length but for logarithms. Stateless.
 *
 * <p>When a write takes effect, from which moment reads on other nodes are held to it:
 *
 * <ul>
 *   <li>when its call returned;
 *   <li>if its call threw after the database had committed: the recovery time later, since the node owes the invalidation;
 *   <li>if its node was cut off from the store at any time in the call: not before the recovery time after that has ended;
 *   <li>if its node was killed in the call: when its intent has run out, the bound after the death;
 *   <li>if nobody knows whether it committed: never, by itself. The next write of the key makes up for it.
 * </ul>
 *
 * <p>A read is too stale if a newer write took effect more than bound and slack before the read began. While the store is
 * back with what it held long before, and for the recovery time after, old values are what is current in the store, and
 * reads of them are excused and counted; so are those of a node that was stopped as a whole, until its clock must have ticked
 * again, 10 ms after it goes on. Own writes are never excused.
 */
public final class HistoryChecker {

    private final Terms terms;

    /** A checker that holds histories to {@code terms}. */
    public HistoryChecker(Terms terms) {
        this.terms = terms;
    }

    /** Checks a history: the events of all processes, in any order. */
    public Verdict check(List<HistoryEvent> events) {
        return new Examination(events, terms).verdict();
    }
}
